"""An address of this machine for whoever must know it before anybody listens there."""

import os
import socket


def free_address() -> str:
    """`127.64.12.34:45678`: nobody listens there, and no other process asks for it meanwhile, because each
    has an address of 127/8 to itself, by its number (which has 22 bits on Linux at the most)."""
    process = os.getpid()
    host = f"127.{64 + (process >> 16)}.{process >> 8 & 255}.{process & 255}"
    with socket.socket() as found:
        found.bind((host, 0))
        return f"{host}:{found.getsockname()[1]}"
