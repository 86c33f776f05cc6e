"""Who sends a delivery: processes name themselves, and a dead one on this machine is recognised."""

import os
import secrets
import socket


def this_process() -> str:
    """A new name for the running process: host, process number, and a random end that no other shares."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


def is_gone(owner: str, me: str) -> bool:
    """Whether the process called `owner` certainly runs no more, as `me` can tell.

    Only of the same host can that be known. A process with this number that is not `me` is a former one,
    as happens in a container that starts again.
    """
    host, number = owner.split(":")[:2]
    my_host, my_number = me.split(":")[:2]
    if host != my_host or owner == me:
        return False
    if number == my_number:
        return True
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
