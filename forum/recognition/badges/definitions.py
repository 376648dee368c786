"""The badges there are, read from `definitions.yaml` and checked once. A new badge is a new entry there."""

import re
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from forum.recognition.badges.metrics import METRICS
from forum.recognition.badges.rules import Condition, Measure, Rule, conditions

FILE = Path(__file__).with_name("definitions.yaml")


class Tier(StrEnum):
    bronze = "bronze"
    silver = "silver"
    gold = "gold"


class Family(StrEnum):
    first = "First times"
    solving = "Solving"
    confirmed = "Confirmed by staff"
    answers = "Answers that travel"
    care = "With care"
    subject = "Knowing a subject"
    writing = "Writing"
    tidying = "Keeping it tidy"
    asking = "Asking and voting"
    years = "Years"
    beyond = "Beyond the forum"
    given = "Given by people"


class Scope(StrEnum):
    """What one award is about."""

    site = "site"
    tag = "tag"
    year = "year"
    membership = "membership"
    """A year since joining."""
    season = "season"
    preview = "preview"
    """An early product."""
    post = "post"
    article = "article"


class Repeat(StrEnum):
    once = "once"
    per_post = "per_post"
    per_n = "per_n"
    per_year = "per_year"


class Revocable(StrEnum):
    never = "never"
    fraud = "fraud"
    evidence = "evidence"


class Badge(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    key: str = Field(pattern=r"^[a-z][a-z0-9-]{2,39}$")
    name: str = Field(min_length=3, max_length=40)
    text: str = Field(min_length=10, max_length=200)
    """How it is earned, as the page prints it; `{0}` is the first number of the rule."""
    icon: str = "award"
    family: Family
    tier: Tier
    scope: Scope = Scope.site
    repeat: Repeat = Repeat.once
    triggers: tuple[str, ...] = ()
    rule: Rule | None = None
    """None: given by people, never computed."""
    settle: int = Field(default=48, ge=0, le=24 * 30)
    """Hours that evidence waits before it counts."""
    min_account_age: int = Field(default=0, ge=0)
    """Days."""
    revocable: Revocable = Revocable.fraud
    credential: bool = False
    since: date

    @field_validator("family", mode="before")
    @classmethod
    def _family_by_name(cls, value: object) -> object:
        return Family[value] if isinstance(value, str) and value in Family.__members__ else value

    @model_validator(mode="after")
    def _fits(self) -> "Badge":
        if self.rule is None:
            return self
        unknown = {name for one in conditions(self.rule) for name in (one.metric, one.against) if name} - set(METRICS)
        if unknown:
            raise ValueError(f"no such metric: {', '.join(sorted(unknown))}")
        if not self.triggers:
            raise ValueError("a computed badge needs triggers")
        if (self.repeat == Repeat.per_post) != (self.scope in (Scope.post, Scope.article, Scope.preview)):
            raise ValueError("per_post goes with scope post, article or preview")
        if (self.repeat == Repeat.per_year) != (self.scope in (Scope.year, Scope.membership)):
            raise ValueError("per_year goes with scope year or membership")
        if self.repeat == Repeat.per_n and self.counted is None:
            raise ValueError("per_n needs a rule of one counted number")
        return self

    @property
    def counted(self) -> Condition | None:
        """The only condition of the rule, when it is a plain count."""
        found = conditions(self.rule) if self.rule else []
        return found[0] if len(found) == 1 and found[0].measure == Measure.number else None

    @property
    def waits(self) -> timedelta:
        return timedelta(hours=self.settle)

    def said(self, rule: Rule | None = None) -> str:
        """The text with the numbers of its rule, or of a changed one."""
        chosen = rule or self.rule
        bounds = [number_text(one) for one in conditions(chosen)] if chosen else []
        return re.sub(r"\{(\d+)\}", lambda found: bounds[int(found[1])], self.text)


def number_text(condition: Condition) -> str:
    """A count as it is, a share in percent."""
    if condition.counts:
        return f"{condition.bound:,.0f}"
    return f"{condition.bound:.0%}".replace("%", " %")


@cache
def badges() -> dict[str, Badge]:
    """By key, in the order of the file."""
    return read(yaml.safe_load(FILE.read_text(encoding="utf-8")))


def read(entries: list[dict[str, Any]]) -> dict[str, Badge]:
    """Raises ValueError that names the entry and what is wrong with it."""
    found: dict[str, Badge] = {}
    for number, entry in enumerate(entries, 1):
        try:
            badge = Badge.model_validate(entry)
            badge.said()
        except (ValidationError, IndexError) as error:
            raise ValueError(f"badge {entry.get('key', f'number {number}')}: {error}") from error
        if badge.key in found:
            raise ValueError(f"badge {badge.key}: there are two of them")
        found[badge.key] = badge
    return found
