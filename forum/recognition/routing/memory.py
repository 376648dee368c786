"""The history of this community, read from the rows once and then kept up with. One for each process that invites."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from forum.core import clock
from forum.core.settings import settings
from forum.models import Acceptance, Audience, Post, PostKind, PostState, Topic, Vote
from forum.recognition.routing.history import History
from forum.recognition.routing.signals import Question, question_words
from forum.recognition.routing.volunteers import volunteers_answers
from forum.recognition.routing.window import activity_window
from forum.topics.rows import SEPARATOR, TAGS_OF_TOPIC

DAY = 86_400.0
KNOWN = timedelta(days=3 * 365)
OVERLAP = timedelta(minutes=10)
"""What was committed a little late is met by reading a little twice; a history minds nothing told twice."""
MAX_BODY = 8_000
Seen = Callable[[str, Question], None]


@dataclass(slots=True)
class Memory:
    history: History = field(default_factory=History)
    until: datetime | None = None

    def catch_up(self, session: Session, seen: Seen | None = None) -> None:
        """Tell the history everything since the last time, in order. `seen` meets each question just before it is told."""
        now = clock.now()
        since = (self.until - OVERLAP) if self.until else now - KNOWN
        for _, tell in sorted(_events(session, since, self.history, seen), key=lambda event: event[0]):
            tell()
        self.until = now

    def window(self) -> float:
        """How long ago a helper may have helped last, by how busy the last half year was."""
        at = days(clock.now())
        moments = self.history.parts.all()[2]
        began = max(at - 180, self.history.order[0].at) if self.history.order else at
        return activity_window(float((moments >= at - 180).sum()) / max(1.0, at - began))


@cache
def memory() -> Memory:
    return Memory()


def days(moment: datetime) -> float:
    return moment.timestamp() / DAY


def as_question(topic_author: int | None, at: datetime, title: str, body: str, tags: str | None) -> Question:
    """A topic as the signals see it."""
    names = tuple(tags.split(SEPARATOR)) if tags else ()
    return Question(str(topic_author or ""), days(at), names, question_words(title, body, names, settings().language))


def _events(session: Session, since: datetime, history: History, seen: Seen | None) -> Iterator[tuple[Any, Callable[[], None]]]:
    for row in session.execute(_questions().where(col(Topic.created_at) > since)):
        yield (row.created_at, 0, row.id), _ask(history, row, seen)
    answered = select(col(Post.topic_id), col(Post.author_id), col(Post.created_at)).where(*volunteers_answers())
    for row in session.execute(answered.where(col(Post.created_at) > since)):
        what = (str(row.topic_id), str(row.author_id), days(row.created_at))
        yield (row.created_at, 1, row.topic_id), partial(history.answer, *what)
    votes = (
        select(col(Post.topic_id), col(Post.author_id), col(Vote.at))
        .join(Post, col(Post.id) == col(Vote.post_id))
        .where(col(Vote.value) > 0, *volunteers_answers())
    )
    for row in session.execute(votes.where(col(Vote.at) > since)):
        what = (str(row.topic_id), str(row.author_id), days(row.at))
        yield (row.at, 2, row.topic_id), partial(history.upvote, *what)
    ticks = (
        select(col(Post.topic_id), col(Post.author_id), col(Acceptance.at))
        .join(Post, col(Post.id) == col(Acceptance.post_id))
        .where(*volunteers_answers())
    )
    for row in session.execute(ticks.where(col(Acceptance.at) > since)):
        what = (str(row.topic_id), str(row.author_id), days(row.at))
        yield (row.at, 2, row.topic_id), partial(history.accept, *what)


def _ask(history: History, row: Any, seen: Seen | None) -> Callable[[], None]:
    def tell() -> None:
        if str(row.id) in history.questions:
            return
        question = as_question(row.author_id, row.created_at, row.title, row.body, row.tags)
        if seen is not None:
            seen(str(row.id), question)
        history.ask(str(row.id), question.author, question.at, question.tags, question.words)

    return tell


def _questions() -> Any:
    return (
        select(
            col(Topic.id),
            col(Topic.author_id),
            col(Topic.created_at),
            col(Topic.title),
            func.substr(Post.body, 1, MAX_BODY).label("body"),
            TAGS_OF_TOPIC.label("tags"),
        )
        .join(Post, (col(Post.topic_id) == col(Topic.id)) & (col(Post.kind) == PostKind.question))
        .where(col(Topic.audience).in_((Audience.public, Audience.members)), col(Post.state) == PostState.visible)
    )
