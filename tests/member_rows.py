"""Rows of the permission matrix for blocking, the guide to answering and being a mentor."""

from typing import Any

from forum.recognition.guide import QUESTIONS

SIGNED_IN = "unconfirmed member volunteer moderator agent admin suspended asker"


def member_rows(Row: Any, _for: Any) -> list[Any]:
    """`Row` and `_for` are those of the matrix."""
    signed_in, best = _for(SIGNED_IN), {one.name: one.best for one in QUESTIONS}
    return [
        Row("GET /settings/blocked", "/settings/blocked", signed_in),
        Row("POST /members/{handle}/blocks", "/members/{helper_handle}/blocks", signed_in),
        Row("POST /members/{handle}/blocks/removal", "/members/{helper_handle}/blocks/removal", signed_in),
        Row("GET /guide", "/guide", _for(f"visitor {SIGNED_IN}")),
        Row("POST /guide", "/guide", signed_in, best),
        Row("POST /guide", "/guide", _for("", "422", visitor="403"), {"model": "a"}),
        Row("POST /mentoring/mentor", "/mentoring/mentor", _for("moderator agent admin"), {"on": "1"}),
        Row("POST /mentoring/mentor", "/mentoring/mentor", _for("member volunteer moderator agent admin asker"), {"on": "0"}),
    ]
