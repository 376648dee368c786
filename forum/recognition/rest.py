"""A quiet word to people who help very much: the queue will be fine. Only they ever see it, at most once a month."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlmodel import Session, col

from forum.core import clock, text
from forum.core.db import transaction
from forum.core.events import emit
from forum.models import Audience, Member, Post, PostKind, PostState, Topic, TopicKind
from forum.recognition.choices import eligible
from forum.recognition.events import RestSuggested

A_DAY = 25
WITHOUT_PAUSE = 14
"""Days in a row with an answer on each."""


def needs_rest(days: dict[date, int], today: date) -> bool:
    """From answers per day, up to yesterday and today."""
    if max(days.get(today, 0), days.get(today - timedelta(days=1), 0)) >= A_DAY:
        return True
    return all(days.get(today - timedelta(days=back), 0) for back in range(1, WITHOUT_PAUSE + 1))


def look() -> None:
    """Every evening. The month in the cause keeps it to once a month."""
    moment = clock.now()
    with transaction() as session:
        answers: dict[int, dict[date, int]] = {}
        for member_id, at in session.execute(_answers(moment)):
            days = answers.setdefault(member_id, {})
            days[at.date()] = days.get(at.date(), 0) + 1
        tired = [member_id for member_id, days in answers.items() if needs_rest(days, moment.date())]
        if tired:
            sentence = _coverage(session, moment)
            for member_id in sorted(tired):
                emit(session, RestSuggested(member_id, f"{moment:%Y%m}", sentence))


def _answers(moment: datetime) -> Select[Any]:
    answers: Any = (
        select(col(Post.author_id), col(Post.created_at))
        .join(Member, col(Member.id) == col(Post.author_id))
        .where(
            col(Post.kind) == PostKind.answer,
            col(Post.state) == PostState.visible,
            col(Post.created_at) > moment - timedelta(days=WITHOUT_PAUSE + 1),
            eligible(),
        )
    )
    made: Select[Any] = answers
    return made


def _coverage(session: Session, moment: datetime) -> str:
    """What today's queue looks like without them having to do anything."""
    asked = select(func.count()).where(
        col(Topic.kind) == TopicKind.question,
        col(Topic.audience) == Audience.public,
        col(Topic.created_at) > moment - timedelta(days=1),
    )
    new = session.execute(asked).scalar_one()
    answered = session.execute(asked.where(col(Topic.answers) > 0)).scalar_one()
    if not new:
        return "You have helped a lot lately. No new question is waiting today, so the queue will be fine while you rest."
    return (
        f"You have helped a lot lately. {answered} of today's {text.plural(new, 'new question')} have answers already, "
        "so the queue will be fine while you rest."
    )
