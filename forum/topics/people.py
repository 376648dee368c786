"""How an author is shown: which columns to load and what becomes of them."""

from functools import lru_cache
from typing import Any

from sqlmodel import col

from forum.core import text
from forum.core.settings import settings
from forum.models import Member, Role
from forum.policy.actor import Actor
from forum.topics.views import PersonView

COLUMNS: tuple[Any, ...] = (
    col(Member.id).label("person_id"),
    col(Member.handle).label("person_handle"),
    col(Member.name).label("person_name"),
    col(Member.role).label("person_role"),
    col(Member.title).label("person_title"),
    col(Member.accepted).label("person_accepted"),
    col(Member.early_access).label("person_early"),
)
FORMER = PersonView(name="Former member", initials="–", hue=9)


def person(row: Any) -> PersonView:
    """From a row that holds COLUMNS; all None means that the account is gone."""
    if row.person_id is None:
        return FORMER
    company = settings().site_name
    return _view(
        row.person_id, row.person_handle, row.person_name, row.person_role, row.person_title, row.person_accepted, company
    )


@lru_cache(maxsize=4_096)
def _view(member_id: int, handle: str, name: str, role: str, title: str, solved: int, company: str) -> PersonView:
    """Made from plain values alone, so that the same people need not be made anew on every page."""
    staff = Actor(role=Role(role)).is_staff
    return PersonView(
        name=name,
        initials=text.initials(name),
        hue=text.hue(member_id),
        url=f"/members/{handle.casefold()}",
        role=_role(role, title, f"{company} staff" if staff else ""),
        staff=staff,
        solved=solved,
    )


def _role(role: str, title: str, of_staff: str) -> str:
    if of_staff:
        return ", ".join(filter(None, [title, of_staff]))
    return "moderator" if role == Role.moderator else ""
