"""Work that failed for good, for administrators: what it was, why, and another try."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from forum.jobs import queries
from forum.routes.paths import After, Id
from forum.web.dependencies import Db, Me
from forum.web.pages import done, page

router = APIRouter()


@router.get("/admin/jobs")
def index(request: Request, db: Db, me: Me, after: After = None) -> Response:
    return page(request, "admin/jobs.html", page=queries.jobs_page(db, me, after))


@router.post("/admin/jobs/{job_id}/retrial")
def retry(request: Request, db: Db, me: Me, job_id: Id) -> Response:
    queries.retry(db, me, job_id)
    return done(request, "/admin/jobs", flash="It runs again in a moment.")


@router.post("/admin/jobs/{job_id}/removal")
def remove(request: Request, db: Db, me: Me, job_id: Id) -> Response:
    queries.remove(db, me, job_id)
    return done(request, "/admin/jobs", flash="Gone.", tone="")
