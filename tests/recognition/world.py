"""A few people, questions and answers, and everything that can be done to them, for random histories."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from forum.core import clock
from forum.core.db import transaction
from forum.core.errors import ForumError
from forum.models import Member, Post, Topic, TopicMerge
from forum.policy.actor import actor_of
from forum.recognition import jobs
from forum.topics import access, edits, inputs, merging, verdicts
from forum.votes import actions as votes
from forum.votes.inputs import CastVote
from tests import make

START = datetime(2026, 3, 4, 22, 30, tzinfo=UTC)
STEPS = (
    "up",
    "down",
    "unvote",
    "accept",
    "unaccept",
    "official",
    "unmark",
    "withdraw",
    "return",
    "remove",
    "unremove",
    "convert",
    "merge",
    "unmerge",
    "me_too",
    "not_me_too",
)
PAUSES = (timedelta(minutes=20), timedelta(minutes=70), timedelta(hours=13), timedelta(days=8))


class World:
    def __init__(self, session: Session) -> None:
        self.moment = START
        clock.use(lambda: self.moment)
        long_ago, today = START - timedelta(days=90), START - timedelta(hours=2)
        self.people = [make.member(session, joined_at=long_ago) for _ in range(3)]
        self.people.append(make.member(session, joined_at=today))
        self.people += [make.agent(session, joined_at=long_ago), make.moderator(session, joined_at=long_ago)]
        topics = [make.topic(session, self.people[0]), make.topic(session, self.people[1]), make.topic(session, self.people[0])]
        self.topics = [topic.id for topic in topics]
        self.answers = [make.answer(session, topic, author) for topic in topics for author in (*self.people[:3], self.people[4])]

    def do(self, step: str, who: int, what: int) -> None:
        """One act; what is refused changes nothing."""
        try:
            with transaction() as session:
                self._act(session, step, who, what)
        except ForumError:
            pass

    def _act(self, session: Session, step: str, who: int, what: int) -> None:
        if step in ("merge", "unmerge", "me_too", "not_me_too"):
            self._act_on_topic(session, step, who, what)
            return
        post = session.get_one(Post, self.answers[what % len(self.answers)].id)
        topic = session.get_one(Topic, post.topic_id)
        actor: Any = actor_of(session.get_one(Member, self.people[who % len(self.people)].id))
        if step in ("up", "down", "unvote"):
            votes.vote(session, actor, topic, post, CastVote(value={"up": "1", "down": "-1", "unvote": "0"}[step]))
        elif step == "accept":
            verdicts.accept_answer(session, actor, topic, post)
        elif step == "unaccept":
            verdicts.unaccept_answer(session, actor, topic, post)
        elif step == "official":
            review = (self.moment + timedelta(days=30)).date()
            verdicts.mark_official(session, actor, topic, post, inputs.MarkOfficial(review_by=review))
        elif step == "unmark":
            verdicts.unmark_official(session, actor, topic, post)
        elif step == "withdraw":
            edits.withdraw_post(session, actor, topic, post)
        elif step == "remove":
            edits.remove_post(session, actor, topic, post, inputs.Remove(reason="Not true."))
        elif step in ("return", "unremove"):
            edits.return_post(session, actor, topic, post)
        else:
            edits.convert(session, actor, topic, post, inputs.Convert())

    def _act_on_topic(self, session: Session, step: str, who: int, what: int) -> None:
        actor: Any = actor_of(session.get_one(Member, self.people[who % len(self.people)].id))
        number = self.topics[what % len(self.topics)]
        if step == "merge":
            into = self.topics[(what + 1 + who % 2) % len(self.topics)]
            merging.merge_topics(session, actor, number, inputs.LinkDuplicate(earlier=str(into)))
        elif step == "unmerge":
            newest = session.scalars(select(TopicMerge.id).where(TopicMerge.source_id == number).order_by(TopicMerge.id.desc()))
            merging.undo_merge(session, actor, newest.first() or 0)
        else:
            topic = access.access_topic(session, actor, number)
            votes.press_me_too(session, actor, topic, on=step == "me_too")

    def wait(self, length: timedelta) -> None:
        """Time passes, and the job that counts what waited has run."""
        self.moment += length
        jobs.settle()
