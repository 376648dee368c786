"""What the programme's tiers ask for, as data with a version: metrics, ways into a tier, and how much of each is needed.

Nothing here reads what somebody wrote, or whether they like the company.
"""

from dataclasses import dataclass, field

from forum.core.proportions import interval
from forum.models import Tier

VERSION = 1


@dataclass(frozen=True, slots=True)
class Metric:
    key: str
    label: str
    why: str
    """How it is counted, in a sentence."""
    evidence: str = ""
    """Which lines of the reputation page show it."""
    unit: str = ""


STAFF_PART = "Staff marks count up to as many as the others."
LOWER_BOUND = "The lower bound of what is likely (Wilson, 95 %), so that a few reactions promise little."
METRICS = {
    metric.key: metric
    for metric in (
        Metric(
            "solutions",
            "Questions solved",
            f"Answers that the asker marked, or that led the asker there. {STAFF_PART}",
            "solution.accepted",
        ),
        Metric(
            "askers",
            "People whose question you solved",
            "Each person once, whatever they asked. Staff do not count.",
            "solution.accepted",
        ),
        Metric("months", "Months in which somebody said you helped", "They need not follow each other."),
        Metric("share", "Positive reactions, at least", f"{LOWER_BOUND} {STAFF_PART}", "answer.helpful", "%"),
        Metric("articles", "Resolutions written from your answers", "Published by staff, credited to you.", "article.published"),
        Metric("article_share", "Readers whom they helped, at least", LOWER_BOUND, "article.helpful", "%"),
        Metric(
            "reviews",
            "Reviews and edits that were agreed with",
            "Reviews that matched the outcome, and accepted edits.",
            "edit.accepted",
        ),
        Metric("seasons", "Seasons as VIP", "Earlier seasons with a place by these criteria."),
        Metric("nominations", "Nominations by VIPs", "A sentence from somebody who is VIP or Fellow, in the last twelve months."),
        Metric("standing", "Good standing for six months", "No upheld finding and no suspension in that time."),
    )
}


@dataclass(frozen=True, slots=True)
class Path:
    """One way into a tier: everything in it must hold."""

    tier: Tier
    number: int
    words: str
    metrics: tuple[str, ...]


PATHS = (
    Path(Tier.rising, 1, "by solving questions", ("solutions", "askers", "months", "standing")),
    Path(Tier.vip, 1, "by solving questions", ("solutions", "askers", "months", "share", "standing")),
    Path(Tier.vip, 2, "by writing", ("articles", "article_share", "standing")),
    Path(Tier.vip, 3, "by reviewing", ("reviews", "standing")),
    Path(Tier.fellow, 1, "by seasons", ("seasons", "nominations", "standing")),
    Path(Tier.fellow, 2, "by solving questions", ("solutions", "askers", "months", "nominations", "standing")),
)
ORDER = (Tier.fellow, Tier.vip, Tier.rising)
"""Highest first; alumni stand beside it."""
TIER_NAMES = {Tier.rising: "Rising", Tier.vip: "VIP", Tier.fellow: "Fellow", Tier.alumni: "Alumni"}
TIER_LEVELS = {Tier.rising: "silver", Tier.vip: "gold", Tier.fellow: "gold", Tier.alumni: "bronze"}
TIER_ICONS = {Tier.rising: "map", Tier.vip: "compass", Tier.fellow: "star", Tier.alumni: "history"}

Thresholds = dict[str, int]
"""By tier and metric, such as `vip_askers`."""

FIRST: Thresholds = {
    "rising_solutions": 5,
    "rising_askers": 4,
    "rising_months": 3,
    "vip_solutions": 25,
    "vip_askers": 20,
    "vip_months": 6,
    "vip_share": 50,
    "vip_articles": 5,
    "vip_article_share": 70,
    "vip_reviews": 200,
    "fellow_seasons": 2,
    "fellow_nominations": 2,
    "fellow_solutions": 100,
    "fellow_askers": 80,
    "fellow_months": 9,
}


@dataclass(frozen=True, slots=True)
class Rules:
    version: int
    thresholds: Thresholds = field(default_factory=lambda: dict(FIRST))

    def needed(self, tier: Tier, metric: str) -> int:
        return 1 if metric == "standing" else self.thresholds[f"{tier.value}_{metric}"]


@dataclass(frozen=True, slots=True)
class Measured:
    """What was counted for one person; percentages are whole numbers."""

    solutions: int = 0
    askers: int = 0
    months: int = 0
    share: int = 0
    articles: int = 0
    article_share: int = 0
    reviews: int = 0
    seasons: int = 0
    nominations: int = 0
    standing: int = 1

    def of(self, metric: str) -> int:
        value: int = getattr(self, metric)
        return value


def meets(rules: Rules, path: Path, measured: Measured) -> bool:
    return all(measured.of(metric) >= rules.needed(path.tier, metric) for metric in path.metrics)


def tier_of(rules: Rules, measured: Measured) -> Tier | None:
    """The highest tier that some path opens."""
    open_to = {path.tier for path in PATHS if meets(rules, path, measured)}
    return next((tier for tier in ORDER if tier in open_to), None)


def threshold_label(name: str) -> str:
    """ "VIP: questions solved", for a threshold such as `vip_solutions`."""
    tier, metric = name.split("_", 1)
    return f"{TIER_NAMES[Tier(tier)]}: {METRICS[metric].label.lower()}{' (%)' if METRICS[metric].unit else ''}"


def wilson(positive: int, total: int) -> int:
    """The lower bound of a share in whole percent, 0 without reactions."""
    return int(100 * interval(positive, total - positive)[0])


def with_staff(own: int, staff: int) -> int:
    """At most half may come from staff marks, and a further mark never takes anything away."""
    return own + min(own, staff)
