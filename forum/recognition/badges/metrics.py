"""What badge rules can count, by name, and the lengths of time that belong to it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from forum.core.settings import settings
from forum.models import LedgerKind
from forum.recognition.badges.rules import Evidence
from forum.recognition.badges.sources import answers, care, company, lines, questions
from forum.recognition.badges.sources.shape import Ids, Query
from forum.recognition.rates import POSITIVE_SIGNALS

Shape = Callable[[Any], Evidence | None]
RESCUE, LATE, QUICK = timedelta(hours=72), timedelta(days=60), timedelta(hours=4)
LOOP, UNDISTURBED = timedelta(days=14), timedelta(hours=48)
EXCHANGES = 3
LANGUAGES = {
    word: code
    for code, *words in (
        ("en", "english"),
        ("de", "german", "deutsch"),
        ("fr", "french", "français"),
        ("es", "spanish", "español"),
        ("it", "italian", "italiano"),
        ("nl", "dutch", "nederlands"),
        ("pt", "portuguese", "português"),
        ("pl", "polish", "polski"),
        ("sv", "swedish", "svenska"),
        ("da", "danish", "dansk"),
    )
    for word in words
}


@dataclass(frozen=True, slots=True)
class Metric:
    """Ledger lines of some kinds, read together with all others; or queries of its own; or both."""

    label: str
    """"8 of 10 questions solved": what follows the numbers."""
    kinds: tuple[LedgerKind, ...] = ()
    queries: tuple[Callable[[Ids], Query], ...] = ()
    shape: Shape | None = None
    """Drops or changes a row of a query by what SQL has no common words for, such as lengths of time."""


def evidence(row: Any) -> Evidence:
    at = row[1]
    if isinstance(at, str):  # SQLite keeps moments as text, in UTC
        at = datetime.fromisoformat(f"{at}+00:00")
    return Evidence._make((at, *row[2:8]))


def _if(kept: Callable[[Any], bool]) -> Shape:
    return lambda row: evidence(row) if kept(row) else None


def _language(row: Any) -> Evidence:
    """Where it was asked elsewhere says it best, then the asker's first language, then the site's."""
    said = row.elsewhere if row.elsewhere not in (None, "", "und") else ""
    said = said or (row.spoken or "").split(",")[0].strip().casefold() or settings().language
    return evidence(row)._replace(who=LANGUAGES.get(said, said.split("-")[0]))


K = LedgerKind
METRICS: dict[str, Metric] = {
    "answers": Metric("answers to others", (), (answers.answers,)),
    "solutions": Metric("questions solved", (), (lines.solutions,)),
    "verified": Metric("answers confirmed by staff", (K.solution_verified,)),
    "helpful_votes": Metric("times found helpful", (K.answer_helpful,)),
    "not_helpful_votes": Metric("times found not helpful", (), (answers.not_helpful,)),
    "signals": Metric("answers that helped", POSITIVE_SIGNALS),
    "rescues": Metric(
        "waiting questions solved", (), (lines.answered,), _if(lambda row: (row.first or row.answered) - row.asked >= RESCUE)
    ),
    "late_solutions": Metric("old questions solved", (), (lines.answered,), _if(lambda row: row.answered - row.asked >= LATE)),
    "quick_solutions": Metric(
        "quick first replies that solved it",
        (),
        (lines.answered,),
        _if(lambda row: row.answered - row.asked <= QUICK and row.answered <= (row.first or row.answered)),
    ),
    "patient_solutions": Metric(
        "solutions after a conversation", (), (lines.exchanges,), _if(lambda row: min(row.theirs, row.own + 1) >= EXCHANGES)
    ),
    "solutions_by_language": Metric("questions solved in each of two languages", (), (lines.languages,), _language),
    "bridged_solutions": Metric("solutions carried back", (), (lines.bridged,)),
    "signposts": Metric("links that solved it", (K.duplicate_confirmed,), (lines.links_here,)),
    "tag_points": Metric("points in the subject", (), (lines.tagged(lines.points),)),
    "tag_solutions": Metric("questions solved in the subject", (), (lines.tagged(lines.solutions),)),
    "welcomes": Metric("newcomers who wrote back", (), (answers.welcomes,)),
    "articles": Metric("articles", (K.article_published,)),
    "article_helpful": Metric("readers helped by the article", (K.article_helpful,)),
    "article_not_helpful": Metric(
        "readers not helped by the article", (), (answers.article_not_helpful, answers.proposed_not_helpful)
    ),
    "edits": Metric("edits accepted", (K.edit_accepted,)),
    "retags": Metric("tags put right", (), (care.retags,)),
    "duplicates": Metric("duplicates confirmed", (K.duplicate_confirmed,)),
    "reviews": Metric("reviews", (), (care.reviews,)),
    "reviews_agreed": Metric("reviews as decided in the end", (), (care.reviews_agreed,)),
    "flags": Metric("flags", (), (care.flags,)),
    "flags_upheld": Metric("flags upheld", (), (care.flags_upheld,)),
    "guide_checks": Metric("guide finished", (), (care.logged("GuideFinished"),)),
    "closed_loops": Metric("questions closed in time", (), (questions.loops,), _if(lambda row: row.ticked - row.asked <= LOOP)),
    "clear_questions": Metric(
        "clear questions shared by others",
        (),
        (questions.shared_questions,),
        _if(lambda row: row.details is None or row.details - row.asked > UNDISTURBED),
    ),
    "own_answered": Metric("own questions answered", (), (questions.own_answered,)),
    "outcomes": Metric("outcomes told", (), (questions.outcomes,)),
    "votes_given": Metric("helpful votes given", (), (answers.votes_given,)),
    "defects": Metric("defects found", (), (company.defects,)),
    "preview_reports": Metric("useful preview reports", (), (company.preview_reports,)),
}
