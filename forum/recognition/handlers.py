"""What earns and what stops earning, as reactions to events of other floors."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlmodel import Session, col

from forum.core import clock
from forum.core.events import emit
from forum.jobs.queue import enqueue
from forum.models import (
    Acceptance,
    AnswerMark,
    ExternalPost,
    LedgerKind,
    MarkKind,
    Member,
    MeToo,
    Post,
    PostKind,
    PostMap,
    Role,
    Topic,
)
from forum.policy.actor import Actor
from forum.recognition.actions import (
    Cause,
    credit,
    credited_post,
    live_line,
    restore_post,
    reverse,
    reverse_own,
    subject_elsewhere,
    subject_of,
    void_post,
)
from forum.recognition.events import FindingRecorded
from forum.recognition.fairness.cases import doubt_same_hand
from forum.recognition.fairness.weight import weigh
from forum.recognition.rates import SOLUTIONS, UNDO_WINDOW, YOUNG_ASKER, YOUNG_VOTE_WAITS, YOUNG_VOTER
from forum.topics.events import (
    AnswerAccepted,
    AnswerMadeOfficial,
    AnswerUnaccepted,
    HelperCredited,
    HelperUncredited,
    OfficialMarkRemoved,
    PostConverted,
    PostReturned,
    PostWithdrawn,
)
from forum.topics.reviews.events import FlagDecided, ReviewWeighed
from forum.votes.events import AnswerMarked, AnswerUnmarked, MeTooPressed, MeTooTakenBack, VoteCast, VoteTakenBack

WITHDRAWN = "post withdrawn"
CONVERTED = "turned into a comment"
UNCONFIRMED = "no longer confirmed by staff"
UNVOTED = "the vote was taken back"
UNSOLVED = "no longer marked as the solution"
STAFF_COOLS_OFF = timedelta(days=90)
LIVED = timedelta(days=60)
"""An answer that stood this long keeps its points when it is tidied away."""
FINDINGS = {"harmful": LedgerKind.answer_harmful_upheld, "spam": LedgerKind.conduct_spam_upheld}


def earns(member: Member | None) -> bool:
    """Staff earn nothing, nor do they for a while after; neither do former members."""
    if member is None or member.deleted_at is not None or Actor(role=Role(member.role)).is_staff:
        return False
    return member.staff_until is None or clock.now() - member.staff_until >= STAFF_COOLS_OFF


def _earner(session: Session, post: Post) -> str | None:
    """The subject a post earns for: its author, or somebody elsewhere, whose points wait to be claimed."""
    if post.author_id is not None:
        author = session.get(Member, post.author_id)
        return subject_of(session, author.id) if author is not None and earns(author) else None
    account = session.scalar(
        select(col(ExternalPost.account_id))
        .join(PostMap, col(PostMap.external_post_id) == col(ExternalPost.id))
        .where(col(PostMap.post_id) == post.id)
        .order_by(col(PostMap.position))
        .limit(1)
    )
    return subject_elsewhere(session, account) if account is not None else None


def credit_solution(session: Session, event: AnswerAccepted) -> None:
    """A tick that follows the author's own, or one on an answer that was tidied away since, moves the points."""
    held = credited_post(session, LedgerKind.solution_accepted, "topic", event.topic_id)
    if held is not None and held != event.post_id and session.get(Acceptance, held) is None:
        reverse(session, LedgerKind.solution_accepted, Cause("topic", event.topic_id, event.topic_id, held), UNSOLVED)
    _credit_acceptance(session, event.topic_id, event.post_id, event.actor_id)


def _credit_acceptance(session: Session, topic_id: int, post_id: int, actor_id: int | None) -> None:
    """One live line per question, never for one's own question or one's own tick."""
    topic = session.get_one(Topic, topic_id)
    post = session.get_one(Post, post_id)
    if post.author_id is not None and post.author_id in (topic.author_id, actor_id):
        return
    if any(credited_post(session, kind, "topic", topic_id) is not None for kind in SOLUTIONS):
        return
    subject = _earner(session, post)
    if subject is None:
        return
    counts_from = _settle_at(session, clock.now() + _undo_window(session, actor_id))
    cause = Cause("topic", topic_id, topic_id, post_id)
    credit(session, subject, LedgerKind.solution_accepted, cause, counts_from=counts_from)


def _undo_window(session: Session, actor_id: int | None) -> timedelta:
    ticker = session.get(Member, actor_id) if actor_id is not None else None
    young = ticker is not None and clock.now() - ticker.joined_at < YOUNG_ASKER
    return YOUNG_VOTE_WAITS if young else UNDO_WINDOW


