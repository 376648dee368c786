"""What points open: at a threshold, kept a while below it, paused alone, and said plainly where a button is refused."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from forum.core import clock
from forum.models import Member, Notice, NoticeKind, PrivilegeHold, SiteChoice
from forum.policy.actor import actor_of
from forum.policy.privileges import AFTER_GUIDE, PRESETS, Privilege, thresholds
from forum.recognition import privileges
from forum.recognition.inputs import ChoosePrivileges
from forum.recognition.privileges import GRACE, standing
from tests import make
from tests.fakes.client import Browser, fresh, words

NOW = clock.now()


def test_the_presets_scale_and_a_young_community_is_open():
    young, standard, large = (PRESETS[name] for name in ("young", "standard", "large"))
    assert standard[Privilege.vote_not_helpful] == 50 and large[Privilege.vote_not_helpful] == 100
    assert young[Privilege.vote_not_helpful] == 10 and young[Privilege.edit_others] == 200
    assert young[Privilege.vote_helpful] == young[Privilege.add_picture] == 0


@pytest.mark.parametrize(
    ("points", "had", "since", "keeps"),
    [
        (49, False, None, False),
        (50, False, None, True),
        (45, True, None, True),
        (44, True, None, True),
        (44, True, GRACE - timedelta(seconds=1), True),
        (44, True, GRACE, False),
        (45, True, GRACE, True),
    ],
)
def test_lost_below_nine_tenths_after_two_weeks(points, had, since, keeps):
    privilege = Privilege.vote_not_helpful
    below = {privilege: NOW - since} if since is not None else {}
    found = standing(points, {privilege: 50}, frozenset({privilege} if had else ()), below, set(), NOW)
    assert (privilege in found.held) == keeps
    assert (privilege in found.below_since) == (keeps and points < 45)


def test_a_refused_button_says_what_would_open_it(app, session):
    asker, helper = make.member(session), make.member(session)
    answer = make.answer(session, make.topic(session, asker), helper)
    newcomer = make.member(session, privileges="")
    with Browser(app) as browser:
        browser.sign_in(newcomer)
        page = browser.get(f"/posts/{answer.id}", follow_redirects=True)
        assert "from 10 points; you have 0" in page.text
        assert browser.post(f"/posts/{answer.id}/vote", {"value": "1"}).status_code == 303
        refused = browser.post(f"/posts/{answer.id}/vote", {"value": "-1"})
        assert refused.status_code == 403 and "from 10 points" in words(refused)
        browser.sign_in(asker)
        assert browser.post(f"/posts/{answer.id}/vote", {"value": "-1"}).status_code == 303, "one's own question is different"


def test_administrators_choose_and_everybody_follows(app, session, drain):
    admin, member = make.admin(session), make.member(session, privileges="")
    _points(session, member, 120)
    with Browser(app) as browser:
        browser.sign_in(admin)
        assert "A young community" in words(browser.get("/admin/recognition"))
        assert browser.post("/admin/recognition", {"preset": "large"}).status_code == 303
        drain()
        assert "link_duplicate" in fresh(session, member).privileges, "what was held stays for two weeks"
        later = clock.now() + GRACE + timedelta(minutes=1)
        clock.use(lambda: later)
        privileges.refresh_all()
        assert fresh(session, member).privileges == "add_picture,suggest_edit,vote_helpful,vote_not_helpful"
        browser.sign_in(admin)
        own = {privilege.value: "7" for privilege in Privilege}
        assert browser.post("/admin/recognition", own | {"new_tag": "-1"}).status_code == 422
        assert browser.post("/admin/recognition", own).status_code == 303
        drain()
    session.commit()
    chosen = session.get(SiteChoice, "privileges")
    assert set(thresholds(chosen.value).values()) == {7}
    opened = {privilege.value for privilege in Privilege if privilege not in AFTER_GUIDE}
    assert set(fresh(session, member).privileges.split(",")) == opened


def test_one_privilege_pauses_alone_with_an_end(app, session):
    admin, member = make.admin(session), make.member(session, privileges="")
    _points(session, member, 300)
    post = make.answer(session)
    with Browser(app) as browser, Browser(app) as theirs:
        browser.sign_in(admin)
        theirs.sign_in(member)
        assert theirs.get(f"/posts/{post.id}/edit").status_code == 200
        form = {"privilege": "edit_others", "days": "30", "reason": "Some edits changed the meaning."}
        assert browser.post(f"/admin/members/{member.id}/privilege-pauses", form).status_code == 303
        assert theirs.get(f"/posts/{post.id}/edit").status_code == 403
        assert theirs.post(f"/posts/{post.id}/vote", {"value": "-1"}).status_code == 303
        assert "Paused until" in words(theirs.get("/notifications"))
        assert "Some edits changed the meaning." in words(theirs.get("/recognition"))
        clock.use(lambda: NOW + timedelta(days=31))
        privileges.refresh_all()
        assert Privilege.edit_others in fresh(session, member).privileges
        assert session.scalars(select(PrivilegeHold).where(PrivilegeHold.member_id == member.id)).all() == []


def test_gaining_a_privilege_is_told_once(session):
    member = make.member(session, privileges="")
    for points in (60, 0, 60):
        _points(session, member, points)
    kinds = [notice.kind for notice in session.scalars(select(Notice).where(Notice.member_id == member.id))]
    assert kinds.count(NoticeKind.privilege) == 5, "not helpful, suggesting edits, linking, articles, and asking somebody to help"


def test_moderators_hold_all_and_visitors_none(session):
    chosen = ChoosePrivileges(preset="standard")
    privileges.choose(session, actor_of(make.admin(session)), chosen)
    moderator = actor_of(make.moderator(session, privileges=""))
    assert all(moderator.holds(privilege) for privilege in Privilege)


def _points(session, member, points):
    """As if earned: the list follows the shown number."""
    row = session.get(Member, member.id)
    row.reputation = points
    privileges.refresh(session, [member.id])
    session.commit()
