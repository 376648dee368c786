"""Watch rules: the list, making and changing one, trying it on the last 30 days, letting it rest."""

from typing import Annotated, Any

from fastapi import APIRouter, Request
from sqlmodel import Session
from starlette.responses import Response

from forum.core.text import Id
from forum.models import WatchRule
from forum.policy.check import require
from forum.policy.permissions import Permission
from forum.social.watching import actions, queries
from forum.social.watching.inputs import SaveRule
from forum.web.dependencies import Db, Me
from forum.web.forms import Form, blank, posted
from forum.web.once import carry_out
from forum.web.pages import done, page

router = APIRouter(prefix="/desk/rules")
INDEX, EDIT, TRY = "rules/index.html", "rules/edit.html", "rules/try.html"
Rule = Annotated[Form[SaveRule], posted(SaveRule)]


@router.get("")
def index(request: Request, db: Db, me: Me) -> Response:
    return page(request, INDEX, rules=queries.rules_page(db, me))


@router.get("/new")
def new(request: Request, db: Db, me: Me) -> Response:
    require(me, Permission.rule_manage)
    return _edit(request, db, None, blank(from_hour="0", to_hour="24", zone="UTC", severity="usual", kind="keyword"))


@router.post("")
def create(request: Request, db: Db, me: Me, form: Rule) -> Response:
    require(me, Permission.rule_manage)
    outcome = carry_out(db, me, form, lambda: f"/desk/rules/{actions.make_rule(db, me, form.data).id}/trial")
    if outcome.url is None:
        return _edit(request, db, None, outcome.form, status=outcome.status)
    return done(request, outcome.url, flash="Watching from now on. This is what it would have caught.")


@router.get("/{rule_id}")
def show(request: Request, db: Db, me: Me, rule_id: Id) -> Response:
    rule = actions.access_rule(db, me, rule_id)
    return _edit(request, db, rule, blank(**queries.values_of(db, rule)))


@router.post("/{rule_id}")
def update(request: Request, db: Db, me: Me, rule_id: Id, form: Rule) -> Response:
    rule = actions.access_rule(db, me, rule_id)

    def change() -> str:
        actions.change_rule(db, me, rule, form.data)
        return f"/desk/rules/{rule_id}/trial"

    outcome = carry_out(db, me, form, change)
    if outcome.url is None:
        return _edit(request, db, rule, outcome.form, status=outcome.status)
    return done(request, outcome.url, flash="Saved. This is what it would have caught.")


@router.get("/{rule_id}/trial")
def trial(request: Request, db: Db, me: Me, rule_id: Id) -> Response:
    rule = actions.access_rule(db, me, rule_id)
    return page(request, TRY, rule=queries.rule_row(db, rule), run=queries.dry_run(db, me, rule))


@router.post("/{rule_id}/pause")
def pause(request: Request, db: Db, me: Me, rule_id: Id) -> Response:
    actions.pause_rule(db, me, actions.access_rule(db, me, rule_id))
    return done(request, "/desk/rules", flash="It rests. What it brought in stays.")


@router.post("/{rule_id}/pause/removal")
def resume(request: Request, db: Db, me: Me, rule_id: Id) -> Response:
    actions.resume_rule(db, me, actions.access_rule(db, me, rule_id))
    return done(request, "/desk/rules", flash="Watching again.")


def _edit(request: Request, db: Session, rule: WatchRule | None, form: Form[Any], *, status: int = 200) -> Response:
    return page(
        request,
        EDIT,
        status=status,
        form=form,
        rule=queries.rule_row(db, rule) if rule else None,
        kinds=[(kind.value, label) for kind, label in queries.KINDS.items()],
        days=[(value, label, rule is not None and value in rule.days) for value, label in queries.DAYS],
        channels=[(number, name, rule is not None and number in rule.channels) for number, name in queries.channels_of(db)],
    )
