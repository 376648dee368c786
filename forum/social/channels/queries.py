"""The health of connected accounts, as staff see it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlmodel import Session, col

from forum.core import clock
from forum.core.settings import settings
from forum.models.channels import Channel, ChannelCursor, ChannelGap, ChannelSecret, ChannelSpending, ChannelState
from forum.models.social import Platform, ThreadLink
from forum.policy.actor import Actor
from forum.policy.check import may, require
from forum.policy.permissions import Permission
from forum.social.channels.actions import MILLION
from forum.social.channels.kinds import HOOK, KINDS, Kind
from forum.social.connectors.registry import CONNECTORS

LABELS = {
    ChannelState.ok: ("Working", "ok"),
    ChannelState.needs_reauth: ("Sign in again", "bad"),
    ChannelState.paused: ("Paused", "warn"),
    ChannelState.broken: ("Server away", "bad"),
    ChannelState.disabled: ("Switched off", ""),
}
WARNS_AT = 0.9
EXPIRY_WARNING = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class GapView:
    id: int
    from_at: datetime
    to_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class SecretView:
    kind: str
    label: str
    last_four: str
    rotated_at: datetime
    expires_at: datetime | None
    expires_soon: bool


@dataclass(frozen=True, slots=True)
class ChannelRow:
    id: int
    url: str
    platform: str
    network: str
    name: str
    handle: str
    state: str
    label: str
    tone: str
    why: str
    rests_until: datetime | None
    last_success_at: datetime | None
    last_read_at: datetime | None
    last_error: str
    last_error_at: datetime | None
    threads: int
    spent: str
    budget: str
    nearly_spent: bool
    gaps: int


@dataclass(frozen=True, slots=True)
class ChannelsPage:
    rows: list[ChannelRow]
    may_manage: bool
    kinds: list[Kind]


@dataclass(frozen=True, slots=True)
class ChannelPage:
    row: ChannelRow
    kind: Kind
    secrets: list[SecretView]
    gaps: list[GapView]
    spending: list[tuple[str, int, str]]
    may_manage: bool
    values: dict[str, str]
    hook_url: str
    """Where the network sends messages to; empty until a secret for them is kept."""


def channels_page(session: Session, actor: Actor) -> ChannelsPage:
    require(actor, Permission.triage)
    channels = list(session.scalars(select(Channel).order_by(col(Channel.id))))
    kinds = [kind for platform, kind in KINDS.items() if platform in CONNECTORS]
    return ChannelsPage(_rows(session, channels), may(actor, Permission.channel_manage), kinds)


def channel_page(session: Session, actor: Actor, channel: Channel) -> ChannelPage:
    require(actor, Permission.triage)
    kind = KINDS[Platform(channel.platform)]
    options = channel.options
    kept = _secrets(session, channel, kind)
    hooked = any(one.label == HOOK.label for one in kept)
    return ChannelPage(
        row=_rows(session, [channel])[0],
        kind=kind,
        secrets=kept,
        gaps=_gaps(session, channel.id),
        spending=_spending(session, channel.id),
        may_manage=may(actor, Permission.channel_manage),
        values={
            "name": channel.name,
            "budget": str(channel.monthly_budget // MILLION),
            "hourly_limit": str(options.get("hourly_limit", 20)),
            **{name: "1" for name in ("by_hand", "four_eyes", "show_private") if options.get(name)},
        },
        hook_url=f"{settings().base_url}/hooks/{channel.platform}/{channel.id}" if hooked else "",
    )


def _rows(session: Session, channels: list[Channel]) -> list[ChannelRow]:
    ids = [one.id for one in channels]
    month = clock.now().date().replace(day=1)
    spent = dict(
        session.execute(
            select(col(ChannelSpending.channel_id), func.sum(col(ChannelSpending.cost)))
            .where(col(ChannelSpending.channel_id).in_(ids), col(ChannelSpending.day) >= month)
            .group_by(col(ChannelSpending.channel_id))
        ).all()
    )
    threads = dict(
        session.execute(
            select(col(ThreadLink.channel_id), func.count())
            .where(col(ThreadLink.channel_id).in_(ids))
            .group_by(col(ThreadLink.channel_id))
        ).all()
    )
    gaps = dict(
        session.execute(
            select(col(ChannelGap.channel_id), func.count())
            .where(col(ChannelGap.channel_id).in_(ids), col(ChannelGap.closed_at).is_(None))
            .group_by(col(ChannelGap.channel_id))
        ).all()
    )
    reads = dict(
        session.execute(
            select(col(ChannelCursor.channel_id), func.max(col(ChannelCursor.updated_at)))
            .where(col(ChannelCursor.channel_id).in_(ids))
            .group_by(col(ChannelCursor.channel_id))
        ).all()
    )
    return [
        _row(one, int(spent.get(one.id, 0)), threads.get(one.id, 0), gaps.get(one.id, 0), reads.get(one.id)) for one in channels
    ]


def _row(channel: Channel, spent: int, threads: int, gaps: int, read_at: datetime | None) -> ChannelRow:
    label, tone = LABELS[ChannelState(channel.state)]
    rests = channel.breaker_until if channel.breaker_until and channel.breaker_until > clock.now() else None
    if channel.state == ChannelState.ok and rests:
        label, tone = "Resting", "warn"
    kind = KINDS.get(Platform(channel.platform))
    return ChannelRow(
        id=channel.id,
        url=f"/desk/channels/{channel.id}",
        platform=channel.platform,
        network=kind.label if kind else channel.platform,
        name=channel.name,
        handle=channel.own_handle,
        state=channel.state,
        label=label,
        tone=tone,
        why=channel.state_reason,
        rests_until=rests,
        last_success_at=channel.last_success_at,
        last_read_at=read_at,
        last_error=channel.last_error,
        last_error_at=channel.last_error_at,
        threads=threads,
        spent=money(spent),
        budget=money(channel.monthly_budget) if channel.monthly_budget else "",
        nearly_spent=bool(channel.monthly_budget) and spent >= channel.monthly_budget * WARNS_AT,
        gaps=gaps,
    )


def money(micros: int) -> str:
    """Two decimals, four below one hundredth."""
    return f"{micros / MILLION:,.2f}" if micros >= MILLION // 100 or not micros else f"{micros / MILLION:,.4f}"


def _secrets(session: Session, channel: Channel, kind: Kind) -> list[SecretView]:
    labels = {one.kind: one.label for one in kind.secrets}
    now = clock.now()
    return [
        SecretView(
            kind=row.kind,
            label=labels.get(row.kind, row.kind),
            last_four=row.last_four,
            rotated_at=row.rotated_at,
            expires_at=row.expires_at,
            expires_soon=row.expires_at is not None and row.expires_at - now < EXPIRY_WARNING,
        )
        for row in session.scalars(select(ChannelSecret).where(col(ChannelSecret.channel_id) == channel.id))
    ]


def _gaps(session: Session, channel_id: int) -> list[GapView]:
    open_ones = (
        select(ChannelGap)
        .where(col(ChannelGap.channel_id) == channel_id, col(ChannelGap.closed_at).is_(None))
        .order_by(col(ChannelGap.from_at).desc())
        .limit(50)
    )
    return [GapView(row.id, row.from_at, row.to_at, row.reason) for row in session.scalars(open_ones)]


def _spending(session: Session, channel_id: int) -> list[tuple[str, int, str]]:
    """Kind, units and money of this month."""
    month = clock.now().date().replace(day=1)
    statement = (
        select(col(ChannelSpending.kind), func.sum(col(ChannelSpending.units)), func.sum(col(ChannelSpending.cost)))
        .where(col(ChannelSpending.channel_id) == channel_id, col(ChannelSpending.day) >= month)
        .group_by(col(ChannelSpending.kind))
        .order_by(col(ChannelSpending.kind))
    )
    return [(kind.replace("_", " "), int(units), money(int(cost))) for kind, units, cost in session.execute(statement)]


def troubled(session: Session) -> list[str]:
    """Names of channels that need a person, for the banner of the desk."""
    bad = (ChannelState.needs_reauth, ChannelState.broken)
    return list(session.scalars(select(col(Channel.name)).where(col(Channel.state).in_(bad)).order_by(col(Channel.id))))
