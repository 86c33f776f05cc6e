"""Who may see and change a subscription. The platform says who somebody is; a number that was guessed, or a
button that was forwarded, gives no right."""

from bot.places import Place, parse_place
from bot.request import Request
from storage.models import Style, Subscription


def is_personal(place: Place) -> bool:
    """Whether one person reads what is sent there: direct messages, or the terminal."""
    return place.direct or not place.address


def usual_style(place: Place) -> Style:
    """How a digest is shown there where nobody has said: direct messages hold a line for each paper, a mail
    and a channel's thread more."""
    return Style.COMPACT if is_personal(place) and not place.is_mailbox else Style.THREAD


def owns(request: Request, subscription: Subscription) -> bool:
    """Whether it is the person's own, to be read by them alone. One that was made on the command line belongs
    to whom it is sent."""
    place = parse_place(subscription.place)
    if not is_personal(place):
        return False
    if subscription.owner is None:
        return request.direct == place
    return subscription.owner == request.who


def may_see(request: Request, subscription: Subscription) -> bool:
    """A person's own, by that person; a channel's, by anybody who asks there."""
    if is_personal(parse_place(subscription.place)):
        return owns(request, subscription)
    return str(request.place) == subscription.place


async def may_change(request: Request, subscription: Subscription) -> bool:
    """A person's own, by that person; a channel's, by those who manage it or are named, asked there."""
    if not may_see(request, subscription):
        return False
    if owns(request, subscription):
        return True
    return request.who in subscription.managers or await request.asker.manages()