def reverse_solution(session: Session, event: AnswerUnaccepted) -> None:
    """Another accepted answer of the same question moves up. What is only tidied away keeps its points."""
    if event.tidied:
        return
    cause = Cause("topic", event.topic_id, event.topic_id, event.post_id)
    if not reverse(session, LedgerKind.solution_accepted, cause, UNSOLVED):
        return
    left = session.execute(
        select(col(Acceptance.post_id), col(Acceptance.by_id))
        .where(col(Acceptance.topic_id) == event.topic_id)
        .order_by(col(Acceptance.at), col(Acceptance.post_id))
    ).all()
    for row in left:  # the first whose author may earn
        _credit_acceptance(session, event.topic_id, row.post_id, row.by_id)


def credit_helper(session: Session, event: HelperCredited) -> None:
    """The asker solved it, and this answer led them there: the same worth as a solution, and instead of one."""
    if any(credited_post(session, kind, "topic", event.topic_id) is not None for kind in SOLUTIONS):
        return
    subject = _earner(session, session.get_one(Post, event.post_id))
    if subject is not None:
        counts_from = _settle_at(session, clock.now() + _undo_window(session, event.actor_id))
        cause = Cause("topic", event.topic_id, event.topic_id, event.post_id)
        credit(session, subject, LedgerKind.solution_credited, cause, counts_from=counts_from)


def reverse_helper(session: Session, event: HelperUncredited) -> None:
    cause = Cause("topic", event.topic_id, event.topic_id, event.post_id)
    reverse(session, LedgerKind.solution_credited, cause, "another answer was marked as the solution")


def credit_verified(session: Session, event: AnswerMadeOfficial) -> None:
    subject = _earner(session, session.get_one(Post, event.post_id))
    if subject is not None and event.author_id != event.actor_id:
        cause = Cause("official", event.post_id, event.topic_id, event.post_id)
        credit(session, subject, LedgerKind.solution_verified, cause)


def reverse_verified(session: Session, event: OfficialMarkRemoved) -> None:
    cause = Cause("official", event.post_id, event.topic_id, event.post_id)
    reverse(session, LedgerKind.solution_verified, cause, UNCONFIRMED)


def credit_helpful(session: Session, event: VoteCast) -> None:
    """Helpful answers and questions. "Not helpful" takes nothing away: it only ends an earlier "helpful"."""
    cause = Cause("vote", event.post_id, event.topic_id, event.post_id)
    kind = _kind_of_vote(event.kind)
    if event.value < 0:
        reverse(session, kind, cause, UNVOTED, actor_id=event.actor_id)
        return
    credit_from(session, kind, cause, event.actor_id)


def reverse_helpful(session: Session, event: VoteTakenBack) -> None:
    post = session.get_one(Post, event.post_id)
    cause = Cause("vote", event.post_id, event.topic_id, event.post_id)
    reverse(session, _kind_of_vote(post.kind), cause, UNVOTED, actor_id=event.actor_id)


def _kind_of_vote(kind: str) -> LedgerKind:
    return LedgerKind.question_helpful if kind == PostKind.question else LedgerKind.answer_helpful


def credit_from(session: Session, kind: LedgerKind, cause: Cause, giver_id: int, *, earner_id: int | None = None) -> None:
    """A line that one member gives another: whoever wrote the post, or is named. A young account's counts after a week."""
    post = session.get_one(Post, cause.post_id)
    giver = session.get_one(Member, giver_id)
    author_id = earner_id or post.author_id
    if author_id == giver.id or not earns(giver) or giver.confirmed_at is None:
        return
    subject = subject_of(session, earner_id) if earner_id is not None else _earner(session, post)
    if subject is None:
        return
    young = clock.now() - giver.joined_at < YOUNG_VOTER
    counts_from = _settle_at(session, clock.now() + YOUNG_VOTE_WAITS) if young else None
    weight = weigh(session, giver, author_id, post.id)
    points = 0 if weight.reason else None
    made = credit(session, subject, kind, cause, actor_id=giver.id, counts_from=counts_from, points=points, reason=weight.reason)
    if made and weight.same_hand:
        doubt_same_hand(session, giver.id, subject, kind, cause)


def credit_works(session: Session, event: AnswerMarked) -> None:
    """ "Works for me", from somebody who said that they have the same problem."""
    if event.kind != MarkKind.works:
        return
    same = select(col(MeToo.id)).where(col(MeToo.topic_id) == event.topic_id, col(MeToo.member_id) == event.actor_id)
    if session.scalar(same) is not None:
        cause = Cause("mark", event.post_id, event.topic_id, event.post_id)
        credit_from(session, LedgerKind.answer_fixed_me_too, cause, event.actor_id)


