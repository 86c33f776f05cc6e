"""The nouns: papers, editions, subscriptions, deliveries, parts, installations. One SQLModel class each.

All times are UTC. A `date` that belongs to an edition is the UTC day of the list.
"""

from storage.models.budgets import Budget
from storage.models.deliveries import Delivery, DeliveryState, Part, PartKind, PartState
from storage.models.feeds import PrivateFeed
from storage.models.installations import Installation
from storage.models.mailboxes import Mailbox, OptIn
from storage.models.papers import Edition, Paper, PaperFacts, VoteSnapshot
from storage.models.searches import SavedSearch
from storage.models.subscriptions import Cadence, Change, Person, Style, Subscription, SubscriptionState

__all__ = [
    "Budget",
    "Cadence",
    "Change",
    "Delivery",
    "DeliveryState",
    "Edition",
    "Installation",
    "Mailbox",
    "OptIn",
    "Paper",
    "PaperFacts",
    "Part",
    "PartKind",
    "PartState",
    "Person",
    "PrivateFeed",
    "SavedSearch",
    "Style",
    "Subscription",
    "SubscriptionState",
    "VoteSnapshot",
]
