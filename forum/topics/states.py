"""What a topic goes through besides answers: details asked for, closed, reopened, archived."""

from sqlmodel import Session

from forum.core.errors import Conflict, Invalid
from forum.core.events import emit
from forum.models import Topic, TopicState
from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.facts import About
from forum.policy.permissions import Permission
from forum.topics.events import DetailsAsked, TopicStateChanged
from forum.topics.inputs import AskForDetails, ChangeState


def ask_for_details(session: Session, actor: Actor, topic: Topic, data: AskForDetails) -> None:
    require(actor, Permission.topic_needs_info, About(topic))
    if topic.state == TopicState.solved:
        raise Conflict("This is solved already, so there is nothing left to ask. Write a comment instead.")
    topic.state = TopicState.needs_info
    topic.needs_info_text = data.text
    emit(session, DetailsAsked(actor.member_id, topic.id, topic.author_id))


def change_state(session: Session, actor: Actor, topic: Topic, data: ChangeState) -> None:
    require(actor, Permission.topic_reopen if data.state == "open" else Permission.topic_close, About(topic))
    carry_out_change(session, actor, topic, data)


def carry_out_change(session: Session, actor: Actor, topic: Topic, data: ChangeState) -> None:
    """What a moderator, the asker or enough votes have decided."""
    if data.state == "open":
        _reopen(topic)
    else:
        if topic.state == data.state:
            raise Conflict(f"This topic is {data.state} already. Reload the page to see why.")
        if not data.reason:
            raise Invalid({"reason": "Say why, and what people can do instead."})
        topic.state = TopicState(data.state)
        topic.closed_reason = data.reason
    emit(session, TopicStateChanged(actor.member_id, topic.id, topic.state, data.reason))


def _reopen(topic: Topic) -> None:
    if topic.state not in (TopicState.closed, TopicState.archived):
        raise Conflict("This topic is open already.")
    topic.state = open_state(topic)
    topic.closed_reason = ""


def open_state(topic: Topic) -> TopicState:
    if topic.accepted:
        return TopicState.solved
    return TopicState.answered if topic.answers else TopicState.new
