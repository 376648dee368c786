"""What members are told about edits and articles they suggested, and about earlier questions they found."""

from sqlmodel import Session

from forum.catalog.events import SynonymAccepted, SynonymDeclined
from forum.core import clock
from forum.models import ArticleProposal, NoticeKind, SuggestedEdit, Topic
from forum.notifications.handlers import tell
from forum.resolutions.events import ArticleAccepted, ArticleDeclined
from forum.topics.events import DuplicateConfirmed, EditSuggested, SuggestionAccepted, SuggestionDeclined, TopicsMerged
from forum.topics.rows import topic_url


def tell_suggested(session: Session, event: EditSuggested) -> None:
    """Whoever wrote it is asked first."""
    title = f"Somebody suggests an edit to what you wrote in “{_title(session, event.topic_id)}”"
    _tell(session, event.author_id, event, f"suggested:{event.suggestion_id}", title)


def tell_decided(session: Session, event: SuggestionAccepted | SuggestionDeclined) -> None:
    said = session.get_one(SuggestedEdit, event.suggestion_id).answer
    taken = isinstance(event, SuggestionAccepted)
    title = (
        f"Your edit to “{_title(session, event.topic_id)}” was {'accepted' if taken else 'declined'}{': ' if said else ''}{said}"
    )
    _tell(session, event.suggester_id, event, f"edit:{event.suggestion_id}", title)


def _tell(
    session: Session,
    member_id: int | None,
    event: EditSuggested | SuggestionAccepted | SuggestionDeclined,
    cause: str,
    title: str,
) -> None:
    link = f"/suggestions/{event.suggestion_id}"
    tell(session, [member_id], NoticeKind.edit, cause, actor_id=event.actor_id, title=title[:200], link=link)


def tell_linker(session: Session, event: DuplicateConfirmed) -> None:
    topic = session.get_one(Topic, event.topic_id)
    cause = f"same:{event.topic_id}:{event.earlier_id}"
    title = f"The earlier question you linked solved “{topic.title}”"
    link = topic_url(topic.id, topic.slug)
    tell(session, [event.linker_id], NoticeKind.points, cause, actor_id=event.actor_id, title=title[:200], link=link)


def tell_merged(session: Session, event: TopicsMerged) -> None:
    target = session.get_one(Topic, event.target_id)
    title = f"Your question “{_title(session, event.topic_id)}” was merged into “{target.title}”"
    cause, link = f"merged:{event.topic_id}:{event.target_id}", topic_url(target.id, target.slug)
    tell(session, [event.asker_id], NoticeKind.edit, cause, actor_id=event.actor_id, title=title[:200], link=link)


def tell_synonym(session: Session, event: SynonymAccepted | SynonymDeclined) -> None:
    taken = isinstance(event, SynonymAccepted)
    title = f"{event.name} and {event.same_as} {'are one tag now, thanks to you' if taken else 'stay two tags'}"
    cause, link = f"synonym:{event.name}:{clock.now():%Y%m%d%H%M}", f"/tags/{event.same_as}"
    tell(session, [event.proposer_id], NoticeKind.edit, cause, actor_id=event.actor_id, title=title, link=link)


def tell_article(session: Session, event: ArticleAccepted | ArticleDeclined) -> None:
    """Who is named in a resolution hears of it once, so this stands under the same cause."""
    row = session.get_one(ArticleProposal, event.proposal_id)
    if isinstance(event, ArticleAccepted):
        title, cause = f"Your article “{row.question}” is published. Thank you", f"resolution:{event.resolution_id}"
    else:
        title, cause = f"Your article was declined: {row.said}", f"article:{event.proposal_id}"
    link = f"/articles/{event.proposal_id}"
    tell(session, [event.author_id], NoticeKind.edit, cause, actor_id=event.actor_id, title=title[:200], link=link)


def _title(session: Session, topic_id: int) -> str:
    return session.get_one(Topic, topic_id).title
