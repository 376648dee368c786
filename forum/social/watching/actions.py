"""Making, changing and pausing watch rules."""

import re

from sqlalchemy import select
from sqlmodel import Session, col

from forum.core.errors import Conflict, Invalid, NotFound
from forum.core.events import emit
from forum.models import Channel, Member, Role, RuleState, WatchRule
from forum.policy.actor import Actor
from forum.policy.check import require
from forum.policy.permissions import Permission
from forum.social.watching.events import RuleChanged, RulePaused
from forum.social.watching.inputs import AS_WRITTEN, SaveRule, fault

_STEP = re.compile(r"(\d{1,5})\s*(?:min(?:utes)?)?[\s:,>→-]+@?([\w-]{2,40})")
STEPS = 5


def make_rule(session: Session, actor: Actor, data: SaveRule) -> WatchRule:
    require(actor, Permission.rule_manage)
    rule = WatchRule(name=data.name, expression=data.expression, created_by_id=actor.id)
    _fill(session, rule, data)
    session.flush()
    emit(session, RuleChanged(actor.member_id, rule.id, "made"))
    return rule


def change_rule(session: Session, actor: Actor, rule: WatchRule, data: SaveRule) -> None:
    require(actor, Permission.rule_manage)
    _fill(session, rule, data)
    emit(session, RuleChanged(actor.member_id, rule.id, "changed"))


def _fill(session: Session, rule: WatchRule, data: SaveRule) -> None:
    _set(session, rule, data)
    session.add(rule)


def _set(session: Session, rule: WatchRule, data: SaveRule) -> None:
    if wrong := fault(data.kind, data.expression):
        raise Invalid({"expression": wrong})
    known = set(session.scalars(select(col(Channel.id))).all())
    if not set(data.channels) <= known:
        raise Invalid({"channels": "Choose from your channels."})
    for name in AS_WRITTEN:
        setattr(rule, name, getattr(data, name))
    rule.days, rule.channels = "".join(sorted(data.days)), sorted(data.channels)
    rule.on_duty_id = _colleague(session, data.on_duty, "on_duty") if data.on_duty else None
    rule.ladder = _ladder(session, data.ladder)


def _ladder(session: Session, text: str) -> list[list[int]]:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > STEPS:
        raise Invalid({"ladder": f"At most {STEPS} steps."})
    steps = []
    for line in lines:
        found = _STEP.fullmatch(line)
        if found is None:
            raise Invalid({"ladder": "Write each step as minutes and a handle, such as: 30 aoife"})
        steps.append([int(found[1]), _colleague(session, found[2], "ladder")])
    return sorted(steps)


def _colleague(session: Session, handle: str, field: str) -> int:
    staff = select(col(Member.id)).where(
        col(Member.handle_key) == handle.lstrip("@").lower(), col(Member.role).in_((Role.agent, Role.admin))
    )
    found = session.scalars(staff).first()
    if found is None:
        raise Invalid({field: f"Nobody on staff is called {handle}."})
    return found


def pause_rule(session: Session, actor: Actor, rule: WatchRule) -> None:
    require(actor, Permission.rule_manage)
    if rule.state == RuleState.paused:
        raise Conflict("It rests already.")
    rule.state, rule.state_reason = RuleState.paused, f"Paused by {actor.name}."
    session.add(rule)
    emit(session, RulePaused(actor.member_id, rule.id, 0))


def resume_rule(session: Session, actor: Actor, rule: WatchRule) -> None:
    require(actor, Permission.rule_manage)
    rule.state, rule.state_reason, rule.sample, rule.suggestion = RuleState.active, "", [], ""
    session.add(rule)
    emit(session, RuleChanged(actor.member_id, rule.id, "taken up again"))


def access_rule(session: Session, actor: Actor, rule_id: int) -> WatchRule:
    require(actor, Permission.rule_manage)
    rule = session.get(WatchRule, rule_id)
    if rule is None:
        raise NotFound
    return rule
