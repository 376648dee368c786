"""`forum eval rings`: rings put into honest votes are found, and honest people are left alone (REC-14)."""

import json
import random
from datetime import UTC, datetime, timedelta

import pytest

from bench import communities
from forum.upkeep.evaluation import reading, rings
from tests.upkeep.test_evaluation import needs_data, run, written

START = datetime(2024, 1, 1, tzinfo=UTC)
ACTED_ON, LOOKED_AT = ("R1", "R6", "R7"), ("R2", "R3", "R4")


def lively(authors=60, days=90, seed=4, voters=False):
    """Some write much and most write little; votes come in the days after an answer."""
    chance = random.Random(seed)
    answer = 0
    for day in range(days):
        for number in range(5):
            question = f"q{day}-{number}"
            at = START + timedelta(days=day, hours=number)
            yield {
                "type": "question",
                "id": question,
                "at": at.isoformat(),
                "author": f"asker{chance.randrange(300)}",
                "title": "x",
            }
            for _ in range(2):
                answer += 1
                author = f"helper{min(authors - 1, int(chance.paretovariate(0.9)))}"
                yield {
                    "type": "answer",
                    "id": str(answer),
                    "question": question,
                    "at": at.isoformat(),
                    "author": author,
                    "body": "x",
                }
                for _ in range(chance.choice((0, 1, 2, 2, 3, 5))):
                    then = at + timedelta(days=chance.expovariate(0.5))
                    voter = f"asker{chance.randrange(300)}" if voters else None
                    yield {"type": "vote", "answer": str(answer), "at": then.isoformat(), "voter": voter, "value": 1}


@pytest.fixture
def quick(monkeypatch):
    """One background, two injections."""
    monkeypatch.setattr(rings, "BACKGROUNDS", 1)
    monkeypatch.setattr(rings, "INJECTIONS", 2)
    monkeypatch.setattr(rings, "NIGHTS", (2, 30))


def meets_the_bar(figures, acted_on=0.75, hardest=0.75):
    for clean in figures["clean"]:
        assert clean["auto_accounts"] == 0
        assert clean["review_accounts_per_400_voters"] <= 1
    for name in ACTED_ON:
        auto = figures["scenarios"][name]["auto"]
        assert auto["account_precision"] >= 0.98 and auto["vote_precision"] >= 0.98, (name, auto)
        assert auto["vote_recall"] >= acted_on, (name, auto)
    for name in LOOKED_AT:
        least = hardest if name == "R4" else 0.75
        assert figures["scenarios"][name]["review"]["account_recall"] >= least, name


def test_the_bar_on_a_made_up_community(tmp_path, quick):
    figures = rings.evaluate(reading.read(written(tmp_path / "c.jsonl", lively())), seed=3)
    meets_the_bar(figures, acted_on=0.5, hardest=0.4)  # six small rings among few votes; the whole bar is for real communities
    assert figures == rings.evaluate(reading.read(tmp_path / "c.jsonl"), seed=3)


def test_known_voters_are_taken_as_they_are(tmp_path, quick):
    figures = rings.evaluate(reading.read(written(tmp_path / "c.jsonl", lively(days=45, voters=True))), seed=1)
    assert figures["votes_with_known_voter"] == figures["votes"] > 500
    assert figures["clean"][0]["auto_accounts"] == 0


def test_it_prints_a_table_and_one_line(tmp_path, quick):
    result = run("rings", written(tmp_path / "c.jsonl", lively(days=40)), "--seed", "2")
    assert result.exit_code == 0, result.output
    assert "Nobody cheating: 0 accounts acted on" in result.output
    last = json.loads(result.output.splitlines()[-1])
    assert set(last["scenarios"]) == {"R1", "R2", "R3", "R4", "R5", "R6", "R7"}
    assert set(last["scenarios"]["R1"]["serial"]) == set(last["scenarios"]["R1"]["auto"])


QUESTION = {"type": "question", "id": "1", "at": "2024-01-01", "author": "a", "title": "x"}
ANSWER = {"type": "answer", "id": "2", "question": "1", "at": "2024-01-02", "author": "b", "body": "x"}
VOTE = {"type": "vote", "answer": "2", "at": "2024-01-03", "voter": None, "value": 1}


@pytest.mark.parametrize(
    "lines",
    [
        [QUESTION],
        [QUESTION, ANSWER],
        [QUESTION, ANSWER, VOTE],
        [QUESTION, ANSWER | {"author": ""}, VOTE],
        [QUESTION, ANSWER, VOTE | {"voter": "b"}],  # for oneself
        [QUESTION, ANSWER, VOTE | {"value": -1}],
        [QUESTION, ANSWER, *[VOTE] * 40],
        [QUESTION | {"author": "b"}, ANSWER, *[VOTE] * 3],  # nobody else was ever there
    ],
)
def test_odd_histories_are_measured_too(tmp_path, quick, lines):
    figures = rings.evaluate(reading.read(written(tmp_path / "c.jsonl", lines)), seed=1)
    assert figures["votes"] >= 0 and json.dumps(figures)


@needs_data
def test_the_bar_on_a_real_community(tmp_path, quick):
    lines = communities.stack_exchange("se_quantumcomputing")
    communities.write(tmp_path / "c.jsonl", lines)
    meets_the_bar(rings.evaluate(reading.read(tmp_path / "c.jsonl"), seed=1))
