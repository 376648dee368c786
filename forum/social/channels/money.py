"""What a channel has cost this month, and when it stops: reading at nine tenths, everything at the whole."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import Session, col

from forum.core import clock
from forum.core.db import insert_ignoring
from forum.models.channels import Channel, ChannelSpending

READING_STOPS = 0.9


def spent_this_month(session: Session, channel_id: int) -> int:
    """Micro-units of money."""
    statement = select(func.coalesce(func.sum(col(ChannelSpending.cost)), 0)).where(
        col(ChannelSpending.channel_id) == channel_id, col(ChannelSpending.day) >= clock.now().date().replace(day=1)
    )
    return int(session.execute(statement).scalar_one())


def left(session: Session, channel: Channel, *, sending: bool) -> int | None:
    """Micro-units that may still be used; None for a channel without a budget."""
    if not channel.monthly_budget:
        return None
    most = channel.monthly_budget if sending else int(channel.monthly_budget * READING_STOPS)
    return max(0, most - spent_this_month(session, channel.id))


def note(session: Session, channel_id: int, spent: Mapping[str, tuple[int, int]], at: datetime) -> None:
    """Adds what one piece of work used to the day's figures."""
    for kind, (units, cost) in spent.items():
        key = {"channel_id": channel_id, "day": at.date(), "kind": kind}
        if not insert_ignoring(session, ChannelSpending, key | {"units": units, "cost": cost}):
            row = session.get_one(ChannelSpending, (channel_id, at.date(), kind), with_for_update=True)
            row.units += units
            row.cost += cost
            session.add(row)
