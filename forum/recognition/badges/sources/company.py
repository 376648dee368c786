"""Evidence in what the company confirmed: defects that were fixed, and useful reports on early products."""

from typing import Any

from sqlalchemy import String, cast, literal, or_, select
from sqlmodel import col

from forum.models import Defect, Post, PreviewReport, ReportState, VipOffer
from forum.recognition.badges.sources.shape import Ids, Query, among, columns, spam


def defects(ids: Ids) -> Query:
    """Posts of the member that led to a defect, once it is fixed."""
    found = columns(
        *(col(Post.author_id), col(Defect.fixed_at), spam(col(Post.id))),
        post_id=col(Post.id),
        topic_id=col(Post.topic_id),
    )
    query = (
        select(*found)
        .join(Post, col(Post.id) == col(Defect.post_id))
        .where(col(Defect.fixed_at).is_not(None), col(Post.author_id).is_not(None))
    )
    return among(query, col(Post.author_id), ids)


def preview_reports(ids: Ids) -> Query:
    """Useful ones, by product. While an embargo holds they say nothing in public, not even by a badge."""
    about: Any = {"scope": cast(col(PreviewReport.offer_id), String)}
    query = (
        select(*columns(col(PreviewReport.member_id), col(PreviewReport.decided_at), literal(""), **about))
        .join(VipOffer, col(VipOffer.id) == col(PreviewReport.offer_id))
        .where(
            col(PreviewReport.state) == ReportState.useful,
            col(PreviewReport.member_id).is_not(None),
            or_(col(VipOffer.embargo_until).is_(None), col(VipOffer.lifted_at).is_not(None)),
        )
    )
    return among(query, col(PreviewReport.member_id), ids)
