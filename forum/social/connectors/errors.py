"""What can go wrong between us and another network. A connector raises exactly these; each carries what to do next."""

from datetime import datetime


class ConnectorError(Exception):
    """Base; never raised itself."""

    retry = False
    """Whether the same request may succeed later without anybody doing anything."""


class Transient(ConnectorError):
    """The server or the way to it failed: 5xx, a timeout before anything was sent, a page instead of data."""

    retry = True

    def __init__(self, why: str, retry_after: float | None = None) -> None:
        super().__init__(why)
        self.retry_after = retry_after
        """Seconds that the server asked for."""


class RateLimited(ConnectorError):
    retry = True

    def __init__(self, reset_at: datetime | None) -> None:
        super().__init__("The network asks for a pause.")
        self.reset_at = reset_at


class AuthFailed(ConnectorError):
    """The secret is refused (401; Bluesky: 400 InvalidToken)."""


class Forbidden(ConnectorError):
    """Signed in and not allowed. `gate` names the rule: `summon`, `viewer`, `approval`, `own_object`, or what was said."""

    def __init__(self, gate: str) -> None:
        super().__init__(f"Not allowed: {gate}.")
        self.gate = gate


class Gone(ConnectorError):
    """Deleted there, and the network says so."""


class Denied(ConnectorError):
    """Not readable for us; says nothing about whether it still exists (Mastodon: 401 on a public post)."""


class BadText(ConnectorError):
    """The text is refused: too long by the server's own count, or otherwise not accepted."""

    def __init__(self, why: str, limit: int | None = None, count: int | None = None) -> None:
        super().__init__(why)
        self.limit = limit
        self.count = count


class SchemaDrift(ConnectorError):
    """An answer without what we cannot do without. `path` says what was missed."""

    def __init__(self, path: str) -> None:
        super().__init__(f"An answer without {path}.")
        self.path = path


class UnknownOutcome(ConnectorError):
    """The request left and no answer came: it may have been carried out. Never repeat it before looking."""


class BudgetExceeded(ConnectorError):
    """The requests, posts, seconds or money allowed for this are used up."""
