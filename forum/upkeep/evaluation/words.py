"""What an evaluation found, as tables to read."""

from collections.abc import Iterable
from typing import Any

RANKING = ("r@5", "r@10", "mrr")
FINDING = ("r@1", "r@5", "r@10", "r@50", "mrr")
TITLES = {
    "all": "Everybody",
    "tail": "Beyond the ten busiest of 30 days: helpers known by two answers",
    "tail_with_newcomers": "The same, helpers nobody knew yet counted as missed",
}


def of_routing(figures: dict[str, Any]) -> str:
    lines = [
        f"{figures['tested']:,} questions measured, {figures['candidates_mean']} helpers each on average, active within "
        f"{figures['window_days']} days ({figures['tail_candidates_mean']} beyond the ten busiest). "
        f"Learned from {figures['learned_from']:,} questions, again every {figures['learned_again_every_days']:.0f} days."
    ]
    for part, title in TITLES.items():
        lines += [
            "",
            title,
            _row("", [f"{group} {name}" for group in ("accepted", "upvoted", "any") for name in ("n", *RANKING)], 14),
        ]
        for ranker, row in figures[part].items():
            cells = [row[group].get(name, "-") for group in ("accepted", "upvoted", "any") for name in ("n", *RANKING)]
            lines.append(_row(ranker, [*cells, f"coverage {row.get('coverage', '-')}", f"Gini {row.get('gini', '-')}"], 14))
    lines += [
        "",
        f"Invitations ({figures['policy']['reachable']:,} questions answered within 7 days by somebody who could be invited)",
    ]
    names = list(figures["policy"]["rows"][0])
    lines += [_row(names[0], names[1:], 17)] + [
        _row(row["ranker"], list(row.values())[1:], 17) for row in figures["policy"]["rows"]
    ]
    lines += ["", f"Chances named against what came (mean distance {figures['calibration']['error']})"]
    lines += [
        f"  {one['from']:<7} to {one['to']:<7} {one['pairs']:>10,} pairs   named {one['named']:<9} came {one['came']}"
        for one in figures["calibration"]["bins"]
    ]
    lines += ["", f"Ranking 3,000 helpers: {figures['rank_3000_ms']} ms.", *_skipped(figures)]
    return "\n".join(lines)


def of_similar(figures: dict[str, Any]) -> str:
    lines = [
        f"{figures['documents']:,} questions, {figures['queries']:,} of the measured ones linked to an earlier one. "
        f"Weights: {figures['weights']}, learned from {figures['fitted_on']:,}. A: different authors, B: the same author."
    ]
    for ranker, groups in figures["rankers"].items():
        lines += ["", _row(ranker, ["n", *FINDING], 10)]
        lines += [_row(f"  {group}", [row.get(name, "-") for name in ("n", *FINDING)], 10) for group, row in groups.items()]
    lines += [
        "",
        f"One look-up: {figures['query_ms_mean']} ms, 95th percentile {figures['query_ms_p95']} ms.",
        *_skipped(figures),
    ]
    return "\n".join(lines)


def of_rings(figures: dict[str, Any]) -> str:
    names = ("account_precision", "account_recall", "vote_precision", "vote_recall", "honest_flagged_per_run")
    lines = [
        f"{figures['votes']:,} helpful votes, {figures['votes_with_known_voter']:,} with a known voter; the others drawn "
        f"(seed {figures['seed']}). {figures['runs']} runs of each scenario.",
        "",
        *(
            f"Nobody cheating: {one['auto_accounts']} accounts acted on, {one['review_accounts']} of {one['voters']:,} looked at."
            for one in figures["clean"]
        ),
        *(
            f"Nobody cheating: {one['jump_cases']} unusual days of {one['days_with_points']:,}, {one['clique_cases']} times the same "
            f"few askers and {one['farm_cases']} times askers for one helper among {one['helpers']:,} helpers, in {one['days']:,} days."
            for one in figures["unusual"]
        ),
    ]
    for kind in ("auto", "review"):
        lines += ["", _row(kind, names, 23)]
        lines += [
            _row(f"  {name}", ["-" if row[kind][one] is None else row[kind][one] for one in names], 23)
            for name, row in figures["scenarios"].items()
        ]
    lines += [
        "",
        *(
            f"{name}: {row['rings_found'] or 0:.0%} of rings found, median {row['median_days_to_detection']} days; "
            f"{row['reputation_error_left_per_run']} points wrong left."
            for name, row in figures["scenarios"].items()
        ),
        *_skipped(figures),
    ]
    return "\n".join(lines)


def _row(first: str, cells: Iterable[object], width: int) -> str:
    return f"{first:<14}" + " ".join(f"{str(cell)[: width + 12]:>{width}}" for cell in cells)


def _skipped(figures: dict[str, Any]) -> list[str]:
    return [f"Left out: {count:,} x {reason}" for reason, count in sorted(figures["skipped"].items())]
