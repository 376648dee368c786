""" "Did this fix it?": asked by mail without a sign-in, answered by a press on a page. Reading that page changes nothing."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlmodel import Session, col

from forum.core import clock, templating, text
from forum.core.db import insert_ignoring, transaction
from forum.core.errors import Gone, Invalid
from forum.core.ids import sign, unsign
from forum.core.settings import settings
from forum.jobs.queue import enqueue
from forum.models import Audience, Member, OutcomeRequest, OutcomeSaid, Post, PostKind, PostState, Topic, TopicKind, TopicState
from forum.policy.actor import Actor, actor_of
from forum.recognition.closing.inputs import SayOutcome
from forum.topics.access import access_post, access_topic
from forum.topics.actions import post_answer
from forum.topics.inputs import WriteAnswer
from forum.topics.people import COLUMNS, person
from forum.topics.rows import topic_url
from forum.topics.verdicts import accept_answer, credit_helper
from forum.topics.views import PersonView

PURPOSE = "outcome"
STAGES = (3, 7, 14)
"""Days after the last answer of a helper. Whoever has said something since is not asked."""
ASKED_WITHIN = timedelta(days=30)
LINK_LASTS = timedelta(days=60)
BATCH = 200
TOLD = {
    OutcomeSaid.fixed: "Thank you. It is marked as solved, and the person who helped knows.",
    OutcomeSaid.own_way: "Thank you. Your solution is up for the next person, and whoever led you there shares the credit.",
    OutcomeSaid.not_yet: "Thank you for telling us. People who know this see that it is still open.",
    OutcomeSaid.waiting: "",
}


@dataclass(frozen=True, slots=True)
class HelperAnswer:
    post_id: int
    author: PersonView
    at: datetime
    excerpt: str
    accepted: bool


@dataclass(frozen=True, slots=True)
class OutcomePage:
    token: str
    name: str
    title: str
    url: str
    solved: bool
    answers: list[HelperAnswer]

    @property
    def choices(self) -> list[tuple[str, str]]:
        """Who may have led there, for a list to choose from."""
        return [("0", "Nobody in particular"), *((str(answer.post_id), answer.author.name) for answer in self.answers)]


@dataclass(frozen=True, slots=True)
class Invitation:
    """What a link from a letter stands for."""

    topic_id: int
    reply_id: int
    stage: int
    member_id: int


def ask() -> None:
    """Find the questions to ask about, and write the letters down. Running twice asks nobody twice."""
    with transaction() as session:
        for row in session.execute(_due()).all():
            days = (clock.now() - row.replied_at).days
            stage = max(one for one in STAGES if one <= days)
            values = {"topic_id": row.id, "reply_id": row.reply_id, "stage": stage, "said": OutcomeSaid.waiting}
            if insert_ignoring(session, OutcomeRequest, {**values, "sent_at": clock.now()}):
                enqueue(
                    session,
                    "recognition.outcome_letter",
                    dedup_key=f"outcome:{row.id}:{row.reply_id}:{stage}",
                    topic_id=row.id,
                    reply_id=row.reply_id,
                    stage=stage,
                )


def _due() -> Any:
    """Answered, unsolved, its asker can be written to and has not come back since the last answer of somebody else."""
    moment = clock.now()
    reply = (
        select(
            col(Post.topic_id).label("topic_id"),
            func.max(col(Post.created_at)).label("at"),
            func.max(col(Post.id)).label("id"),
        )
        .join(Topic, col(Topic.id) == col(Post.topic_id))
        .where(
            col(Post.kind) == PostKind.answer,
            col(Post.state) == PostState.visible,
            col(Post.author_id).is_distinct_from(col(Topic.author_id)),
            col(Post.created_at) > moment - ASKED_WITHIN,
        )
        .group_by(col(Post.topic_id))
        .subquery()
    )
    came_back = (
        select(col(Post.id))
        .where(
            col(Post.topic_id) == col(Topic.id), col(Post.author_id) == col(Topic.author_id), col(Post.created_at) > reply.c.at
        )
        .exists()
    )
    heard = (
        select(col(OutcomeRequest.topic_id))
        .where(
            col(OutcomeRequest.topic_id) == col(Topic.id),
            col(OutcomeRequest.reply_id) == reply.c.id,
            (col(OutcomeRequest.said) != OutcomeSaid.waiting) | (col(OutcomeRequest.sent_at) > moment - timedelta(days=3)),
        )
        .exists()
    )
    return (
        select(col(Topic.id), reply.c.id.label("reply_id"), reply.c.at.label("replied_at"))
        .join(reply, reply.c.topic_id == col(Topic.id))
        .join(Member, col(Member.id) == col(Topic.author_id))
        .where(
            col(Topic.kind) == TopicKind.question,
            col(Topic.state).in_((TopicState.answered, TopicState.needs_info)),
            col(Topic.audience).in_((Audience.public, Audience.members)),
            col(Member.confirmed_at).is_not(None),
            col(Member.email).is_not(None),
            col(Member.mail_answers).is_(True),
            reply.c.at <= moment - timedelta(days=STAGES[0]),
            ~came_back,
            ~heard,
        )
        .order_by(reply.c.at)
        .limit(BATCH)
    )


def letter(topic_id: int, reply_id: int, stage: int) -> None:
    """Written when it leaves, so that nobody is asked about what was solved meanwhile."""
    with transaction() as session:
        topic = session.get(Topic, topic_id)
        member = session.get(Member, topic.author_id) if topic and topic.author_id else None
        if topic is None or member is None or not (member.email and member.mail_answers) or topic.state == TopicState.solved:
            return
        site = settings().site_name
        words = templating.render(
            "email/outcome.txt",
            name=member.name,
            title=topic.title,
            url=f"{settings().base_url}/outcome/{token_for(Invitation(topic_id, reply_id, stage, member.id))}",
            settings_url=f"{settings().base_url}/settings/notifications",
            site=site,
        )
        key = f"outcome-{topic_id}-{reply_id}-{stage}"
        subject = " ".join(f"Did this fix it? {topic.title}".split())[:150]
        enqueue(
            session, "mail.send", dedup_key=f"mail:{key}", to=member.email, subject=f"{subject} · {site}", text=words, key=key
        )


def token_for(invitation: Invitation) -> str:
    until = int((clock.now() + LINK_LASTS).timestamp())
    parts = (invitation.topic_id, invitation.reply_id, invitation.stage, invitation.member_id, until)
    return sign("-".join(map(str, parts)), PURPOSE)


def open_token(token: str) -> Invitation:
    """Raises Gone for a link that is not ours or too old."""
    parts = (unsign(token[:200], PURPOSE) or "").split("-")
    if len(parts) != 5 or int(parts[4]) < clock.now().timestamp():
        raise Gone("This link has expired. You can still say on the question itself whether it is solved.")
    return Invitation(*(int(part) for part in parts[:4]))


def outcome_page(session: Session, token: str) -> OutcomePage:
    invitation = open_token(token)
    asker, topic = _asked(session, invitation)
    rows = session.execute(
        select(col(Post.id), col(Post.created_at), func.substr(Post.body, 1, 600).label("body"), *COLUMNS)
        .outerjoin(Member, col(Member.id) == col(Post.author_id))
        .where(
            col(Post.topic_id) == topic.id,
            col(Post.kind) == PostKind.answer,
            col(Post.state) == PostState.visible,
            col(Post.author_id).is_distinct_from(asker.id),
        )
        .order_by(col(Post.created_at).desc(), col(Post.id).desc())
        .limit(10)
    ).all()
    return OutcomePage(
        token=token,
        name=asker.name,
        title=topic.title,
        url=topic_url(topic.id, topic.slug),
        solved=topic.state == TopicState.solved,
        answers=[HelperAnswer(row.id, person(row), row.created_at, text.excerpt(row.body, 240), False) for row in rows],
    )


def say(session: Session, token: str, data: SayOutcome) -> None:
    """Carry out what the asker pressed, as the asker."""
    invitation = open_token(token)
    asker, topic = _asked(session, invitation)
    if data.said == OutcomeSaid.fixed:
        _, post = access_post(session, asker, data.post)
        accept_answer(session, asker, topic, post)
    elif data.said == OutcomeSaid.own_way:
        _own_way(session, asker, topic, data)
    session.execute(
        update(OutcomeRequest)
        .where(col(OutcomeRequest.topic_id) == topic.id, col(OutcomeRequest.reply_id) == invitation.reply_id)
        .values(said=data.said, said_at=clock.now())
    )


def _own_way(session: Session, asker: Actor, topic: Topic, data: SayOutcome) -> None:
    if len(data.how) < 10:
        raise Invalid({"how": "Say in a sentence what fixed it, so that the next person finds it."})
    own = post_answer(session, asker, topic, WriteAnswer(body=data.how))
    accept_answer(session, asker, topic, own)
    if data.post:
        _, helper = access_post(session, asker, data.post)
        credit_helper(session, asker, topic, helper)


def _asked(session: Session, invitation: Invitation) -> tuple[Actor, Topic]:
    """The asker as they stand today: a suspended or former member can say nothing this way either."""
    member = session.get(Member, invitation.member_id)
    if member is None:
        raise Gone("This question's asker has left.")
    asker = actor_of(member)
    topic = access_topic(session, asker, invitation.topic_id)
    if topic.author_id != member.id:
        raise Gone("This question is not yours any more.")
    return asker, topic
