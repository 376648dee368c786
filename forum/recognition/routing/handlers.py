"""What invitations make of what happens elsewhere."""

from sqlmodel import Session

from forum.recognition.routing.actions import note_answer
from forum.topics.events import AnswerPosted


def close_invitation(session: Session, event: AnswerPosted) -> None:
    note_answer(session, event.topic_id, event.actor_id)