def reverse_works(session: Session, event: AnswerUnmarked) -> None:
    if event.kind == MarkKind.works:
        cause = Cause("mark", event.post_id, event.topic_id, event.post_id)
        reverse(session, LedgerKind.answer_fixed_me_too, cause, UNVOTED, actor_id=event.actor_id)


def credit_me_too(session: Session, event: MeTooPressed) -> None:
    """For the question, and for answers the same person had already said work for them."""
    if event.actor_id is None:
        return
    question = _question(session, event.topic_id)
    credit_from(session, LedgerKind.question_me_too, Cause("me_too", event.topic_id, event.topic_id, question), event.actor_id)
    works = (
        select(col(AnswerMark.post_id))
        .join(Post, col(Post.id) == col(AnswerMark.post_id))
        .where(
            col(Post.topic_id) == event.topic_id,
            col(AnswerMark.member_id) == event.actor_id,
            col(AnswerMark.kind) == MarkKind.works,
        )
    )
    for post_id in session.scalars(works).all():
        cause = Cause("mark", post_id, event.topic_id, post_id)
        credit_from(session, LedgerKind.answer_fixed_me_too, cause, event.actor_id)


def reverse_me_too(session: Session, event: MeTooTakenBack) -> None:
    if event.actor_id is not None:
        for topic_id in _merged(session, event.topic_id):
            cause = Cause("me_too", topic_id, topic_id, _question(session, topic_id))
            reverse(session, LedgerKind.question_me_too, cause, "taken back", actor_id=event.actor_id)


def _merged(session: Session, topic_id: int) -> list[int]:
    """A question and those that were merged into it."""
    return [topic_id, *session.scalars(select(col(Topic.id)).where(col(Topic.merged_into_id) == topic_id))]


def _question(session: Session, topic_id: int) -> int:
    query = select(col(Post.id)).where(col(Post.topic_id) == topic_id, col(Post.kind) == PostKind.question)
    return int(session.execute(query).scalar_one())


def void_withdrawn(session: Session, event: PostWithdrawn) -> None:
    """What a moderator tidies away keeps its points if it was the solution or stood for long; findings cost some."""
    post = session.get_one(Post, event.post_id)
    accepted = LedgerKind.solution_accepted
    solved = any(credited_post(session, accepted, "topic", one) == post.id for one in _merged(session, event.topic_id))
    if event.found == "tidy" and (solved or clock.now() - post.created_at >= LIVED):
        return
    void_post(session, event.post_id, WITHDRAWN)
    kind = FINDINGS.get(event.found)
    if kind is not None and post.author_id is not None and earns(session.get(Member, post.author_id)):
        cause = Cause("finding", post.id, event.topic_id, post.id)
        subject = subject_of(session, post.author_id)
        credit(session, subject, kind, cause, reason=event.reason, issued_by=event.actor_id)
        line = live_line(session, kind, cause)
        if line is not None:
            emit(session, FindingRecorded(event.actor_id, post.author_id, event.topic_id, post.id, event.found, line))


def restore_returned(session: Session, event: PostReturned) -> None:
    for kind in FINDINGS.values():
        reverse(session, kind, Cause("finding", event.post_id, event.topic_id, event.post_id), "the post was brought back")
    restore_post(session, event.post_id, WITHDRAWN)


def credit_flag(session: Session, event: FlagDecided) -> None:
    """A point for seeing what a moderator saw too, while the decision stands; nobody confirms a flag of their own."""
    cause = Cause("flag", event.flag_id, event.topic_id)
    _credit_care(session, LedgerKind.flag_upheld, cause, event.member_id, event.actor_id, earned=event.upheld)


def credit_review(session: Session, event: ReviewWeighed) -> None:
    cause = Cause("review", event.item_id, event.topic_id)
    _credit_care(session, LedgerKind.review_agreed, cause, event.member_id, event.actor_id, earned=event.agreed)


def _credit_care(session: Session, kind: LedgerKind, cause: Cause, member_id: int, decider_id: int, *, earned: bool) -> None:
    """It names no post: what happens to that post later takes nothing from whoever looked after it."""
    subject = subject_of(session, member_id)
    if not earned:
        reverse_own(session, subject, kind, cause, "decided otherwise")
    elif member_id != decider_id and earns(session.get(Member, member_id)):
        credit(session, subject, kind, cause)


def follow_conversion(session: Session, event: PostConverted) -> None:
    if event.to == PostKind.comment:
        void_post(session, event.post_id, CONVERTED)
    else:
        restore_post(session, event.post_id, CONVERTED)


def _settle_at(session: Session, moment: datetime) -> datetime:
    """What is pending now counts later: one job per hour is enough."""
    hour = moment.strftime("%Y%m%d%H")
    enqueue(session, "recognition.settle", dedup_key=f"settle:{hour}", delay=moment - clock.now())
    return moment
