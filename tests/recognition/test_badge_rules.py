"""Each badge just below its rule, just at it, and after the piece that completed it was found to be fraud (REC-7)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlmodel import select

from forum.models import BadgeAward, Defect, LedgerKind, ReportState, RepSubject, Vote
from forum.recognition.badges.awards import settle_accounts
from forum.recognition.badges.definitions import badges
from tests import make
from tests.recognition.evidence import PAST, Scene

K = LedgerKind
Grow = Callable[[Scene, int], None]
"""Adds the nth piece of evidence, counting from 0."""


def solved(scene: Scene, n: int) -> None:
    scene.solution(n)


def solved_for(people: int) -> Grow:
    """More questions than needed; each new person is what is missing."""
    return lambda scene, n: scene.solution(n % people) and None


def lines(kind: LedgerKind) -> Grow:
    def grow(scene: Scene, n: int) -> None:
        topic = scene.topic(scene.other(n))
        scene.line(kind, topic_id=topic.id, post_id=scene.post(topic, scene.helper).id)

    return grow


def same_answer(scene: Scene):
    if not hasattr(scene, "answer"):
        scene.answer = scene.post(scene.topic(scene.other(900)), scene.helper)
    return scene.answer


def helpful(scene: Scene, n: int) -> None:
    scene.helpful(same_answer(scene), n)


def article_helpful(scene: Scene, n: int) -> None:
    scene.helpful(same_answer(scene), n, K.article_helpful)


def answered(scene: Scene, n: int) -> None:
    scene.last = scene.post(scene.topic(scene.other(n)), scene.helper)


def closed_loop(scene: Scene, n: int) -> None:
    scene.tick(scene.own_question(n))


def clear_question(scene: Scene, n: int) -> None:
    scene.me_too(scene.own_question(5), 1, 2)


def rescued(scene: Scene, n: int) -> None:
    scene.solution(n, wait=timedelta(hours=72))


def late(scene: Scene, n: int) -> None:
    scene.solution(n, wait=timedelta(days=60))


def quick(scene: Scene, n: int) -> None:
    scene.solution(n, wait=timedelta(hours=4))


def patient(scene: Scene, n: int) -> None:
    answer = scene.post(scene.topic(scene.other(n)), scene.helper, created_at=PAST + timedelta(hours=1))
    scene.talk(answer, scene.other(n), 3)
    scene.talk(answer, scene.helper, 2)
    scene.line(K.solution_accepted, topic_id=answer.topic_id, post_id=answer.id)


def welcomed(scene: Scene, n: int) -> None:
    scene.last = scene.post(scene.topic(scene.other(n)), scene.helper)
    scene.talk(scene.last, scene.other(n), 1)


def two_languages(scene: Scene, n: int) -> None:
    if n == 0:
        for number in range(10):
            scene.from_elsewhere(number, "de")
    scene.from_elsewhere(n, "fr-CA")


def in_tag(scene: Scene, n: int) -> None:
    scene.solution(n, tag=True)


def points_in_tag(kind: LedgerKind, solutions: int) -> Grow:
    """The solutions are there; points are what is missing."""

    def grow(scene: Scene, n: int) -> None:
        if n == 0:
            for number in range(solutions):
                in_tag(scene, number)
            scene.topic_id = scene.last.topic_id
        scene.line(kind, topic_id=scene.topic_id, post_id=None)

    return grow


def signpost(scene: Scene, n: int) -> None:
    scene.solution(n, body="See [this](/topics/7/amber), it is the same.")


def review(scene: Scene, n: int) -> None:
    scene.opinion(agreed=n % 20 < 17)


def reviewed_well(total: int) -> Grow:
    """All reviews are there; agreement is what is missing."""

    def grow(scene: Scene, n: int) -> None:
        for _ in range(total if n == 0 else 0):
            scene.opinion(agreed=False)
        scene.think_again()

    return grow


def flagged_well(scene: Scene, n: int) -> None:
    for _ in range(50 if n == 0 else 0):
        scene.flag(upheld=False)
    scene.think_again()


def told(scene: Scene, n: int) -> None:
    """Ten answered questions, of which n have an outcome."""
    if n == 0:
        scene.questions = [scene.own_question(number) for number in range(10)]
    scene.tick(scene.questions[n])
    scene.last = scene.questions[n]


def voted(scene: Scene, n: int) -> None:
    scene.vote(n % 40)


def yearly(scene: Scene, n: int) -> None:
    answered(scene, n)
    if n < 3:
        answer = scene.last
        scene.helpful(answer, n)
        scene.last = answer


def helped_since_joining(scene: Scene, n: int) -> None:
    topic = scene.topic(scene.other(n))
    at = scene.helper.joined_at + timedelta(days=30)
    scene.line(K.answer_helpful, topic_id=topic.id, post_id=scene.post(topic, scene.helper).id, occurred_at=at)


def logged(event: str) -> Grow:
    return lambda scene, n: scene.logged(event)


def defect(scene: Scene, n: int) -> None:
    answered(scene, n)
    scene.add(Defect(post_id=scene.last.id, reference="HUB-7", fixed_at=PAST + timedelta(days=9)))


CASES: list[tuple[str, Grow, int]] = [
    ("first-answer", answered, 1),
    ("first-solution", solved, 1),
    ("first-solution", lines(K.solution_credited), 1),
    ("first-verified", lines(K.solution_verified), 1),
    ("loop-closer", closed_loop, 1),
    ("clear-question", clear_question, 1),
    ("first-edit", lines(K.edit_accepted), 1),
    ("first-flag", lambda scene, n: scene.flag(upheld=True), 1),
    ("first-article", lines(K.article_published), 1),
    ("guide-read", logged("GuideFinished"), 1),
    ("solver-bronze", solved, 10),
    ("solver-silver", solved_for(40), 50),
    ("solver-gold", solved_for(120), 200),
    ("verified-bronze", lines(K.solution_verified), 3),
    ("verified-silver", lines(K.solution_verified), 15),
    ("verified-gold", lines(K.solution_verified), 50),
    ("nice-answer", helpful, 6),  # five of five have a lower bound of 0.57
    ("good-answer", helpful, 15),
    ("great-answer", helpful, 40),
    ("rescuer-bronze", rescued, 5),
    ("rescuer-silver", rescued, 25),
    ("never-too-late", late, 5),
    ("quick-and-right", quick, 25),
    ("patient-guide", patient, 10),
    ("welcomer", welcomed, 20),
    ("polyglot", two_languages, 10),
    ("tag-bronze", in_tag, 10),
    ("tag-silver", in_tag, 40),
    ("tag-gold", in_tag, 120),
    ("author-bronze", lines(K.article_published), 1),
    ("author-silver", lines(K.article_published), 5),
    ("author-gold", lines(K.article_published), 20),
    ("evergreen", article_helpful, 100),
    ("signpost", signpost, 25),
    ("editor-bronze", lines(K.edit_accepted), 20),
    ("editor-silver", lines(K.edit_accepted), 150),
    ("gardener", lambda scene, n: scene.retag(n), 50),
    ("duplicate-finder-bronze", lines(K.duplicate_confirmed), 10),
    ("duplicate-finder-silver", lines(K.duplicate_confirmed), 100),
    ("reviewer-bronze", reviewed_well(50), 43),
    ("reviewer-silver", reviewed_well(500), 425),
    ("sharp-eye", flagged_well, 40),
    ("good-asker", told, 9),
    ("fair-voter", voted, 100),
    ("helper-of-the-year", yearly, 30),
    ("anniversary", helped_since_joining, 5),
    ("bug-finder", defect, 1),
    ("preview-voice", lambda scene, n: scene.report(ReportState.useful), 1),
    ("bridge", lambda scene, n: scene.carried_back(n), 10),
]


def held(session, key: str) -> list[BadgeAward]:
    session.rollback()
    query = select(BadgeAward).where(BadgeAward.badge == key, BadgeAward.subject.in_(select(RepSubject.subject)))
    return list(session.exec(query))


@pytest.mark.parametrize(("key", "grow", "needed"), CASES, ids=[f"{key}-{number}" for number, (key, *_) in enumerate(CASES)])
def test_just_below_just_at_and_after_fraud(session, key, grow, needed):
    scene = Scene(session)
    for n in range(needed - 1):
        grow(scene, n)
    session.commit()
    settle_accounts([scene.helper.id])
    assert held(session, key) == []

    grow(scene, needed - 1)
    session.commit()
    settle_accounts([scene.helper.id])
    assert [award.voided_at for award in held(session, key)] == [None]

    if scene.last is None:  # nothing that fraud could touch
        return
    scene.spoil()
    session.commit()
    settle_accounts()
    award = held(session, key)[0]
    assert (award.voided_at is not None, award.reason) == (True, "vote_pattern")


def test_every_computed_badge_has_a_case():
    assert {key for key, *_ in CASES} == {key for key, badge in badges().items() if badge.rule}
    assert len({key for key, *_ in CASES}) == 48


@pytest.mark.parametrize(
    ("key", "grow", "pieces"),
    [
        ("solver-bronze", solved_for(7), 30),  # too few people
        ("solver-gold", solved_for(119), 240),
        ("solver-gold", solved, 199),
        ("tag-bronze", points_in_tag(K.solution_verified, 9), 30),  # points, but not ten solutions
        ("rescuer-bronze", lambda scene, n: scene.solution(n, wait=timedelta(hours=71)), 6),
        ("never-too-late", lambda scene, n: scene.solution(n, wait=timedelta(days=59)), 6),
        ("quick-and-right", lambda scene, n: scene.solution(n, wait=timedelta(hours=5)), 26),
        ("fair-voter", lambda scene, n: scene.vote(n % 39), 100),
        ("fair-voter", lambda scene, n: scene.vote(n if n < 89 else 0), 100),  # 12 of 100 to one person
        ("gardener", lambda scene, n: scene.retag(n), 49),
        ("reviewer-bronze", review, 49),
    ],
)
def test_what_is_not_enough(session, key, grow, pieces):
    scene = Scene(session)
    for n in range(pieces):
        grow(scene, n)
    session.commit()
    settle_accounts([scene.helper.id])
    assert held(session, key) == []


def test_points_in_a_subject_are_summed(session):
    scene = Scene(session)
    grow = points_in_tag(K.answer_helpful, 40)
    grow(scene, 0)
    session.commit()
    settle_accounts([scene.helper.id])
    assert [award.scope for award in held(session, "tag-silver")] == [str(scene.tag.id)]  # 40 × 25 + 10


def test_doubts_about_an_answer_keep_its_badge_away(session):
    scene = Scene(session)
    for n in range(16):
        helpful(scene, n)
    for n in range(8):
        scene.add(Vote(post_id=scene.answer.id, member_id=scene.other(100 + n).id, value=-1, at=PAST))
    session.commit()
    settle_accounts([scene.helper.id])
    assert held(session, "good-answer") == []


def test_one_person_with_many_voices_counts_once(session):
    scene = Scene(session)
    for _ in range(20):
        helpful(scene, 3)
    session.commit()
    settle_accounts([scene.helper.id])
    assert held(session, "nice-answer") == []


def test_never_too_late_comes_again_for_every_five(session):
    scene = Scene(session)
    for n in range(14):
        late(scene, n)
    session.commit()
    settle_accounts([scene.helper.id])
    assert sorted(award.ordinal for award in held(session, "never-too-late")) == [1, 2]


def test_questions_from_staff_do_not_count(session):
    agent = make.agent(session)
    scene = Scene(session)
    for _ in range(3):
        scene.solution(0, asker=agent)
    session.commit()
    settle_accounts([scene.helper.id])
    assert held(session, "first-solution") == [] and held(session, "first-answer") == []
