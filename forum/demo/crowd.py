"""Votes, "works for me" and "I have this too": who pressed what, and when."""

from datetime import datetime, timedelta

from sqlmodel import col, select

from forum.demo.content import Answer, Subject
from forum.demo.people import Stage
from forum.models import MarkKind, Post, PostKind, Role, Topic
from forum.votes import actions
from forum.votes.inputs import CastVote, MarkAnswer

HELPFUL = (0, 0, 0, 0, 1, 1, 2)
HELPFUL_ACCEPTED = (0, 1, 1, 1, 2, 2, 3)
WORKS_ACCEPTED = (0, 0, 0, 1, 1, 2)
ME_TOO = (0, 0, 0, 0, 1, 1, 2)
UP = CastVote(value="1")


def praise(stage: Stage, name: str, number: int, answer: Answer, author: str, moment: datetime, accepted: bool) -> None:
    """Votes and marks on one answer."""
    choose = stage.random.choice
    helpful = answer.helpful if answer.helpful is not None else choose(HELPFUL_ACCEPTED if accepted else HELPFUL)
    works = answer.works if answer.works is not None else choose(WORKS_ACCEPTED) if accepted else 0
    for handle in _some(stage, moment, helpful, author):
        stage.timeline.at(_later(stage, moment), _vote, stage, handle, name, number)
    for kind, count in ((MarkKind.works, works), (MarkKind.outdated, answer.outdated)):
        for handle in _some(stage, moment, count, author):
            stage.timeline.at(_later(stage, moment, 90), _mark, stage, handle, name, number, kind)


def interest(stage: Stage, subject: Subject, name: str, author: str, moment: datetime, question: bool) -> None:
    """Votes on the question, and others who have it too."""
    votes = subject.votes if subject.votes is not None else stage.random.choice(HELPFUL)
    for handle in _some(stage, moment, votes, author):
        stage.timeline.at(_later(stage, moment), _vote, stage, handle, name, 0)
    if question and not subject.closed:
        me_too = subject.me_too if subject.me_too is not None else stage.random.choice(ME_TOO)
        for handle in _some(stage, moment, me_too, author):
            stage.timeline.at(_later(stage, moment, 20), _me_too, stage, handle, name)


def _some(stage: Stage, moment: datetime, count: int, author: str) -> list[str]:
    """Customers only: staff do not have the trouble themselves."""
    staff = {one.handle for one in stage.community.people if one.role in (Role.agent, Role.admin)}
    others = [handle for handle in stage.around(moment) if handle != author and handle not in staff]
    return stage.random.sample(others, min(count, len(others)))


def _later(stage: Stage, moment: datetime, shortest: int = 5) -> datetime:
    """Most within two days, some much later, none after the end."""
    room = max(1.0, (stage.timeline.end - moment).total_seconds() / 60 - 1)
    minutes = shortest + stage.random.expovariate(1 / 1500)
    return moment + timedelta(minutes=min(minutes, stage.random.uniform(room * 0.3, room)))


def _vote(stage: Stage, handle: str, name: str, number: int) -> None:
    actions.vote(stage.session, stage.actors[handle], stage.topics[name], _post(stage, name, number), UP)


def _mark(stage: Stage, handle: str, name: str, number: int, kind: MarkKind) -> None:
    data = MarkAnswer(kind=kind)
    actions.mark_answer(stage.session, stage.actors[handle], stage.topics[name], _post(stage, name, number), data)


def _me_too(stage: Stage, handle: str, name: str) -> None:
    actions.press_me_too(stage.session, stage.actors[handle], stage.topics[name], on=True)


def _post(stage: Stage, name: str, number: int) -> Post:
    if (name, number) not in stage.posts and number == 0:
        stage.posts[name, 0] = question_of(stage, stage.topics[name])
    return stage.posts[name, number]


def question_of(stage: Stage, topic: Topic) -> Post:
    return stage.session.exec(select(Post).where(Post.topic_id == topic.id, col(Post.kind) == PostKind.question)).one()
