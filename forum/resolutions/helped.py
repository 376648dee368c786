"""Whether a resolution helped: one word of each member, with undo."""

from dataclasses import dataclass

from sqlalchemy import case, delete, func, select
from sqlmodel import Session, col

from forum.core import clock
from forum.core.db import insert_ignoring
from forum.core.errors import Conflict, NotFound
from forum.core.events import emit
from forum.models import ArticleSaid, Resolution, ResolutionState, Topic
from forum.policy.actor import Actor
from forum.policy.check import may, require
from forum.policy.facts import About
from forum.policy.permissions import Permission
from forum.recognition.yearly import said_helped, say_helped
from forum.resolutions.events import ArticleHelped
from forum.resolutions.inputs import SayArticle


@dataclass(frozen=True, slots=True)
class HelpedView:
    text: str
    """What readers said so far, with how sure that is."""
    mine: str
    """"yes", "no", or empty."""
    may_say: bool


def helped_view(session: Session, actor: Actor, row: Resolution, topic: Topic) -> HelpedView | None:
    if row.state != ResolutionState.public:
        return None
    mine = func.max(case((col(ArticleSaid.member_id) != (actor.id or 0), ""), (col(ArticleSaid.yes), "yes"), else_="no"))
    found = session.execute(
        select(func.count().label("said"), func.count(case((col(ArticleSaid.yes), 1))).label("yes"), mine.label("mine")).where(
            col(ArticleSaid.resolution_id) == row.id
        )
    ).one()
    text = said_helped(found.yes, found.said - found.yes)
    return HelpedView(text, found.mine or "", may(actor, Permission.topic_help_said, About(topic)))


def say(session: Session, actor: Actor, resolution_id: int, data: SayArticle) -> Resolution:
    """Visitors' words count for the question it came from, where nobody earns by them."""
    row = session.get(Resolution, resolution_id)
    if row is None or row.state == ResolutionState.draft:
        raise NotFound
    topic = session.get_one(Topic, row.topic_id)
    require(actor, Permission.topic_help_said, About(topic))
    if row.state != ResolutionState.public:
        raise Conflict("This resolution no longer holds. The page says why.")
    if actor.signed_in:
        _say(session, actor, row, data.helped)
    elif data.helped:
        say_helped(session, actor, topic, yes=data.helped == "yes")
    return row


def _say(session: Session, actor: Actor, row: Resolution, helped: str) -> None:
    mine = (col(ArticleSaid.resolution_id) == row.id) & (col(ArticleSaid.member_id) == actor.id)
    session.execute(delete(ArticleSaid).where(mine))
    if helped:
        values = {"resolution_id": row.id, "member_id": actor.id, "yes": helped == "yes", "at": clock.now()}
        insert_ignoring(session, ArticleSaid, values)
    emit(session, ArticleHelped(actor.member_id, row.topic_id, row.post_id, row.id, helped))
