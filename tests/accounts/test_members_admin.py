from datetime import timedelta

import pytest

from forum.core import clock
from forum.core.db import transaction
from forum.models import Member
from forum.policy.actor import actor_of
from forum.policy.check import why_not
from forum.policy.permissions import Permission
from tests import make
from tests.fakes.client import Browser, words


def test_only_administrators_see_the_members(client, session):
    assert client.get("/admin/members").headers["location"] == "/sign-in?next=/admin/members"
    for person in (make.member(session), make.moderator(session), make.agent(session)):
        client.sign_in(person)
        assert client.get("/admin/members").status_code == 403
        for path, form in (("role", {"role": "admin"}), ("suspension", {"days": "7", "reason": "x"}), ("suspension/removal", {})):
            assert client.post(f"/admin/members/{person.id}/{path}", form).status_code == 403
        with transaction(writes=False) as reading:
            row = reading.get(Member, person.id)
            assert (row.role, row.suspended_until) == (person.role, None)


def test_finding_somebody(client, session):
    make.member(session, "Wanda Petrossian", handle="wanda")
    make.member(session, "Kenneth 100%", handle="ken")
    client.sign_in(make.admin(session, name="Ada Admin"))
    for search, found in (
        ("WAN", "wanda"),
        ("petross", "wanda"),
        ("wanda@example.org", "wanda"),
        ("100%", "ken"),
        ("@ken", "ken"),
    ):
        page = client.get("/admin/members", params={"q": search})
        assert [handle for handle in ("wanda", "ken") if f'href="/members/{handle}"' in page.text] == [found], search
    assert "Nobody found" in words(client.get("/admin/members?q=%25%25"))
    assert client.get("/admin/members?after=nonsense").status_code == 422


def test_a_long_list_has_pages(client, session):
    session.add_all(Member(handle=f"m{n}", handle_key=f"m{n}", name=f"M {n}") for n in range(60))
    session.commit()
    client.sign_in(make.admin(session))
    first = client.get("/admin/members").text
    after = first.split("&amp;after=")[1].split('"')[0]
    second = client.get(f"/admin/members?after={after}").text
    assert first.count('id="member-') == 50 and second.count('id="member-') == 11


def test_a_role_changes_and_the_old_sessions_end(client, app, session):
    person = make.member(session)
    theirs = Browser(app)
    theirs.sign_in(person)
    client.sign_in(make.admin(session))
    assert client.post(f"/admin/members/{person.id}/role", {"role": "agent"}).status_code == 303
    assert theirs.get("/settings/profile").status_code == 303
    with transaction(writes=False) as reading:
        row = reading.get(Member, person.id)
        assert row.role == "agent" and row.staff_since is not None
    client.post(f"/admin/members/{person.id}/role", {"role": "member"})
    with transaction(writes=False) as reading:
        row = reading.get(Member, person.id)
        assert row.role == "member" and row.staff_since is None
    assert client.post(f"/admin/members/{person.id}/role", {"role": "emperor"}).status_code == 422
    assert client.post("/admin/members/999999/role", {"role": "member"}).status_code == 404


def test_nobody_changes_their_own_role(client, session):
    admin = client.sign_in(make.admin(session))
    assert client.post(f"/admin/members/{admin.id}/role", {"role": "member"}).status_code == 409
    assert client.post(f"/admin/members/{admin.id}/suspension", {"days": "1", "reason": "tired"}).status_code == 409


def test_a_suspended_member_reads_and_cannot_post(client, app, session):
    person = make.member(session)
    theirs = Browser(app)
    theirs.sign_in(person)
    client.sign_in(make.admin(session))
    form = {"days": "7", "reason": "Three rude answers."}
    assert client.post(f"/admin/members/{person.id}/suspension", form).status_code == 303
    assert theirs.get("/settings/profile").status_code == 303, "every browser is signed out"
    theirs.sign_in(person)
    assert theirs.get("/settings/profile").status_code == 200
    with transaction(writes=False) as reading:
        refused = why_not(actor_of(reading.get(Member, person.id)), Permission.topic_ask)
    assert refused.startswith("You can read, but not ask a question") and "Three rude answers." in refused
    clock.use(lambda start=clock.now(): start + timedelta(days=1))
    client.sign_in(make.admin(session))
    assert "Three rude answers." in words(client.get("/admin/members"))
    assert client.post(f"/admin/members/{person.id}/suspension/removal").status_code == 303
    assert client.post(f"/admin/members/{person.id}/suspension/removal").status_code == 409


@pytest.mark.parametrize("form", [{"days": "0", "reason": "x"}, {"days": "7", "reason": ""}, {"days": "many", "reason": "x"}])
def test_a_suspension_needs_a_time_and_a_reason(client, session, form):
    person = make.member(session)
    client.sign_in(make.admin(session))
    assert client.post(f"/admin/members/{person.id}/suspension", form).status_code == 422
    with transaction(writes=False) as reading:
        assert reading.get(Member, person.id).suspended_until is None
