"""How a thread elsewhere becomes a topic."""

from datetime import UTC, datetime, timedelta

from forum.models.social import AccountKind, MapRole
from forum.social.threading import ThreadPost, place, title_for

START = datetime(2025, 11, 6, 12, tzinfo=UTC)
LONG = "Red and steady means the line, not your hub, so there is nothing to reset."


def _post(number: int, author: int, text: str, parent: int | None = None, *, at: float | None = None, kind: AccountKind = AccountKind.private,
          gone: bool = False) -> ThreadPost:  # fmt: skip
    when = START + timedelta(minutes=number if at is None else at)
    return ThreadPost(number, str(number), str(parent) if parent else None, author, kind, text, when, gone)


def _roles(posts: list[ThreadPost], root: str = "1") -> dict[int, tuple[str, int | None]]:
    return {one.post_id: (one.role.value, one.under) for one in place(posts, root)}


def test_the_seed_thread() -> None:
    posts = [
        _post(1, 1, "Third outage this year. @NorthHelp is anyone looking?"),
        _post(2, 1, "Working from home is a joke today.", 1),
        _post(3, 2, "Same here!", 1),
        _post(4, 3, f"@maeve {LONG}", 2),
        _post(5, 1, "Thanks, that worked", 4),
        _post(6, 9, "Sorry about that. Which street are you in, and since when?", 1, kind=AccountKind.brand),
        _post(7, 1, "It still does not work", 6),
        _post(8, 4, "ok", 1),
        _post(9, 5, "Read https://x.example", 1),
    ]
    assert _roles(posts) == {
        1: ("question", None),
        2: ("segment", None),
        3: ("me_too", None),
        4: ("answer", None),
        5: ("comment", 4),
        6: ("comment", 1),
        7: ("comment", 1),
        8: ("comment", 1),
        9: ("answer", None),
    }
    placed = {one.post_id: one for one in place(posts, "1")}
    assert [number for number, one in placed.items() if one.suggests_solved] == [5]
    assert [number for number, one in placed.items() if one.staff] == [6]
    assert [one.position for one in place(posts, "1")] == list(range(9))


def test_a_late_own_reply_is_a_comment_unless_numbered() -> None:
    posts = [_post(1, 1, "My hub 1/2"), _post(2, 1, "went red 2/2", 1, at=60), _post(3, 1, "Any news?", 2, at=200)]
    assert _roles(posts) == {1: ("question", None), 2: ("segment", None), 3: ("comment", 1)}


def test_any_depth_below_an_answer_is_a_comment_on_it() -> None:
    posts = [_post(1, 1, "My hub is red"), _post(2, 2, LONG, 1)]
    posts += [_post(number, number % 2 + 1, LONG, number - 1) for number in range(3, 119)]
    roles = _roles(posts)
    assert len(roles) == 118 and {roles[number] for number in range(3, 119)} == {("comment", 2)}


def test_circles_and_missing_parents_lose_nothing() -> None:
    posts = [
        _post(1, 1, "My hub is red"),
        _post(2, 2, LONG, 3),
        _post(3, 3, LONG, 2),
        _post(4, 4, LONG, 99),
        _post(5, 5, "ok", 5),
    ]
    roles = _roles(posts)
    assert len(roles) == 5 and roles[4] == ("answer", None)


def test_a_gone_post_leaves_its_replies_where_they_were() -> None:
    posts = [
        _post(1, 1, "My hub is red"),
        _post(2, 2, LONG, 1),
        _post(3, 3, "gone", 2, gone=True),
        _post(4, 4, LONG, 3),
        _post(5, 5, "", 1, gone=True),
        _post(6, 6, LONG, 5),
    ]
    assert _roles(posts) == {1: ("question", None), 2: ("answer", None), 4: ("comment", 2), 6: ("answer", None)}


def test_without_its_first_post_a_thread_starts_with_a_customer() -> None:
    posts = [_post(2, 9, "Sorry to hear!", 1, kind=AccountKind.brand), _post(3, 2, "My hub is red and I am cold", 1)]
    assert _roles(posts)[3][0] == "question"
    assert place([_post(1, 1, "", gone=True)], "1") == []
    assert [one.role for one in place([_post(1, 1, "")], "1")] == [MapRole.question]


def test_the_proposed_title() -> None:
    assert title_for("@NorthHelp @other Third outage this year on our street. Anyone?") == "Third outage this year on our street."
    assert title_for("@a https://x.example") == ""
    assert title_for("word " * 60).endswith("…") and len(title_for("word " * 60)) <= 80
    assert len(title_for("x" * 5_000)) <= 80
