"""What topic pages show of other networks: joined here, because `topics` lies below `social`."""

from functools import cache
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from forum.core import text
from forum.models import Audience, ThreadLink, Topic, TopicState, TriageState
from forum.policy.actor import VISITOR, Actor
from forum.recognition.routing.desk import asked_about
from forum.search.queries import similar_links, similar_topics
from forum.social import queries as social
from forum.social.authors import OutsideAuthor, network_name
from forum.social.incidents.noticeboard import about
from forum.social.privately.cases import handled_since
from forum.social.sharing import queries as sharing
from forum.topics import pages
from forum.topics.post_views import OutsidePost
from forum.topics.rows import SEPARATOR, topic_url
from forum.topics.views import AskedView, Moment, OriginView, PersonView, PrivateView

RECENT = 4


def guests(session: Session, actor: Actor, loaded: pages.Loaded) -> pages.Guests:
    """At most four queries: threads and authors elsewhere only when there are any."""
    topic = loaded.topic
    foreign = social.outside_posts(session, loaded.foreign_posts, actor.is_staff) if topic.linked and loaded.foreign_posts else {}
    return pages.Guests(
        origins=origin_views(session, topic.id) if topic.linked else [],
        outside={post_id: OutsidePost(_person(author), media) for post_id, (author, media) in foreign.items()},
        asked=_asked(session, topic.id) if actor.is_staff else [],
        private=_private(session, topic.id) if topic.linked else None,
        shared=_shared(session, topic.id) if topic.linked else [],
        notices=about(session, product_id=topic.product_id, section=topic.section_slug, tags=(topic.tags or "").split(SEPARATOR)),
        similar=similar_topics(session, topic.id, topic.title, topic.question_body),
    )


def _shared(session: Session, topic_id: int) -> list[Moment]:
    """Replies that stand elsewhere, each leading there."""
    return [
        Moment(f"{one.purpose} posted on {network_name(one.platform)}", one.at, platform=one.platform, url=one.url)
        for one in sharing.receipts(session, topic_id)
    ]


def _private(session: Session, topic_id: int) -> PrivateView | None:
    found = handled_since(session, topic_id)
    return PrivateView(*found) if found else None


def _asked(session: Session, topic_id: int) -> list[AskedView]:
    return [
        AskedView(
            *(one.name, f"/members/{one.handle}"),
            f"{f'asked by {one.by}' if one.by else f'wave {one.wave}, {one.chance}'}, {one.said}: {one.reason}",
        )
        for one in asked_about(session, [topic_id]).get(topic_id, [])
    ]


def origin_views(session: Session, topic_id: int) -> list[OriginView]:
    found = social.origins(session, [topic_id]).get(topic_id, [])
    return [OriginView(each.platform, each.network, each.author, each.url, each.posts, each.asked_at) for each in found]


def _person(author: OutsideAuthor) -> PersonView:
    return PersonView(
        name=author.label,
        initials=text.initials(author.label.lstrip("@")),
        hue=text.hue(author.label),
        url=author.url or None,
        platform=author.platform,
    )


def elsewhere(session: Session) -> list[OriginView]:
    """Asked elsewhere, answered here: the latest, leading to our own pages."""
    return [
        OriginView(
            thread.platform,
            network_name(thread.platform),
            title,
            topic_url(thread.topic_id or 0, slug),
            thread.posts,
            thread.first_post_at,
        )
        for thread, slug, title in session.execute(_select_elsewhere())
    ]


@cache
def _select_elsewhere() -> Any:
    return (
        select(ThreadLink, col(Topic.slug), col(Topic.title))
        .join(Topic, col(Topic.id) == col(ThreadLink.topic_id))
        .where(
            col(ThreadLink.state) == TriageState.published,
            col(Topic.audience) == Audience.public,
            col(Topic.state).in_((TopicState.answered, TopicState.solved)),
        )
        .order_by(col(Topic.active_at).desc(), col(Topic.id).desc())
        .limit(RECENT)
    )


def like_thread(session: Session, title: str, body: str) -> list[list[str]]:
    """Topics and resolutions here that may help with a thread elsewhere: title and address, as a visitor may read them."""
    return [[one.title, one.url] for one in similar_links(session, VISITOR, title, body)[:RECENT]]
