"""Evidence in answers, what was said of them, and what they led to."""

from typing import Any

from sqlalchemy import and_, exists, literal, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from forum.models import ArticleProposal, ArticleSaid, ArticleState, Post, PostKind, PostState, Resolution, Topic, TopicKind, Vote
from forum.recognition.badges.sources.shape import Ids, Query, among, asked_by_customers, columns, spam


def answers(ids: Ids) -> Query:
    query = (
        select(
            *columns(
                *(col(Post.author_id), col(Post.created_at), spam(col(Post.id))),
                who=col(Topic.author_id),
                post_id=col(Post.id),
                topic_id=col(Topic.id),
            )
        )
        .join(Topic, col(Topic.id) == col(Post.topic_id))
        .where(
            col(Post.kind) == PostKind.answer,
            col(Post.state) == PostState.visible,
            col(Post.author_id).is_not(None),
            col(Topic.kind) == TopicKind.question,
            col(Topic.author_id).is_distinct_from(col(Post.author_id)),
            asked_by_customers(),
        )
    )
    return among(query, col(Post.author_id), ids)


def welcomes(ids: Ids) -> Query:
    """An asker of a first question wrote back under an answer."""
    Reply, Earlier = aliased(Post), aliased(Topic)
    query = (
        select(
            *columns(
                *(col(Post.author_id), col(Reply.created_at), spam(col(Post.id))),
                who=col(Topic.author_id),
                post_id=col(Post.id),
                topic_id=col(Topic.id),
            )
        )
        .join(Reply, col(Reply.parent_id) == col(Post.id))
        .join(Topic, and_(col(Topic.id) == col(Post.topic_id), col(Topic.author_id) == col(Reply.author_id)))
        .where(
            col(Post.kind) == PostKind.answer,
            col(Post.state) == PostState.visible,
            col(Reply.state) == PostState.visible,
            col(Topic.author_id) != col(Post.author_id),
            asked_by_customers(),
            ~exists().where(col(Earlier.author_id) == col(Topic.author_id), col(Earlier.id) < col(Topic.id)).correlate(Topic),
        )
    )
    return among(query, col(Post.author_id), ids)


def votes_given(ids: Ids) -> Query:
    found = columns(
        *(col(Vote.member_id), col(Vote.at), spam(col(Post.id))),
        who=col(Post.author_id),
        post_id=col(Post.id),
        topic_id=col(Post.topic_id),
    )
    query = (
        select(*found)
        .join(Post, col(Post.id) == col(Vote.post_id))
        .where(
            col(Vote.value) == 1,
            col(Vote.member_id).is_not(None),
            col(Post.kind) == PostKind.answer,
            col(Post.author_id).is_not(None),
        )
    )
    return among(query, col(Vote.member_id), ids)


def not_helpful(ids: Ids) -> Query:
    found = columns(
        *(col(Post.author_id), col(Vote.at), literal("")),
        who=col(Vote.member_id),
        post_id=col(Post.id),
        topic_id=col(Post.topic_id),
    )
    query = (
        select(*found)
        .join(Post, col(Post.id) == col(Vote.post_id))
        .where(col(Vote.value) == -1, col(Post.kind) == PostKind.answer, col(Post.author_id).is_not(None))
    )
    return among(query, col(Post.author_id), ids)


def article_not_helpful(ids: Ids) -> Query:
    """Said of a resolution, for whoever wrote the answer it was written from."""
    query = _said_no(col(Post.author_id)).where(col(Post.author_id).is_not(None))
    return among(query, col(Post.author_id), ids)


def proposed_not_helpful(ids: Ids) -> Query:
    """The same, for whoever proposed it and did not write the answer."""
    proposed, by = col(ArticleProposal.topic_id) == col(Resolution.topic_id), col(ArticleProposal.by_id)
    query = (
        _said_no(by)
        .join(ArticleProposal, proposed & (col(ArticleProposal.state) == ArticleState.accepted))
        .where(by.is_not(None), by.is_distinct_from(col(Post.author_id)))
    )
    return among(query, by, ids)


def _said_no(writer: Any) -> Any:
    found = columns(
        *(writer, col(ArticleSaid.at), literal("")),
        who=col(ArticleSaid.member_id),
        post_id=col(Post.id),
        topic_id=col(Post.topic_id),
    )
    return (
        select(*found)
        .select_from(ArticleSaid)
        .join(Resolution, col(Resolution.id) == col(ArticleSaid.resolution_id))
        .join(Post, col(Post.id) == col(Resolution.post_id))
        .where(col(ArticleSaid.yes).is_(False))
    )
