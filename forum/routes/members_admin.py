"""Member administration: find somebody, change their role, suspend them or take that back."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from forum.accounts import actions, inputs, queries
from forum.core import clock
from forum.core.text import Id
from forum.models.accounts import Member
from forum.web.dependencies import Db, Me
from forum.web.forms import Form, posted
from forum.web.pages import again, done, page

router = APIRouter(prefix="/admin/members")
INDEX = "admin/members.html"
Search = Annotated[str, Query(max_length=100)]
After = Annotated[str | None, Query(max_length=200)]


@router.get("")
def index(request: Request, db: Db, me: Me, q: Search = "", after: After = None) -> Response:
    return page(request, INDEX, list=queries.member_admin_page(db, me, q, after), errors={}, typed={})


@router.post("/{member_id}/role")
def update_role(
    request: Request, db: Db, me: Me, member_id: Id, form: Annotated[Form[inputs.SetRole], posted(inputs.SetRole)]
) -> Response:
    member = queries.access_member(db, member_id)
    actions.set_role(db, me, member, form.data.role)
    return done(request, _url(member), flash=f"{member.name} is now {queries.ROLE_NAMES[form.data.role].lower()}.")


@router.post("/{member_id}/suspension")
def create_suspension(
    request: Request, db: Db, me: Me, member_id: Id, form: Annotated[Form[inputs.Suspend], posted(inputs.Suspend)]
) -> Response:
    member = queries.access_member(db, member_id)
    if not form.ok:
        listed = queries.member_admin_page(db, me, member.handle)
        errors = {f"{name}-{member_id}": sentence for name, sentence in form.errors.items()}
        return again(request, INDEX, list=listed, errors=errors, typed=form.values)
    actions.suspend(db, me, member, clock.now() + timedelta(days=form.data.days), form.data.reason)
    return done(request, _url(member), flash=f"{member.name} can read but not post until then.")


@router.post("/{member_id}/suspension/removal")
def remove_suspension(request: Request, db: Db, me: Me, member_id: Id) -> Response:
    member = queries.access_member(db, member_id)
    actions.unsuspend(db, me, member)
    return done(request, _url(member), flash=f"{member.name} can post again.")


def _url(member: Member) -> str:
    return f"/admin/members?q={member.handle}"
