"""Networks that we read and where people post by hand: what such a connector says when asked for more."""

from datetime import datetime

from forum.social.connectors.asking import Asking
from forum.social.connectors.base import Budget, MentionBatch, Profile, Receipt, Rendered, ReplyGate, Seen, SendKey, Target
from forum.social.connectors.errors import Denied, Forbidden
from forum.social.sources import SourceAccount

BY_HAND = "Replies are posted by hand there."


class ReadOnly(Asking):
    async def poll_mentions(self, cursor: str, budget: Budget) -> MentionBatch:
        return MentionBatch(cursor=cursor)

    async def search(self, expression: str, cursor: str, budget: Budget) -> MentionBatch:
        raise Denied("This network is not searched from here.")

    async def profile(self, account: SourceAccount, budget: Budget) -> Profile:
        raise Denied("Profiles of this network are not read.")

    async def precheck(self, target: Target, budget: Budget) -> ReplyGate:
        return ReplyGate(False, BY_HAND, by_hand=True)

    async def send(self, message: Rendered, key: SendKey, budget: Budget) -> Receipt:
        raise Forbidden("approval")

    async def find_sent(self, message: Rendered, key: SendKey, since: datetime, budget: Budget) -> Receipt | None:
        return None

    async def verify_visible(self, receipt: Receipt, target: Target, budget: Budget) -> Seen:
        return Seen.unknown

    async def delete_sent(self, receipt: Receipt, budget: Budget) -> None:
        raise Forbidden("approval")
