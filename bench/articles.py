"""How well articles are suggested: `python -m bench.articles`, on the questions and articles of ../shared/data.

Questions come in order of time; what a helper linked to counts three days after its question. Printed for the product's ranking with
the usual weights, with those learned from earlier links, and for words alone.
"""

import json
import re
from collections import defaultdict
from datetime import datetime
from typing import Any

import numpy as np

from bench.communities import DATA, SUMO, VOTES_SEEN, json_lines, moment
from forum.search.likeness import USUAL, Shelf, Words, learned, lesson

ARTICLES = DATA / "sumo_thunderbird_kb.jsonl.xz"
LINKS = DATA / "gold_sumo_kb_links.tsv"
LEARN_EVERY = 200
DAY = 86_400.0
_MARKUP = re.compile(r"<[^>]{1,500}>")


def main() -> dict[str, Any]:
    articles = [one for one in json_lines(ARTICLES) if one["locale"] == "en-US"]
    numbers = {one["slug"]: number for number, one in enumerate(articles)}
    linked: dict[str, set[int]] = defaultdict(set)
    for question, slug in (row.split("\t") for row in LINKS.read_text().splitlines()[1:]):
        if slug in numbers:
            linked[question].add(numbers[slug])
    asked = sorted((_day(one), one["id"], one) for one in json_lines(SUMO) if one["id"] in linked)
    shelf = Shelf()
    shelf.extend([(Words.of(one["title"], f"{one['summary']}\n{one['text']}", []), "", asked[0][0]) for one in articles])
    return {"articles": len(articles), "questions": len(asked), **_replay(shelf, asked, linked)}


def _day(question: dict[str, Any]) -> float:
    return datetime.fromisoformat(moment(question["created"])).timestamp() / DAY


def _replay(shelf: Shelf, asked: list[tuple[float, str, dict[str, Any]]], linked: dict[str, set[int]]) -> dict[str, Any]:
    places: dict[str, list[float]] = defaultdict(list)
    waiting: list[tuple[float, set[int], Any]] = []
    lessons: list[Any] = []
    weights = USUAL
    for count, (at, key, question) in enumerate(asked):
        while waiting and waiting[0][0] <= at:
            seen, right, stood = waiting.pop(0)
            for number in right:
                shelf.link(number, seen)
            lessons.append(lesson(*stood, right))
        if count % LEARN_EVERY == 0:
            weights = learned([one for one in lessons if one is not None])
        words = Words.of(question["title"], _MARKUP.sub(" ", question["content"]), question["tags"])
        for name, weighs in (("usual", USUAL), ("learned", weights)):
            _note(places[name], [like.number for like in shelf.ranked(words, "", at, weighs)], linked[key])
        _note(places["words"], np.argsort(-shelf.words.scores(words.every), kind="stable").tolist(), linked[key])
        waiting.append((at + VOTES_SEEN.days, linked[key], shelf.choices(words, "", at)))
    return {name: _figures(np.array(found)) for name, found in places.items()}


def _note(found: list[float], order: list[int], right: set[int]) -> None:
    found.append(min((place for place, number in enumerate(order, 1) if number in right), default=float("inf")))


def _figures(places: Any) -> dict[str, float]:
    hits = {f"hit@{depth}": round(float((places <= depth).mean()), 3) for depth in (1, 5, 10)}
    return hits | {"mrr": round(float((1 / places).mean()), 3)}


if __name__ == "__main__":
    print(json.dumps(main()))
