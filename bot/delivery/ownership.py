"""Who sends a delivery: processes name themselves, and a dead one on this machine is recognised."""

import os
import secrets
import socket
from functools import cache
from hashlib import blake2b
from pathlib import Path


def this_process() -> str:
    """A new name for the running process: machine, process number, and a random end that no other shares."""
    return f"{this_machine()}:{os.getpid()}:{secrets.token_hex(4)}"


@cache
def this_machine() -> str:
    """A name for where process numbers are unique: this boot of this host, and its namespace of processes.

    Two containers with one host name have different ones, so that neither takes the other's processes
    for dead. Where the system tells neither (it is not Linux), the host name alone.
    """
    told = [socket.gethostname()]
    try:
        told.append(Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip())
        told.append(os.readlink("/proc/self/ns/pid"))
    except OSError:
        pass
    return blake2b(" ".join(told).encode(), digest_size=8).hexdigest()


def is_gone(owner: str, me: str) -> bool:
    """Whether the process called `owner` certainly runs no more, as `me` can tell.

    Only of the same machine can that be known. A process with this number that is not `me` is a former one,
    as happens in a container that starts again.
    """
    machine, number = owner.split(":")[:2]
    my_machine, my_number = me.split(":")[:2]
    if machine != my_machine or owner == me:
        return False
    if number == my_number:
        return True
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False
