"""What the search index still has to learn, written in the transaction that changed it."""

from datetime import datetime

from sqlmodel import Field

from forum.models.columns import Table, created


class SearchOutbox(Table, table=True):
    """No foreign key: a removed topic must still leave the index."""

    __tablename__ = "search_outbox"

    id: int = Field(default=None, primary_key=True)
    topic_id: int
    at: datetime = created()
