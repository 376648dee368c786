"""What happened to watch rules."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RuleChanged:
    """`what` is `made`, `changed` or `taken up again`."""

    actor_id: int
    rule_id: int
    what: str


@dataclass(frozen=True, slots=True)
class RulePaused:
    """By a person, or because it flooded the inbox."""

    actor_id: int | None
    rule_id: int
    threads: int
