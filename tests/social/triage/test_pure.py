"""The pure parts of triage: what a rule may cost, how far a thread reaches, what is advised, when an alarm is raised."""

import random
import time
from datetime import UTC, datetime, timedelta

import pytest

from forum.social.inbox.advice import Facts, advise
from forum.social.inbox.alike import near, normal, wordings
from forum.social.inbox.influence import Reach, influence, numbers
from forum.social.inbox.told import told
from forum.social.incidents.spikes import Known, look, sighting, tail
from forum.social.incidents.trouble import shipped
from forum.social.watching.matching import Said, TooCostly, Watched, bounded, pattern, why

NOW = datetime(2026, 3, 13, 12, tzinfo=UTC)
TROUBLE = frozenset(word for words in shipped().values() for word in words)
NOISE = (
    "How do I change the wifi name on my {p}?",
    "Is the {p} worth it for a small flat?",
    "Love my new {p}, set up in five minutes",
    "Can I pay on the 28th?",
    "Which cable comes with the {p}",
    "Does the {p} work with IPv6?",
    "{p} keeps asking for the password",
    "My {p} is broken after the update",
    "thermostat shows the wrong time",
    "Any discount for students?",
    "Where is the reset button of the {p}?",
    "The app is slow today",
    "Engineer came on time, thanks",
    "Porting my landline took 9 days",
)
ISSUE = (
    "No internet in Headingley since noon",
    "internet is down here in LS6 Headingley",
    "anyone else in Headingley without a connection? no internet at all",
    "Headingley outage again, third time this year",
    "red light on the hub, no internet on our street in Headingley",
    "Is the internet down in Headingley or is it just us?",
)


def stream(seed: int) -> list[tuple[datetime, str, str, bool]]:
    """Two weeks of noise, and one afternoon with a fault that forty people report."""
    draw, start, made = random.Random(seed), datetime(2026, 3, 1, tzinfo=UTC), []
    for day in range(14):
        for _ in range(draw.randint(78, 104)):
            at = start + timedelta(days=day, seconds=draw.random() * 86_400)
            text = draw.choice(NOISE).format(p=draw.choice(["hub", "thermostat", "camera", "plug"]))
            made.append((at, f"p{draw.randint(1, 600)}", text, False))
    fault = start + timedelta(days=12, hours=12)
    made += [(fault + timedelta(minutes=draw.random() * 120), f"q{n}", draw.choice(ISSUE), True) for n in range(40)]
    return sorted(made)


@pytest.mark.parametrize("seed", range(5))
def test_two_weeks_of_noise_raise_nothing_and_a_fault_is_seen_after_five_posts(seed: int) -> None:
    seen, known, false, first, issues = [], {}, [], 0, 0
    for number, (at, who, text, issue) in enumerate(posts := stream(seed)):
        issues += issue
        seen.append(sighting(str(number), who, at, text, TROUBLE))
        for alert in look(at, seen, known):
            known[alert.term] = Known(at)
            if alert.campaign:
                continue  # copies of one text, and shown as such
            if sum(posts[int(key)][3] for key in alert.keys) * 2 <= len(alert.keys):
                false.append(alert.term)
            else:
                first = first or issues
    assert false == []
    assert 4 <= first <= 7


def burst(people: list[str], texts: list[str]) -> list:
    old = [sighting(f"old{n}", f"o{n}", NOW - timedelta(days=5, hours=n), "Which cable fits?", TROUBLE) for n in range(9)]
    said = zip(people, texts, strict=True)
    return old + [sighting(f"n{n}", who, NOW - timedelta(minutes=n), text, TROUBLE) for n, (who, text) in enumerate(said)]


def test_case_47_one_author_or_copies_are_a_campaign() -> None:
    """SOCIAL 7, case 47: distinct authors and near-duplicates."""
    many = [f"m{n}" for n in range(6)]
    assert [one.campaign for one in look(NOW, burst(many, list(ISSUE)), {})] == [False]
    assert {one.campaign for one in look(NOW, burst(["m1"] * 6, list(ISSUE)), {})} == {True}
    assert {
        one.campaign for one in look(NOW, burst(many, ["Headingley is a scam, the hub is broken, sue them all now"] * 6), {})
    } == {True}


def test_an_alarm_rests_for_twelve_hours_and_a_false_one_makes_the_bar_higher() -> None:
    posts = burst([f"m{n}" for n in range(6)], list(ISSUE))
    term = look(NOW, posts, {})[0].term
    assert term not in [one.term for one in look(NOW, posts, {term: Known(NOW - timedelta(hours=11))})]
    assert term in [one.term for one in look(NOW, posts, {term: Known(NOW - timedelta(hours=13))})]
    assert term not in [one.term for one in look(NOW, posts, {term: Known(NOW - timedelta(hours=13), false_alarms=3)})]


def test_words_without_trouble_are_no_alarm() -> None:
    happy = [f"The new Lumen lamp is lovely, number {n} for our kitchen" for n in range(8)]
    assert look(NOW, burst([f"m{n}" for n in range(8)], happy), {}) == []


def test_the_tail_is_the_one_of_poisson() -> None:
    assert tail(5, 0.3) == pytest.approx(1.5785e-5, rel=1e-3)
    assert tail(1, 0.3) == pytest.approx(0.2592, rel=1e-3)
    assert 0 < tail(200, 0.3) < 1e-200


