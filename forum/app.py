"""The application: guards outside, routes inside, a worker beside them when this is the only process."""

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio.to_thread
from fastapi import FastAPI
from starlette_compress import CompressMiddleware

from forum import wiring
from forum.core import logs
from forum.core.settings import settings
from forum.routes import (
    account,
    archives,
    articles,
    asking,
    auth,
    badges,
    blocks,
    channels,
    closing,
    contacts,
    credentials,
    defects,
    delegation,
    development,
    duplicates,
    fair_votes,
    feeds,
    findings,
    holder_keys,
    home,
    hooks,
    inbox,
    incidents,
    jobs_admin,
    legacy,
    lists,
    members,
    members_admin,
    outside_pictures,
    peers,
    perks,
    posts,
    practice,
    preview_reports,
    private_cases,
    programme_desk,
    recognition,
    recognition_admin,
    resolutions,
    reviews,
    routing,
    search,
    shares,
    state_votes,
    static_pages,
    suggestions,
    synonyms,
    topics,
    triage,
    votes,
    watch_rules,
)
from forum.social.reading.erasing import erase_again
from forum.web import assets, errors
from forum.web.guards import Guards
from forum.web.page_cache import PageCache
from forum.web.readers import Readers, write_regularly

ROUTERS = (
    home,
    feeds,
    lists,
    asking,
    articles,
    resolutions,  # before topics: /topics/7/resolution is not a title
    topics,
    posts,
    duplicates,
    suggestions,
    reviews,
    state_votes,
    votes,
    closing,
    search,
    members,
    auth,
    account,
    blocks,
    static_pages,
    triage,
    watch_rules,
    inbox,
    incidents,
    private_cases,
    shares,
    delegation,
    practice,
    archives,
    channels,
    hooks,
    outside_pictures,
    contacts,
    members_admin,
    peers,
    recognition,
    routing,
    badges,
    credentials,
    holder_keys,
    fair_votes,
    findings,
    recognition_admin,
    perks,
    preview_reports,
    programme_desk,
    defects,
    synonyms,
    jobs_admin,
    legacy,
)


def create_app() -> FastAPI:
    logs.configure()
    wiring.wire()
    app = FastAPI(title=f"{settings().site_name} Community", docs_url=None, redoc_url=None, openapi_url=None, lifespan=_lifespan)
    for module in ROUTERS:
        app.include_router(module.router)
    if settings().development:
        app.include_router(development.router)
    app.mount("/static", assets.serve)
    errors.install(app)
    app.add_middleware(CompressMiddleware, minimum_size=800)
    app.add_middleware(PageCache)
    app.add_middleware(Readers)
    app.add_middleware(Guards)
    return app


@asynccontextmanager
async def _lifespan(_app: FastAPI) -> AsyncIterator[None]:
    anyio.to_thread.current_default_thread_limiter().total_tokens = settings().threads
    await anyio.to_thread.run_sync(erase_again)
    stopping = threading.Event()
    worker = wiring.worker() if settings().embedded_worker else None
    threads = [threading.Thread(target=write_regularly, args=[stopping], name="readers", daemon=True)]
    if worker is not None:
        threads.append(threading.Thread(target=worker.run, name="worker", daemon=True))
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stopping.set()
        if worker is not None:
            worker.stop()
        for thread in threads:
            await anyio.to_thread.run_sync(thread.join, 10.0)
