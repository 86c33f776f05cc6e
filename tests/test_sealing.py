"""What is sealed opens under the same secret, for the same owner and purpose, and nowhere else."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from bot.sealing import Sealer, SealError

SECRET, ANOTHER = SecretStr("0" * 32), SecretStr("1" * 32)
SEALER = Sealer(SECRET, "token")


@given(st.text(), st.text())
def test_what_was_sealed_opens_for_its_owner(text: str, owner: str) -> None:
    assert SEALER.open(SEALER.seal(text, owner), owner) == text


def test_nobody_reads_it_or_tells_it_from_another() -> None:
    first, second = (SEALER.seal("xoxb-1234", "slack:T0123") for _ in range(2))
    assert first != second
    assert "xoxb" not in first


@pytest.mark.parametrize(
    ("sealer", "owner", "said"),
    [
        (Sealer(ANOTHER, "token"), "slack:T0123", "another DAILY_PAPERS_SECRET; set that one again"),
        (Sealer(SECRET, "state"), "slack:T0123", "another DAILY_PAPERS_SECRET"),
        (SEALER, "slack:T0999", "sealed for slack:T0123, not for slack:T0999; install anew"),
    ],
    ids=["another secret", "another purpose", "another row"],
)
def test_elsewhere_it_stays_closed_and_says_what_helps(sealer: Sealer, owner: str, said: str) -> None:
    with pytest.raises(SealError, match=said):
        sealer.open(SEALER.seal("xoxb-1234", "slack:T0123"), owner)


def test_what_was_cut_stays_closed() -> None:
    with pytest.raises(SealError):
        SEALER.open(SEALER.seal("x", "y")[:-3], "y")


@pytest.mark.parametrize("forged", ["", "x", "é", "\x00", "A" * 5000])
def test_what_nobody_sealed_stays_closed(forged: str) -> None:
    with pytest.raises(SealError):
        SEALER.open(forged, "y")


def test_what_is_too_old_stays_closed() -> None:
    sealed = SEALER.seal("a state", "y")
    assert SEALER.open(sealed, "y", within=timedelta(minutes=10)) == "a state"
    with pytest.raises(SealError):
        SEALER.open(sealed, "y", within=timedelta(seconds=-1))
