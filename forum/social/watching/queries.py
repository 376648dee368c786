"""What the pages about watch rules show, and what a rule would have caught."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlmodel import Session, col

from forum.core import clock
from forum.core.text import first_words, plural
from forum.models import (
    AccountKind,
    Channel,
    ExternalAccount,
    ExternalPost,
    ExternalPostState,
    Member,
    RuleHit,
    RuleKind,
    RuleState,
    ThreadLink,
    WatchRule,
)
from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.permissions import Permission
from forum.social.authors import network_name
from forum.social.watching.inputs import AS_WRITTEN
from forum.social.watching.matching import why
from forum.social.watching.rules import said, watched

DRY_DAYS = 30
MOST_READ = 5_000
SHOWN = 30
DAYS = (("0", "Mon"), ("1", "Tue"), ("2", "Wed"), ("3", "Thu"), ("4", "Fri"), ("5", "Sat"), ("6", "Sun"))
KINDS = {
    RuleKind.keyword: "Words or phrases",
    RuleKind.hashtag: "Hashtag",
    RuleKind.handle: "Handle",
    RuleKind.product: "Product and its other names",
    RuleKind.regex: "Expression",
}


@dataclass(frozen=True, slots=True)
class RuleRow:
    id: int
    url: str
    name: str
    kind: str
    expression: str
    paused: bool
    reason: str
    hits: str
    who: str
    sample: list[str] = field(default_factory=list)
    suggestion: str = ""


@dataclass(frozen=True, slots=True)
class Caught:
    url: str
    platform: str
    network: str
    text: str
    why: str
    at: datetime


@dataclass(frozen=True, slots=True)
class DryRun:
    caught: list[Caught]
    total: str
    read: int


def rules_page(session: Session, actor: Actor) -> list[RuleRow]:
    require(actor, Permission.rule_manage)
    since = clock.now() - timedelta(days=DRY_DAYS)
    hits = dict(
        session.execute(
            select(col(RuleHit.rule_id), func.count()).where(col(RuleHit.at) > since).group_by(col(RuleHit.rule_id))
        ).all()
    )
    rows = session.execute(
        select(WatchRule, col(Member.name))
        .outerjoin(Member, col(Member.id) == col(WatchRule.on_duty_id))
        .order_by(col(WatchRule.state), col(WatchRule.name), col(WatchRule.id))
    )
    return [_row(rule, name, hits.get(rule.id, 0)) for rule, name in rows]


def _row(rule: WatchRule, duty: str | None, hits: int) -> RuleRow:
    who = ", ".join(one for one in (duty, rule.queue) if one)
    return RuleRow(
        id=rule.id,
        url=f"/desk/rules/{rule.id}",
        name=rule.name,
        kind=KINDS[RuleKind(rule.kind)],
        expression=rule.expression,
        paused=rule.state == RuleState.paused,
        reason=rule.state_reason,
        hits=f"{plural(hits, 'thread')} in 30 days",
        who=who or "whoever is free",
        sample=list(rule.sample),
        suggestion=rule.suggestion,
    )


def rule_row(session: Session, rule: WatchRule) -> RuleRow:
    duty = session.get(Member, rule.on_duty_id) if rule.on_duty_id else None
    hits = session.scalars(select(func.count()).select_from(RuleHit).where(col(RuleHit.rule_id) == rule.id)).one()
    return _row(rule, duty.name if duty else None, hits)


def values_of(session: Session, rule: WatchRule) -> dict[str, str]:
    """The form as it was filled in."""
    ids = [rule.on_duty_id, *(member for _, member in rule.ladder)]
    handles = dict(
        session.execute(select(col(Member.id), col(Member.handle)).where(col(Member.id).in_([one for one in ids if one]))).all()
    )
    return {name: str(getattr(rule, name)) for name in AS_WRITTEN} | {
        "on_duty": handles.get(rule.on_duty_id, ""),
        "ladder": "\n".join(f"{minutes} {handles[member]}" for minutes, member in rule.ladder if member in handles),
    }


def channels_of(session: Session) -> list[tuple[int, str]]:
    return [(row.id, row.name) for row in session.scalars(select(Channel).order_by(col(Channel.id)))]


def dry_run(session: Session, actor: Actor, rule: WatchRule) -> DryRun:
    """What it would have caught of everything read in the last 30 days."""
    require(actor, Permission.rule_manage)
    statement = (
        select(ExternalPost, ExternalAccount, col(ThreadLink.channel_id))
        .join(ExternalAccount, col(ExternalAccount.id) == col(ExternalPost.account_id))
        .join(ThreadLink, col(ThreadLink.id) == col(ExternalPost.thread_id))
        .where(
            col(ExternalPost.created_at) > clock.now() - timedelta(days=DRY_DAYS),
            col(ExternalPost.state) == ExternalPostState.live,
            col(ExternalAccount.kind).not_in((AccountKind.brand, AccountKind.staff)),
        )
        .order_by(col(ExternalPost.created_at).desc())
        .limit(MOST_READ)
    )
    seen, threads, made, read = watched(rule), set(), [], 0
    for post, account, channel_id in session.execute(statement):
        read += 1
        words = why(seen, said(post, account, channel_id))
        if words and post.thread_id not in threads:
            threads.add(post.thread_id)
            made.append(
                Caught(
                    f"/desk/social/{post.thread_id}",
                    post.platform,
                    network_name(post.platform),
                    first_words(post.text, 180),
                    words,
                    post.created_at,
                )
            )
    return DryRun(made[:SHOWN], plural(len(made), "thread"), read)
