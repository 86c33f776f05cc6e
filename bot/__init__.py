"""The core: decides what goes where and when. Knows `storage` below it and no adapter above it."""
