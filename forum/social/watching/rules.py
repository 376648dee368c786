"""Watch rules at work: what each brings in, pausing one that floods, and asking the next person when nobody decides."""

from collections import Counter
from datetime import timedelta

from sqlalchemy import func, select
from sqlmodel import Session, col

from forum.core import clock
from forum.core.db import insert_ignoring
from forum.core.events import emit
from forum.core.text import first_words
from forum.models import ExternalAccount, ExternalPost, RuleHit, RuleState, ThreadLink, TriageState, WatchRule
from forum.social.inbox.alike import normal
from forum.social.inbox.turning import turn
from forum.social.watching.events import RulePaused
from forum.social.watching.matching import Said, Watched, listed, why

FLOOD = 200
"""More than this in an hour, and nobody finds anything any more."""
HOUR = timedelta(hours=1)
SAMPLE = 5
SHORTEST = 4
Heard = list[tuple[ExternalPost, ExternalAccount]]


def watched(rule: WatchRule) -> Watched:
    return Watched(
        id=rule.id,
        name=rule.name,
        kind=rule.kind,
        expression=rule.expression,
        exclude=rule.exclude,
        language=rule.language,
        author_kind=rule.author_kind,
        days=rule.days,
        from_hour=rule.from_hour,
        to_hour=rule.to_hour,
        zone=rule.zone,
        channels=tuple(rule.channels),
    )


def said(post: ExternalPost, account: ExternalAccount, channel_id: int | None) -> Said:
    return Said(post.text, post.created_at, post.language, account.kind, channel_id)


def apply_rules(session: Session, thread: ThreadLink, posts: Heard) -> list[WatchRule]:
    """The rules that hold for the thread. Each is written down once, with the words that did it."""
    active = session.scalars(select(WatchRule).where(col(WatchRule.state) == RuleState.active).order_by(col(WatchRule.id))).all()
    made: list[WatchRule] = []
    for rule in active:
        seen = watched(rule)
        words = next((found for post, account in posts if (found := why(seen, said(post, account, thread.channel_id)))), "")
        if not words:
            continue
        made.append(rule)
        hit = {"rule_id": rule.id, "thread_id": thread.id, "why": words, "at": clock.now()}
        if insert_ignoring(session, RuleHit, hit):
            _stop_flood(session, rule)
    return made


def _stop_flood(session: Session, rule: WatchRule) -> None:
    since = clock.now() - HOUR
    lately = select(func.count()).select_from(RuleHit).where(col(RuleHit.rule_id) == rule.id, col(RuleHit.at) > since)
    count = session.scalars(lately).one()
    if count <= FLOOD:
        return
    texts = _texts(session, rule, since)
    rule.state, rule.sample = RuleState.paused, [first_words(text, 160) for text in texts[:SAMPLE]]
    rule.state_reason = f"It brought in more than {FLOOD} threads within an hour, so it rests until you have looked."
    rule.suggestion = suggestion(rule.expression, texts)
    session.add(rule)
    emit(session, RulePaused(None, rule.id, count))


def _texts(session: Session, rule: WatchRule, since: object) -> list[str]:
    statement = (
        select(col(ExternalPost.text))
        .join(RuleHit, col(RuleHit.thread_id) == col(ExternalPost.thread_id))
        .where(col(RuleHit.rule_id) == rule.id, col(RuleHit.at) > since)
        .order_by(col(ExternalPost.id).desc())
        .limit(FLOOD)
    )
    return list(session.scalars(statement))


def suggestion(expression: str, texts: list[str]) -> str:
    """Words that stand in many of them may be what it is really about."""
    own = set(normal(expression).split())
    counts = Counter(
        word
        for text in texts
        for word in set(normal(text).split())
        if word not in own and len(word) >= SHORTEST and word.isalpha()
    )
    usual = [word for word, count in counts.most_common(12) if count * 10 >= len(texts) * 2][:3]
    first = (listed(expression) or [expression])[0]
    if not usual:
        return f"Make it narrower, such as a phrase with “{first}” and the product's name."
    return f"Leave out posts with: {', '.join(usual)}. Or write a phrase instead of “{first}” alone."


def climb(session: Session) -> None:
    """By the clock: a thread that nobody has decided about goes to the next person on its rule's ladder."""
    now = clock.now()
    statement = (
        select(ThreadLink, WatchRule, col(RuleHit.at))
        .join(RuleHit, col(RuleHit.thread_id) == col(ThreadLink.id))
        .join(WatchRule, col(WatchRule.id) == col(RuleHit.rule_id))
        .where(col(ThreadLink.state).in_((TriageState.new, TriageState.escalated)), col(RuleHit.at) > now - timedelta(days=2))
        .order_by(col(RuleHit.at))
        .limit(200)
    )
    for thread, rule, at in session.execute(statement).all():
        due = [int(member) for minutes, member in rule.ladder if at + timedelta(minutes=int(minutes)) <= now]
        if due and thread.assignee_id != due[-1] and _unasked(thread, due[-1], rule):
            note = f"Nobody decided in time, so it goes up the ladder of “{rule.name}”."
            states = (TriageState.new, TriageState.escalated)
            turn(session, thread, states, TriageState.escalated, None, note, assignee_id=due[-1])


def _unasked(thread: ThreadLink, member_id: int, rule: WatchRule) -> bool:
    """Somebody further up who has it already keeps it; so does whoever took it by hand."""
    steps = [int(member) for _, member in rule.ladder]
    if thread.assignee_id in steps:
        return steps.index(thread.assignee_id) < steps.index(member_id)
    return thread.assignee_id in (None, rule.on_duty_id)
