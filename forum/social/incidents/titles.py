"""What an incident is called until somebody on staff finds better words. Pure."""

_REPORTED = "Several people report: "


def proposed(term: str) -> str:
    return f"{_REPORTED}{term}"


def subject(title: str) -> str:
    """The same inside a sentence that has counted the people already."""
    return title.removeprefix(_REPORTED)
