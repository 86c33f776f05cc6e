"""Who sends a delivery, and whether that process is dead."""

import os
import subprocess
import sys

from bot.delivery.ownership import is_gone, this_process


def test_a_process_has_another_name_each_time_it_asks() -> None:
    first, second = this_process(), this_process()

    assert first != second
    assert first.split(":")[:2] == second.split(":")[:2]
    assert first.split(":")[1] == str(os.getpid())


def test_a_process_knows_itself() -> None:
    me = this_process()

    assert not is_gone(me, me)


def test_a_dead_process_of_this_machine_is_gone() -> None:
    host = this_process().split(":")[0]
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        pass

    assert is_gone(f"{host}:{ended.pid}:0badcafe", this_process())


def test_a_living_process_of_this_machine_is_not_gone() -> None:
    host = this_process().split(":")[0]

    assert not is_gone(f"{host}:{os.getppid()}:0badcafe", this_process())


def test_a_former_process_with_my_number_is_gone() -> None:
    """In a container that starts again, the bot is process 1 each time."""
    assert is_gone(this_process(), this_process())


def test_of_another_machine_nothing_is_known() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        pass

    assert not is_gone(f"elsewhere:{ended.pid}:0badcafe", this_process())
