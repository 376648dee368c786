"""\"Life of this question\": where it was asked, who answered, who said it worked, where the outcome went."""

from typing import Any

from sqlalchemy import Row

from forum.core.settings import settings
from forum.models import PostKind, ResolutionState, TopicKind
from forum.topics.views import Moment, OriginView, PostView


def life(topic: Row[Any], posts: list[PostView], origins: list[OriginView], shared: list[Moment]) -> list[Moment]:
    """From what the page has loaded already; oldest first."""
    question = next(post for post in posts if post.kind == PostKind.question)
    moments = [Moment(f"Asked on {origin.network}", origin.at, platform=origin.platform, url=origin.url) for origin in origins]
    if origins:
        moments.append(Moment(f"Brought here by {settings().site_name}", topic.created_at, icon="inbox"))
    else:
        did = "asked" if topic.kind == TopicKind.question else "wrote this"
        moments.append(Moment(f"{question.author.name} {did}", question.at, icon="circle-dashed"))
    moments += [*_answers(posts), *shared]
    if topic.resolution_state == ResolutionState.public and topic.published_at:
        url = f"/resolutions/{topic.resolution_id}/{topic.resolution_slug}"
        moments.append(Moment("Resolution published", topic.published_at, icon="share-2", url=url))
    return sorted(moments, key=lambda moment: moment.at)


def _answers(posts: list[PostView]) -> list[Moment]:
    moments: list[Moment] = []
    answers = [post for post in posts if post.kind == PostKind.answer and post.state == "visible"]
    if answers:
        first = min(answers, key=lambda post: post.at)
        moments.append(Moment(f"{first.author.name} answered first", first.at, icon="message-circle", url=f"#a-{first.id}"))
    for post in answers:
        if post.accepted:
            moments.append(
                Moment(
                    f"{post.accepted.by} marked it solved", post.accepted.at, icon="circle-check", tone="ok", url=f"#a-{post.id}"
                )
            )
        if post.official:
            words = f"{settings().site_name} confirmed it"
            moments.append(Moment(words, post.official.at, icon="badge-check", tone="accent", url="#official"))
    return moments
