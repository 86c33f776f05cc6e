"""How often Python looks for garbage in a process that runs for long."""

import gc

_YOUNG = 10_000
"""Objects, of which 700 are usual: what one batch of deliveries makes and lets go of."""
_ROUNDS = 20
"""Of which 10 are usual."""


def collect_less_often() -> None:
    """Leave alone what was made up to now, and look for garbage among the rest less often.

    The tables, modules and templates of a process that has begun stay until it ends. To go through them
    again and again took a tenth of a sender's time (docs/speed.md).
    """
    gc.freeze()
    gc.set_threshold(_YOUNG, _ROUNDS, _ROUNDS)
