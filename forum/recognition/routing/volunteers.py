"""Whose answers count where people may be asked: those of volunteers."""

from typing import Any

from sqlalchemy import select
from sqlmodel import col

from forum.models import Member, Post, PostKind, PostState
from forum.recognition.choices import STAFF


def volunteers_answers() -> tuple[Any, ...]:
    """Conditions on Post. Staff answer because it is their work, and are never invited."""
    staff = select(col(Member.id)).where(col(Member.role).in_(STAFF))
    return (
        col(Post.kind) == PostKind.answer,
        col(Post.state) == PostState.visible,
        col(Post.author_id).is_not(None),
        col(Post.author_id).not_in(staff),
    )
