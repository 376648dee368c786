"""Whom to ask: what speaks for each helper, what is learned, and that nothing is known before it happened."""

import numpy as np
import pytest

from forum.recognition.routing.history import History
from forum.recognition.routing.learning import USUAL, Lessons, Weights, in_tail
from forum.recognition.routing.profiles import profile_points
from forum.recognition.routing.signals import SIGNALS, Question, question_words, signals
from forum.recognition.routing.window import activity_window


def told(events):
    history = History()
    for kind, *rest in events:
        getattr(history, kind)(*rest)
    return history


def asked(one, author, at, title="The hub is offline", tags=("hub",)):
    return ("ask", one, author, at, tags, question_words(title, "", tags))


def ask_about(title="The hub is offline", tags=("hub",), at=50.0, author="zoe"):
    return Question(author, at, tags, question_words(title, "", tags))


def signal(found, history, person, name):
    row = found.helpers.tolist().index(history.people[person])
    return found.rows[row, SIGNALS.index(name)]


LITTLE = [
    asked("1", "ana", 1.0), ("answer", "1", "ben", 1.1),
    asked("2", "ana", 10.0, "Lamp colours are wrong", ("lamp",)), ("answer", "2", "cleo", 10.5),
    asked("3", "dev", 40.0), ("answer", "3", "ben", 40.2), ("answer", "3", "dev", 40.3), ("answer", "3", "", 40.4),
]  # fmt: skip


def test_only_those_who_helped_others_lately_are_candidates():
    history = told(LITTLE)
    names = {history.names[one] for one in history.active(50.0, 180.0)}
    assert names == {"ben", "cleo"}
    assert {history.names[one] for one in history.active(50.0, 20.0)} == {"ben"}
    assert {history.names[one] for one in history.active(50.0, 180.0, "ben")} == {"cleo"}


def test_the_subject_decides_among_equals():
    history = told(LITTLE)
    hub, lamp = (signals(history, ask_about(title, tags), 180) for title, tags in [
        ("The hub is offline", ("hub",)), ("Lamp colours are wrong", ("lamp",)),
    ])  # fmt: skip
    for name in ("tag_share", "near_share", "wide_share"):
        assert signal(hub, history, "ben", name) > signal(hub, history, "cleo", name)
        assert signal(lamp, history, "cleo", name) > signal(lamp, history, "ben", name)
    assert profile_points(history, ask_about("Lamp colours", ("lamp",))).argmax() == history.people["cleo"]


def test_votes_and_ticks_count_once():
    once = told([*LITTLE, ("upvote", "1", "ben", 41.0), ("accept", "1", "ben", 42.0)])
    twice = told([*LITTLE, ("upvote", "1", "ben", 41.0), ("upvote", "1", "ben", 41.5), ("accept", "1", "ben", 42.0)])
    assert once.tag_points(["hub"], 50.0).tolist() == twice.tag_points(["hub"], 50.0).tolist()
    assert once.tag_points(["hub"], 50.0).sum() > told(LITTLE).tag_points(["hub"], 50.0).sum() + 4


def test_points_in_a_tag_halve_in_120_days():
    history = told([asked("1", "ana", 0.0), ("answer", "1", "ben", 0.0)])
    assert history.tag_points(["hub"], 120.0) == pytest.approx([0.5])


LATER = [
    ("answer", "4", "cleo", 51.0), ("accept", "4", "cleo", 52.0), ("upvote", "1", "cleo", 53.0),
    asked("5", "eve", 54.0), ("answer", "5", "fay", 55.0), ("answer", "1", "fay", 56.0),
]  # fmt: skip


def test_what_happens_later_changes_nothing():
    history = told(LITTLE)
    before = signals(history, ask_about(), 180)
    kept = before.rows.copy(), [history.names[one] for one in before.helpers]
    for kind, *rest in [asked("4", "zoe", 50.0), *LATER]:
        getattr(history, kind)(*rest)
    assert (before.rows == kept[0]).all()
    again = told(LITTLE)
    after = signals(again, ask_about(), 180)
    assert (after.rows == kept[0]).all()
    assert [again.names[one] for one in after.helpers] == kept[1]


def test_learning_looks_no_further_than_now():
    def learned(extra):
        history, lessons = crowd(120)
        now = history.order[-1].at + 0.5
        for kind, *rest in extra:
            getattr(history, kind)(*rest)
        return lessons.learned(history, now)

    plain = learned([])
    leaky = learned([("answer", str(number), "late", 900.0) for number in range(120)])
    assert (plain.everyone == leaky.everyone).all()
    assert (plain.tail == leaky.tail).all()


def crowd(questions):
    """Fourteen helpers: even ones answer about hubs, odd ones about lamps."""
    chance = np.random.default_rng(11)
    history, lessons = History(), Lessons()
    for number in range(questions):
        lamp = number % 2
        title, tag = ("Lamp colours are wrong", "lamp") if lamp else ("The hub is offline", "hub")
        at = float(number)
        question = ask_about(title, (tag,), at, f"asker-{number}")
        found = signals(history, question, 365)
        lessons.take(str(number), at, found, in_tail(history, found.helpers, at))
        history.ask(str(number), question.author, at, question.tags, question.words)
        helper = int(chance.integers(0, 7)) * 2 + lamp
        history.answer(str(number), f"helper-{helper}", at + 0.2)
    return history, lessons


def test_what_this_community_goes_by_is_learned():
    history, lessons = crowd(300)
    weights = lessons.learned(history, 300.0)
    assert weights.learned_from > 200
    subject = [SIGNALS.index(name) for name in ("tag_share", "near_share", "wide_share")]
    assert weights.everyone[subject].sum() > USUAL.everyone[subject].sum()
    found = signals(history, ask_about(at=301.0), 365)
    best = [history.names[one] for one in found.helpers[np.argsort(-(found.rows @ weights.everyone))][:5]]
    assert all(int(name.split("-")[1]) % 2 == 0 for name in best)


def test_few_lessons_move_the_usual_weights_little():
    history, lessons = crowd(12)
    weights = lessons.learned(history, 12.0)
    assert np.abs(weights.everyone - USUAL.everyone).max() < 0.1


def test_a_community_without_answers_uses_what_is_usual():
    weights = Lessons().learned(History(), 5.0)
    assert (weights.everyone == USUAL.everyone).all()
    assert weights.learned_from == 0


def test_weights_survive_being_stored_and_other_signals_are_refused():
    history, lessons = crowd(60)
    weights = lessons.learned(history, 60.0)
    kept = Weights.from_json(weights.as_json())
    assert kept.tail == pytest.approx(weights.tail, abs=1e-4)
    assert Weights.from_json({"signals": ["something else"]}) is USUAL


def test_the_busiest_ten_and_strangers_are_no_tail():
    history, _ = crowd(200)
    helpers = history.active(200.0, 365.0)
    tail = in_tail(history, helpers, 200.0)
    assert not set(helpers[tail].tolist()) & set(history.busiest(200.0))
    assert (history.answered[helpers[tail]] >= 2).all()


@pytest.mark.parametrize(("answers", "days"), [(0.0, 365), (19.9, 365), (20.0, 180), (900.0, 180)])
def test_quiet_communities_look_back_further(answers, days):
    assert activity_window(answers) == days


def test_events_about_unknown_things_are_no_harm():
    history = told([*LITTLE, ("answer", "77", "ben", 44.0), ("accept", "1", "nobody", 44.0), ("upvote", "9", "ben", 44.0)])
    assert history.names == ["ben", "cleo"]
    assert len(signals(History(), ask_about(), 180).helpers) == 0
