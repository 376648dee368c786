"""`forum eval`: what it reads, what it prints, and the figures on real communities (REC-13)."""

import json
import random
from datetime import UTC, datetime, timedelta

import pytest
from typer.testing import CliRunner

from bench import communities
from forum.cli import app
from forum.upkeep.evaluation import reading, routing, similar

needs_data = pytest.mark.skipif(
    not communities.STACK_EXCHANGE.exists(), reason="the Stack Exchange dumps are not in ../shared/data"
)
START = datetime(2024, 1, 1, tzinfo=UTC)


def community(questions=240, seed=2):
    """Six helpers; even ones know hubs, odd ones know lamps. Every fourth question repeats an earlier one and is linked to it."""
    chance = random.Random(seed)
    for number in range(questions):
        at = START + timedelta(hours=11 * number)
        lamp = number % 2
        words = f"{'lamp colour' if lamp else 'hub offline'} number{number % 40} issue"
        yield {
            "type": "question", "id": number, "at": at.isoformat(), "author": f"asker{number}", "title": words,
            "body": f"<p>{words}</p> again", "tags": ["lamp" if lamp else "hub"],
        }  # fmt: skip
        helper = f"helper{chance.randrange(3) * 2 + lamp}"
        answered = (at + timedelta(hours=2)).isoformat()
        yield {"type": "answer", "id": f"a{number}", "question": number, "at": answered, "author": helper, "body": "Restart."}
        if number % 3 == 0:
            yield {"type": "accept", "question": number, "answer": f"a{number}", "at": answered}
        if number % 5 == 0:
            yield {"type": "vote", "answer": f"a{number}", "at": answered, "voter": None, "value": 1}
        if number >= 40 and number % 4 == 0:
            yield {"type": "link", "from": number, "to": number - 40, "kind": "duplicate", "at": answered}


def written(path, lines):
    path.write_text("".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines))
    return path


def run(*arguments):
    return CliRunner().invoke(app, ["eval", *map(str, arguments)])


def test_routing_prints_tables_and_one_json_line(tmp_path):
    path = written(tmp_path / "c.jsonl", community())
    result = run("routing", path, "--test-from", "2024-03-15")
    assert result.exit_code == 0, result.output
    figures = json.loads(result.output.splitlines()[-1])
    assert "Everybody" in result.output
    assert figures["all"]["combination"]["any"]["r@5"] >= figures["all"]["activity"]["any"]["r@5"]
    assert figures["all"]["combination"]["accepted"]["mrr"] > 0.5
    assert {row["budget"] for row in figures["policy"]["rows"]} == {5, 15, 40}
    assert all(row["most_a_day_for_one_person"] <= 3 for row in figures["policy"]["rows"])
    assert figures["window_days"] == 365


def test_similar_prints_one_json_line_alone(tmp_path):
    path = written(tmp_path / "c.jsonl", community())
    result = run("similar", path, "--test-from", "2024-03-15", "--json")
    assert result.exit_code == 0, result.output
    (line,) = result.output.splitlines()
    figures = json.loads(line)
    assert figures["rankers"]["product"]["A"]["r@5"] == 1.0
    assert figures["rankers"]["product"]["duplicate"]["n"] == figures["queries"]
    assert figures["rankers"]["product"]["B"] == {"n": 0}


@pytest.mark.parametrize(
    ("lines", "date", "words"),
    [
        (["{broken"], "2024-01-01", "Line 1"),
        (["[1, 2]"], "2024-01-01", "not a JSON object"),
        ([], "2024-01-01", "holds no question"),
        (['{"type": "badge"}'], "2024-01-01", "holds no question"),
        (list(community(20)), "soon", "is not a date"),
        (list(community(20)), "2031-01-01", "nothing to measure"),
        (list(community(20)), "2024-01-02", None),
    ],
)
def test_a_bad_file_is_said_in_a_sentence(tmp_path, lines, date, words):
    for command in ("routing", "similar"):
        result = run(command, written(tmp_path / "c.jsonl", lines), "--test-from", date)
        if words:
            assert result.exit_code == 2
            assert words in result.output
            assert "Traceback" not in result.output
    assert run("routing", tmp_path / "absent.jsonl", "--test-from", date).exit_code == 2


