"""Sessions of our Bluesky accounts, kept while they last: a server lets an account begin few of them a day."""

import hashlib
import time

from forum.social.connectors.asking import Asking, must
from forum.social.connectors.base import Budget
from forum.social.connectors.errors import AuthFailed, Transient, UnknownOutcome

LASTS = 3_600.0
"""Seconds; servers grant two hours."""
_kept: dict[str, tuple[str, str, str, float]] = {}
"""Account and secret, hashed -> token, DID, handle, until when. Of this process alone; never written anywhere."""


class Sessions:
    def __init__(self, network: Asking, base: str) -> None:
        self.network, self.base = network, base
        access = network.access
        self.name = access.own_ext_id if access.own_ext_id.startswith("did:") else access.own_handle
        self.secret = access.secrets.get("app_password", "")
        self.key = hashlib.sha256("\0".join((base, self.name, self.secret)).encode()).hexdigest()

    async def token(self, budget: Budget) -> tuple[str, bool]:
        """A token, and whether it was begun just now."""
        kept = _kept.get(self.key)
        if kept is not None and kept[3] > time.monotonic():
            return kept[0], False
        if not self.secret:
            raise AuthFailed("There is no app password.")
        asked = {"identifier": self.name, "password": self.secret}
        url = f"{self.base}/xrpc/com.atproto.server.createSession"
        try:
            found = must(await Asking.ask(self.network, "POST", url, budget, body=asked), dict, "session")
        except UnknownOutcome as error:  # a session too many harms nobody
            raise Transient(str(error)) from error
        token = must(found.get("accessJwt"), str, "session.accessJwt")
        did = must(found.get("did"), str, "session.did")
        _kept[self.key] = (token, did, str(found.get("handle") or self.name), time.monotonic() + LASTS)
        return str(token), True

    async def who(self, budget: Budget) -> tuple[str, str]:
        """Our DID and handle."""
        await self.token(budget)
        _, did, handle, _ = _kept[self.key]
        return did, handle

    def forget(self) -> None:
        _kept.pop(self.key, None)
