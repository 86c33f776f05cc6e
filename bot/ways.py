"""What a mail to one mailbox can link to: the buttons of a message become pages that do the same. Pure."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from bot.links import Links
from bot.markup import Button, Message
from bot.places import Place


@dataclass(frozen=True, slots=True)
class Ways:
    """The links of one mailbox.

    Args:
        generation: that the mailbox has now.
    """

    links: Links
    place: Place
    generation: int

    def linked(self, message: Message, numbers: Collection[int] = ()) -> Message:
        """The same message with an address for each button that has none.

        Args:
            numbers: the subscriptions that it comes from, which its link to unsubscribe ends.
        """
        return replace(
            message,
            cards=tuple(replace(card, buttons=self._buttons(card.buttons)) for card in message.cards),
            buttons=self._buttons(message.buttons),
            unsubscribe=self.links.unsubscribe(self.place, self.generation, numbers) if numbers else None,
        )

    def _buttons(self, buttons: tuple[Button, ...]) -> tuple[Button, ...]:
        return tuple(
            button
            if button.url
            else replace(button, url=self.links.manage(self.place, self.generation, button.command))
            for button in buttons
        )
