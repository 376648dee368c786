"""What an import tells the person who started it."""

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

from forum.social.runs import Problem

SHOWN = 20


@dataclass(slots=True)
class Report:
    """`read` is rows in by file, `made` rows out by kind; what was read and not made is unchanged or skipped with a reason."""

    source: str
    dry_run: bool = False
    read: Counter[str] = field(default_factory=Counter)
    made: Counter[str] = field(default_factory=Counter)
    unchanged: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)
    """The first ones; all of them are in the table of import problems."""
    problem_count: int = 0
    seconds: float = 0.0

    def note(self, problem: Problem) -> None:
        self.problem_count += 1
        self.skipped[problem.reason] += 1
        if len(self.problems) < SHOWN:
            self.problems.append(problem)

    def as_dict(self) -> dict[str, Any]:
        """For one machine-readable line."""
        return {
            "source": self.source,
            "dry_run": self.dry_run,
            "read": dict(self.read),
            "made": dict(self.made),
            "unchanged": dict(self.unchanged),
            "skipped": dict(self.skipped),
            "problems": self.problem_count,
            "first_problems": [asdict(problem) for problem in self.problems],
            "seconds": self.seconds,
        }