@pytest.mark.parametrize(
    "costly",
    ["(a+)+b", "(a|aa)*b", "((a?)){5}b", "(a?b)+", "a*", r"(a)\1", "x(?=y)", "[", "a{1000}b", "a*b*c*d", "a" * 201, "(?P<x>a)"],
)
def test_expressions_that_could_run_for_ever_are_refused(costly: str) -> None:
    with pytest.raises(TooCostly):
        bounded(costly)


@pytest.mark.parametrize("allowed", ["a?a?a?a*a*b", r"\bhub\b.*broken", "(?:hub|router) (?:3|4)", "a.*b.*c", "[a-z]+ [a-z]+ hub"])
def test_what_is_allowed_is_quick_on_the_longest_post(allowed: str) -> None:
    started = time.perf_counter()
    pattern("regex", allowed).search("a" * 2_000)
    assert time.perf_counter() - started < 2


RULES = [
    (("handle", "NorthHelp"), "thanks @northhelp", True),
    (("handle", "NorthHelp"), "mail me@northhelp", False),
    (("hashtag", "acme"), "My #Acme widget", True),
    (("hashtag", "acme"), "My #AcmeFan widget", False),
    (("keyword", "hub drops, red light"), "the Red  light is on", True),
    (("keyword", "hub"), "github", False),
    (("product", "Hub 3, Northwind Hub"), "my northwind hub broke", True),
    (("regex", r"hub.{0,10}(?:dead|down)"), "hub is down", True),
]


@pytest.mark.parametrize(("rule", "text", "holds"), RULES)
def test_rules_hold_for_whole_words(rule: tuple[str, str], text: str, holds: bool) -> None:
    assert bool(why(Watched(1, "r", *rule), Said(text, NOW))) is holds


def test_rules_leave_out_words_languages_people_channels_and_hours() -> None:
    said = Said("my hub is down, pie", NOW, "en-GB", "private", 3)
    assert why(Watched(1, "r", "keyword", "hub"), said) == "hub"
    assert not why(Watched(1, "r", "keyword", "hub", exclude="juice, pie"), said)
    assert not why(Watched(1, "r", "keyword", "hub", language="de"), said)
    assert not why(Watched(1, "r", "keyword", "hub", author_kind="public_figure"), said)
    assert not why(Watched(1, "r", "keyword", "hub", channels=(1,)), said)
    assert not why(Watched(1, "r", "keyword", "hub", days="0123"), said)  # a Friday
    assert why(Watched(1, "r", "keyword", "hub", from_hour=22, to_hour=8, zone="Asia/Tokyo", days="4"), said) == ""
    assert why(Watched(1, "r", "keyword", "hub", from_hour=20, to_hour=8, zone="Asia/Tokyo"), said) == "hub"


def test_influence_is_the_formula_with_every_term_shown() -> None:
    total, terms = influence(Reach(999_999, NOW, 100, 200, 100, True, 3, 5, NOW))
    assert [one.points for one in terms] == [40, pytest.approx(24.2, abs=0.1), 15, 10, 10]
    assert total == 99
    assert "13 March" in terms[0].source


def test_what_is_not_known_counts_as_nothing_and_says_so() -> None:
    total, terms = influence(Reach(None, None, None, None, None, False, 1, 0))
    assert total == 0
    assert [one.source for one in terms[:2]] == ["not known, counts as 0"] * 2
    assert numbers({"favourites": 3, "reblogs": 2, "replies": 1}) == (3, 2, 1)
    assert numbers({"note": "x"}) == (None, None, None)


ASKED = NOW - timedelta(hours=2)
PLAYBOOK = [
    (Facts(NOW, ASKED, True, 0), "A", "half an hour"),
    (Facts(NOW, NOW - timedelta(minutes=5), True, 0), "A0", "12:25"),
    (Facts(NOW, ASKED, True, 0, answers=1), "A1", "thank them"),
    (Facts(NOW, ASKED, True, 0, ours=True, facts=True), "A2", "told us more"),
    (Facts(NOW, ASKED, True, 0, sharp=True), "A3", "politely"),
    (Facts(NOW, ASKED, True, 60), "A4", "second person"),
    (Facts(NOW, ASKED, False, 0), "B", "48 hours"),
    (Facts(NOW, ASKED, False, 0, people=("Maeve", "Dan")), "B2", "Maeve first, then to Dan"),
    (Facts(NOW, ASKED, False, 0, people=("a", "b", "c")), "B3", "incident"),
]


@pytest.mark.parametrize(("facts", "code", "said"), PLAYBOOK)
def test_advice_follows_the_playbook(facts: Facts, code: str, said: str) -> None:
    advice = advise(facts)
    assert advice.code == code
    assert said in advice.why


def test_nearly_the_same_and_the_very_same() -> None:
    assert near(normal("The hub drops out every evening!"), normal("My hub drops out every evening since Monday"))
    assert not near(normal("Same here"), normal("Same here with the hub every evening"))
    assert wordings(["no internet in leeds since noon", "no internet in leeds since noon", "the hub is dead today"]) == 2


def test_what_they_told_us_is_not_asked_again() -> None:
    said = told(
        ["@help My Hub 3 drops out. I restarted it twice. Mail me at a@b.example, since Monday it is worse."], ["Hub 3", "Lamp"]
    )
    assert said[:2] == ["Hub 3", "I restarted it twice."]
    assert not any("a@b.example" in one for one in said)
