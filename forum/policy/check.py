"""The two questions asked of the table: may they, and if not, what would change that."""

from forum.core.errors import Forbidden, NotFound, SignInNeeded
from forum.policy.actor import Actor
from forum.policy.facts import About
from forum.policy.permissions import Permission
from forum.policy.rules import (
    RULES,
    UNLOCKS,
    WAITING_CURES,
    Holds,
    Rule,
    can_see_post,
    can_see_topic,
    confirmed,
    in_good_standing,
    signed_in,
)

NOTHING = About()
MOSTLY_HOLD = (confirmed, in_good_standing, can_see_topic, can_see_post)
QUICKEST = {permission: [sorted(row, key=MOSTLY_HOLD.__contains__) for row in rows] for permission, rows in RULES.items()}
"""The same table with what mostly holds asked last. The order of a row in RULES decides which sentence a refusal says."""


def may(actor: Actor, permission: Permission, about: About | None = None) -> bool:
    """Plain loops: a page of thirty answers asks this hundreds of times."""
    thing = about or NOTHING
    for row in QUICKEST[permission]:
        for rule in row:
            if not rule(actor, thing):
                break
        else:
            return True
    return False


def require(actor: Actor, permission: Permission, about: About | None = None) -> None:
    """Raise NotFound for what is hidden, Forbidden with what would unlock it for what is not allowed."""
    thing = about or NOTHING
    if may(actor, permission, thing):
        return
    failed = _nearest_failure(actor, permission, thing)
    if failed in (can_see_topic, can_see_post):
        raise NotFound
    kind = SignInNeeded if failed is signed_in else Forbidden
    raise kind(_sentence(actor, failed, permission))


def why_not(actor: Actor, permission: Permission, about: About | None = None) -> str:
    """ "" when allowed, else the sentence that says what would unlock it."""
    thing = about or NOTHING
    if may(actor, permission, thing):
        return ""
    return _sentence(actor, _nearest_failure(actor, permission, thing), permission)


def _nearest_failure(actor: Actor, permission: Permission, about: About) -> Rule:
    """The first broken rule of the row that came closest; what is hidden wins over all."""
    for hidden in (can_see_topic, can_see_post):
        if not hidden(actor, about) and any(hidden in row for row in RULES[permission]):
            return hidden
    broken = [[rule for rule in row if not rule(actor, about)] for row in RULES[permission]]
    return min(broken, key=lambda rules: (len(rules), rules[0] not in WAITING_CURES))[0]


def _sentence(actor: Actor, rule: Rule, permission: Permission) -> str:
    said = rule.unlocked_by(actor) if isinstance(rule, Holds) else UNLOCKS.get(rule, "You cannot {act} here.")
    sentence = said.format(act=permission.value)
    return f"{sentence} Reason: {actor.suspended_reason}" if actor.suspended_reason and "suspended" in sentence else sentence
