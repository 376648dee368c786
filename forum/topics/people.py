"""How an author is shown: which columns to load and what becomes of them."""

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
    staff = Actor(role=Role(row.person_role)).is_staff
    return PersonView(
        name=row.person_name,
        initials=text.initials(row.person_name),
        hue=text.hue(row.person_id),
        url=f"/members/{row.person_handle.casefold()}",
        role=_role(row, staff),
        staff=staff,
        solved=row.person_accepted,
    )


def _role(row: Any, staff: bool) -> str:
    if staff:
        return ", ".join(filter(None, [row.person_title, f"{settings().site_name} staff"]))
    return "moderator" if row.person_role == Role.moderator else ""
