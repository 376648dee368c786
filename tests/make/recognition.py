"""What recognition leaves lying about: a correction that waits, a letter's link, a note, somebody to be judged, a mentor."""

from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from forum.core import clock
from forum.models import (
    ArticleProposal,
    Defect,
    DraftShown,
    LedgerKind,
    Mentor,
    Mentorship,
    MentorshipState,
    Objection,
    PointsProposal,
    RepEvent,
    ReviewItem,
    ReviewKind,
    SuggestedEdit,
    Tag,
    TagReview,
    TagSynonym,
    ThankNote,
    TopicMerge,
)
from forum.policy.actor import actor_of
from forum.recognition.actions import subject_of
from forum.recognition.closing import outcomes
from forum.topics import merging
from forum.topics.inputs import LinkDuplicate
from forum.topics.verdicts import accept_answer
from tests.make import content, people


def recognition(session: Session, ids: dict[str, Any]) -> dict[str, Any]:
    """Ids by name, beside those of the community."""
    tag = session.scalars(select(Tag.id).where(Tag.slug == "hub-3")).one()
    proposal = PointsProposal(member_id=ids["helper_id"], points=500, reason="Points from the old forum.")
    note = ThankNote(post_id=ids["answer"], from_id=ids["asker"].id, to_id=ids["helper_id"], text="Thank you", may_publish=True)
    review = TagReview(tag_id=tag, member_id=ids["helper_id"])
    pair = Mentorship(mentor_id=ids["helper_id"], mentee_id=people.member(session).id, state=MentorshipState.active)
    edit = SuggestedEdit(post_id=ids["answer"], by_id=people.member(session).id, base=1, body="Move the hub two metres away.")
    item = ReviewItem(kind=ReviewKind.flag, post_id=ids["other"], weight=50)
    unseen = ReviewItem(kind=ReviewKind.flag, post_id=ids["staff_answer"], weight=50)
    defect = Defect(post_id=ids["question"], reference="HUB-12")
    synonym = TagSynonym(name="the-hub-3", tag_id=tag)
    session.add_all([item, unseen, defect, synonym, proposal, note, review, pair, edit, Mentor(member_id=ids["helper_id"])])
    session.flush()
    findings = [_finding(session, ids["asker"].id, number, by=ids["staff"].id) for number in (1, 2)]
    objection = Objection(event_id=findings[1], member_id=ids["asker"].id, text="It was meant as a joke.")
    session.add(objection)
    session.flush()
    source = content.topic(session, people.member(session), title="Asked in other words, and merged since")
    merging.merge_topics(session, actor_of(ids["staff"]), source.id, LinkDuplicate(earlier=str(ids["open"])))
    written = _solved(session, "The doorbell rings twice in the rain")
    article = ArticleProposal(
        topic_id=written, by_id=people.member(session).id, question="The doorbell rings twice", answer="Dry its button.", body="Dry it.",
    )  # fmt: skip
    session.add(article)
    shown = DraftShown(mentorship_id=pair.id, topic_id=ids["open"], body="Perhaps the channel?")
    session.add(shown)
    session.commit()
    return {
        "proposal": proposal.id,
        "thanks": note.id,
        "review": review.id,
        "suggestion": edit.id,
        "merge": session.scalars(select(TopicMerge.id)).one(),
        "unwritten": _solved(session, "The blinds close at noon all by themselves"),
        "article": article.id,
        "article_topic": written,
        "item": item.id,
        "finding": findings[0],
        "objection": objection.id,
        "staff_item": unseen.id,
        "mentorship": pair.id,
        "shown": shown.id,
        "outcome": outcomes.token_for(outcomes.Invitation(ids["open"], ids["answer"], 3, ids["asker"].id)),
    }


def _solved(session: Session, title: str) -> int:
    asker = people.member(session)
    topic = content.topic(session, asker, title=title)
    accept_answer(session, actor_of(asker), topic, content.answer(session, topic))
    session.commit()
    return topic.id


def _finding(session: Session, member_id: int, number: int, *, by: int) -> int:
    kind, moment = LedgerKind.answer_harmful_upheld, clock.now()
    line = RepEvent(
        idem_key=f"finding:{number}", subject=subject_of(session, member_id), kind=kind, points=-10, occurred_at=moment,
        earn_day=moment.date(), cause_type="finding", cause_id=number, reason="It could do harm.", rule_version=2, issued_by=by,
    )  # fmt: skip
    session.add(line)
    session.flush()
    return line.id
