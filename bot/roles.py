"""What a process of the bot may be for."""

PLAN, DELIVER, INGEST, LEARN = "plan", "deliver", "ingest", "learn"
ROLES = (PLAN, DELIVER, INGEST, LEARN)
"""Work that no message asks for. Beside it, a process may listen to a platform, by its name."""


class NoSuchRole(Exception):
    """A process was to be for something that there is not. The text says what there is."""
