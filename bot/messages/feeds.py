"""What is said of feeds."""

from bot.markup import Button, Message, Span, line


def own_feed(address: str, renewed: bool) -> Message:
    """Where a person's own feed is.

    Args:
        address: without its ending.
        renewed: it has moved there just now.
    """
    moved = (line("Your feed has moved; the address before is empty from now on."),) if renewed else ()
    atom, json = f"{address}.atom", f"{address}.json"
    return Message(
        title="Your feed",
        lines=(
            *moved,
            line("For a feed reader, all papers that match one of your active subscriptions:"),
            line(Span(atom, atom)),
            line(Span(json, json)),
        ),
        note=line(
            "Whoever has the address can read it, so keep it to yourself. A new one: /papers feed renew"
        ),
        buttons=(Button("New address", "feed renew"), Button("My subscriptions", "subscriptions")),
    )


def no_feeds() -> Message:
    """Nobody could reach a feed."""
    return Message(
        lines=(
            line(
                "I cannot offer you a feed here: that takes a public address and a secret. Whoever runs this "
                "bot can set PUBLIC_URL and DAILY_PAPERS_SECRET."
            ),
        )
    )