ODD = [
    {"type": "question", "id": "x", "at": "2024-02-02T10:00:00Z", "author": None, "title": None, "body": 5, "tags": None},
    {"type": "question", "id": "y", "at": "2024-02-02", "author": 7, "title": "Plain", "body": "Text"},
    {"type": "question", "id": "x", "at": "2024-02-03"},
    {"type": "question", "id": "z"},
    {"type": "answer", "id": 1, "question": "y", "at": "2023-02-01", "author": "early", "body": "Before it was asked"},
    {"type": "answer", "id": 2, "question": "y", "at": "2024-02-05 10:00:00 +0000", "author": None, "body": ""},
    {"type": "answer", "id": 3, "question": "nowhere", "at": "2024-02-05", "author": "a", "body": ""},
    {"type": "accept", "question": "y", "answer": 77, "at": "2024-02-05"},
    {"type": "accept", "question": "y", "answer": "1", "at": "2024-02-01"},
    {"type": "vote", "answer": 99, "at": "2024-02-05", "voter": 1, "value": 1},
    {"type": "vote", "answer": 1, "at": "2024-02-05", "voter": 1, "value": 5},
    {"type": "link", "from": "y", "to": "gone", "kind": "related", "at": "2024-02-05"},
    {"type": "comment", "id": 4},
]


def test_odd_lines_are_left_out_and_counted(tmp_path):
    story = reading.read(written(tmp_path / "c.jsonl", [*ODD, *community(30)]))
    assert len(story.questions) == 32
    assert story.skipped["unknown type comment"] == 1
    assert story.skipped["question twice"] == 1
    assert story.skipped["question without id or time"] == 1
    assert story.skipped["answer that fits nothing"] == 1
    assert story.answers["1"].at == story.questions["y"].at
    assert run("routing", tmp_path / "c.jsonl", "--test-from", "2024-01-08").exit_code == 0


def test_the_order_of_lines_does_not_matter(tmp_path):
    lines = list(community(120))
    mixed = random.Random(4).sample(lines, len(lines))
    date = reading.day_of("2024-02-10")
    one, other = (reading.read(written(tmp_path / name, some)) for name, some in (("a.jsonl", lines), ("b.jsonl", mixed)))
    assert similar.evaluate(one, date)["rankers"] == similar.evaluate(other, date)["rankers"]
    first, second = routing.evaluate(one, date), routing.evaluate(other, date)
    assert first["all"] == second["all"]


def test_what_comes_after_the_test_changes_nothing_in_it(tmp_path):
    """Late answers, ticks and links by strangers: the questions before them stand where they stood."""
    lines = list(community(160))
    late = [
        {"type": "answer", "id": f"late{n}", "question": n, "at": "2025-06-01", "author": f"asker{n}", "body": "hub lamp"}
        for n in range(160)
    ]
    date = reading.day_of("2024-02-20")
    plain = reading.read(written(tmp_path / "a.jsonl", lines))
    leaky = reading.read(written(tmp_path / "b.jsonl", lines + late))
    assert routing.evaluate(plain, date)["all"] == routing.evaluate(leaky, date)["all"]
    assert similar.evaluate(plain, date)["rankers"] == similar.evaluate(leaky, date)["rankers"]


@needs_data
def test_quantum_figures_hold(tmp_path):
    """The baselines of two measurements apart agree within .02; the product is at least as good as the best of them."""
    communities.write(tmp_path / "q.jsonl", communities.stack_exchange("se_quantumcomputing"))
    story = reading.read(tmp_path / "q.jsonl")
    date = reading.day_of("2018-06-15")
    found = routing.evaluate(story, date)["all"]
    assert found["activity"]["accepted"] == pytest.approx({"n": 132, "r@5": 0.538, "r@10": 0.652, "mrr": 0.384}, abs=0.02)
    assert found["tag_decay"]["accepted"] == pytest.approx({"n": 132, "r@5": 0.561, "r@10": 0.644, "mrr": 0.386}, abs=0.02)
    assert found["threads"]["accepted"] == pytest.approx({"n": 132, "r@5": 0.492, "r@10": 0.636, "mrr": 0.361}, abs=0.02)
    assert found["combination"]["accepted"]["r@5"] >= 0.56
    assert found["combination"]["any"]["mrr"] >= found["activity"]["any"]["mrr"]
    like = similar.evaluate(story, reading.day_of("2017-01-01"))["rankers"]
    assert like["bm25"]["duplicate"] == pytest.approx(
        {"n": 10, "r@1": 0.35, "r@5": 0.6, "r@10": 0.7, "r@50": 1.0, "mrr": 0.507}, abs=0.02
    )
    assert like["product"]["B"]["mrr"] >= 0.7
    assert like["product"]["A"]["r@5"] >= 0.43
