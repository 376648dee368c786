"""What rules look at. Table rows fit these shapes, and so do the small records that pages load."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


class TopicFacts(Protocol):
    @property
    def author_id(self) -> int | None: ...
    @property
    def state(self) -> str: ...
    @property
    def audience(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def created_at(self) -> datetime: ...


class PostFacts(Protocol):
    @property
    def author_id(self) -> int | None: ...
    @property
    def kind(self) -> str: ...
    @property
    def state(self) -> str: ...


@dataclass(frozen=True, slots=True)
class About:
    """What an act is done to."""

    topic: TopicFacts | None = None
    post: PostFacts | None = None
    owner_id: int | None = None
