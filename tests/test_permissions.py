"""Who may see and change a subscription: its owner, or who manages its channel and asks there."""

from collections.abc import Collection

import pytest

from bot.permissions import may_change, may_see
from bot.places import parse_place
from bot.request import Request
from storage.models import Subscription
from tests.factories import NOON, make_subscription

HERE, ELSEWHERE, DIRECT = "slack:C0123", "slack:C0999", "slack:@U1"


class Asker:
    zone_source = ""

    def __init__(self, manages: bool) -> None:
        self._manages = manages

    async def zone(self) -> str | None:
        return None

    async def manages(self) -> bool:
        return self._manages

    async def sees(self, addresses: Collection[str]) -> set[str]:
        return set()


def request(person: str, place: str, manages: bool = False, direct: str | None = None) -> Request:
    found = parse_place(direct) if direct else None
    return Request("", parse_place(place), person, NOON, found, Asker(manages))


OWN = make_subscription(place=DIRECT, owner="slack:T1:U1")
TYPED = make_subscription(place=DIRECT, owner=None)
CHANNEL = make_subscription(place=HERE, owner="slack:T1:U1", managers=["slack:T1:U3"])
BY_HAND = make_subscription(place=HERE, owner=None)


@pytest.mark.parametrize(
    ("subscription", "asked", "sees", "changes"),
    [
        pytest.param(OWN, request("T1:U1", DIRECT), True, True, id="my-own"),
        pytest.param(OWN, request("T1:U1", HERE), True, True, id="my-own-from-a-channel"),
        pytest.param(OWN, request("T1:U2", HERE, manages=True), False, False, id="another-s"),
        pytest.param(OWN, request("T2:U1", DIRECT), False, False, id="the-same-user-of-another-workspace"),
        pytest.param(TYPED, request("T1:U1", HERE, direct=DIRECT), True, True, id="typed-for-me"),
        pytest.param(TYPED, request("T1:U2", HERE, direct="slack:@U2"), False, False, id="typed-for-another"),
        pytest.param(TYPED, request("T2:U1", DIRECT), False, False, id="typed-for-a-namesake"),
        pytest.param(CHANNEL, request("T1:U2", HERE), True, False, id="a-channel-s-anybody-may-look"),
        pytest.param(CHANNEL, request("T1:U2", HERE, manages=True), True, True, id="who-manages-it"),
        pytest.param(CHANNEL, request("T1:U3", HERE), True, True, id="who-was-named"),
        pytest.param(CHANNEL, request("T2:U3", HERE), True, False, id="who-only-has-that-number-elsewhere"),
        pytest.param(CHANNEL, request("T1:U3", ELSEWHERE), False, False, id="asked-elsewhere"),
        pytest.param(
            CHANNEL, request("T1:U2", ELSEWHERE, manages=True), False, False, id="who-manages-another"
        ),
        pytest.param(
            BY_HAND, request("T1:U2", HERE, manages=True), True, True, id="made-by-the-command-line"
        ),
    ],
)
async def test_who_may(subscription: Subscription, asked: Request, sees: bool, changes: bool) -> None:
    assert may_see(asked, subscription) is sees
    assert await may_change(asked, subscription) is changes
