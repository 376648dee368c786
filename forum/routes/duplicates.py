"""A question that was asked before: the link to the earlier one, whether that is it, and merging the two."""

from typing import Annotated

from fastapi import APIRouter, Request
from starlette.responses import Response

from forum.routes.paths import Id
from forum.routes.posting import topic_address
from forum.topics import access, duplicates, inputs, merging
from forum.web.dependencies import Db, Me
from forum.web.forms import Form, posted
from forum.web.pages import done

router = APIRouter()
DuplicateForm = Annotated[Form[inputs.LinkDuplicate], posted(inputs.LinkDuplicate)]


@router.post("/topics/{topic_id}/duplicate")
def link(request: Request, db: Db, me: Me, topic_id: Id, form: DuplicateForm) -> Response:
    topic = access.access_topic(db, me, topic_id)
    duplicates.link_duplicate(db, me, topic, form.data)
    return done(request, topic_address(topic), flash="Linked. The asker is asked whether that solved it.")


@router.post("/topics/{topic_id}/duplicate/removal")
def unlink(request: Request, db: Db, me: Me, topic_id: Id) -> Response:
    topic = access.access_topic(db, me, topic_id)
    duplicates.unlink_duplicate(db, me, topic)
    return done(request, topic_address(topic), flash="Thank you. The link is gone, and the question goes on as it was.")


@router.post("/topics/{topic_id}/duplicate/confirmation")
def confirm(request: Request, db: Db, me: Me, topic_id: Id) -> Response:
    topic = access.access_topic(db, me, topic_id)
    duplicates.confirm_duplicate(db, me, topic)
    return done(request, topic_address(topic), flash="Thank you for saying so. It helps the next one who asks.")


@router.post("/topics/{topic_id}/duplicate/confirmation/removal")
def unconfirm(request: Request, db: Db, me: Me, topic_id: Id) -> Response:
    topic = access.access_topic(db, me, topic_id)
    duplicates.take_back_confirmation(db, me, topic)
    return done(request, topic_address(topic), flash="Taken back.", tone="")


@router.post("/topics/{topic_id}/merge")
def merge(request: Request, db: Db, me: Me, topic_id: Id, form: DuplicateForm) -> Response:
    target = merging.merge_topics(db, me, topic_id, form.data)
    return done(request, topic_address(target), flash="Merged. For a day you can undo it here.")


@router.post("/merges/{merge_id}/removal")
def unmerge(request: Request, db: Db, me: Me, merge_id: Id) -> Response:
    source = merging.undo_merge(db, me, merge_id)
    return done(request, topic_address(source), flash="They are two questions again.")
