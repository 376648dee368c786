"""Staff say that a post led to a defect, and later that it is fixed."""

from datetime import timedelta

import pytest
from sqlmodel import select

from forum.core import clock
from forum.models import BadgeAward, Defect
from forum.recognition.badges import jobs
from tests import make
from tests.fakes.client import Browser, fresh, words


@pytest.fixture
def author(session):
    return make.member(session, "Hal Helper", joined_at=clock.now() - timedelta(days=90))


@pytest.fixture
def answer(session, author):
    return make.answer(session, make.topic(session), author, "The lamp flickers whenever the hub restarts.")


@pytest.fixture
def staff(session, client):
    return client.sign_in(make.agent(session))


def link(client, answer, reference="HUB-1203"):
    return client.post(f"/posts/{answer.id}/defect", {"reference": reference})


def test_the_page_says_so_and_the_author_hears_of_it(session, client, app, answer, author, staff):
    page = f"/posts/{answer.id}"
    assert "Link a defect" in words(client.get(page, follow_redirects=True))
    assert link(client, answer).status_code == 303
    visitor = Browser(app)
    assert "This led us to a defect, HUB-1203. We are working on it." in words(visitor.get(page, follow_redirects=True))
    assert "HUB-1203" in words(client.get("/desk/defects"))
    assert client.post(f"/posts/{answer.id}/defect/fixing").status_code == 303
    assert "HUB-1203. It was fixed on" in words(Browser(app).get(page, follow_redirects=True))
    own = Browser(app)
    own.sign_in(author)
    news = words(own.get("/notifications"))
    assert "You led us to a defect: HUB-1203" in news and "HUB-1203 is fixed. You led us to it" in news
    assert client.post(f"/posts/{answer.id}/defect/fixing").status_code == 409


def test_a_fixed_one_earns_its_badge_after_two_days(session, client, answer, staff):
    link(client, answer)

    def held():
        jobs.reconcile()
        session.rollback()
        return session.exec(select(BadgeAward.badge).where(BadgeAward.badge == "bug-finder")).all()

    moment = clock.now()
    clock.use(lambda: moment + timedelta(days=3))
    assert held() == []
    client.sign_in(make.agent(session))
    client.post(f"/posts/{answer.id}/defect/fixing")
    clock.use(lambda: moment + timedelta(days=4))
    assert held() == []
    clock.use(lambda: moment + timedelta(days=6))
    assert held() == ["bug-finder"]


def test_a_wrong_reference_is_corrected_and_a_wrong_link_taken_back(session, client, answer, staff):
    link(client, answer, "HUB-1")
    link(client, answer, "HUB-2")
    assert fresh(session, session.exec(select(Defect)).one()).reference == "HUB-2"
    assert client.post(f"/posts/{answer.id}/defect/removal").status_code == 303
    session.rollback()
    assert session.exec(select(Defect)).all() == []
    assert client.post(f"/posts/{answer.id}/defect/fixing").status_code == 409


def test_an_empty_reference_comes_back(client, answer, staff):
    again = link(client, answer, "")
    assert again.status_code == 422 and "Link a defect" in again.text


def test_what_only_staff_may_read_stays_out_of_others_sight(session, client, answer, author):
    client.sign_in(author)
    assert link(client, answer).status_code == 403
    assert client.get("/desk/defects").status_code == 403
    assert "Link a defect" not in words(client.get(f"/posts/{answer.id}", follow_redirects=True))
