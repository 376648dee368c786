"""Errors a person may see: each carries its status and one sentence that says the next step."""


class ForumError(Exception):
    status = 500
    title = "Something went wrong"

    def __init__(self, sentence: str = "") -> None:
        self.sentence = sentence or self.title
        super().__init__(self.sentence)


class NotFound(ForumError):
    status = 404
    title = "We cannot find that page"


class Forbidden(ForumError):
    status = 403
    title = "That is not open to you yet"


class SignInNeeded(Forbidden):
    title = "Sign in to go on"


class Conflict(ForumError):
    status = 409
    title = "Somebody was quicker"


class Gone(ForumError):
    status = 410
    title = "This link has been used or has expired"


class TooLarge(ForumError):
    status = 413
    title = "That is too large"


class Invalid(ForumError):
    """Bad input, field by field: `errors` maps a field to one sentence."""

    status = 422
    title = "Some of it needs another look"

    def __init__(self, errors: dict[str, str]) -> None:
        self.errors = errors
        super().__init__(" ".join(errors.values()))


class TooMany(ForumError):
    status = 429
    title = "A short pause"

    def __init__(self, sentence: str, retry_after: int) -> None:
        self.retry_after = max(1, retry_after)
        super().__init__(sentence)


class Unavailable(ForumError):
    status = 503
    title = "Back in a moment"
