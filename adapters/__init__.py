"""The outside world: chat platforms and sources. Each adapter translates and decides nothing."""
