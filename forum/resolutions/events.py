"""What happened to published outcomes."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ResolutionPublished:
    """For the first time, or again after a withdrawal."""

    actor_id: int
    topic_id: int
    resolution_id: int


@dataclass(frozen=True, slots=True)
class ResolutionChanged:
    actor_id: int
    topic_id: int
    resolution_id: int


@dataclass(frozen=True, slots=True)
class ArticleHelped:
    """A member said whether it helped: "yes", "no", or nothing any more. `post_id` is the answer it was written from."""

    actor_id: int
    topic_id: int
    post_id: int | None
    resolution_id: int
    helped: str


@dataclass(frozen=True, slots=True)
class ResolutionWithdrawn:
    actor_id: int
    topic_id: int
    resolution_id: int
    reason: str


@dataclass(frozen=True, slots=True)
class ArticleProposed:
    actor_id: int
    topic_id: int
    proposal_id: int


@dataclass(frozen=True, slots=True)
class ArticleAccepted:
    """Staff publish it, perhaps in other words."""

    actor_id: int
    topic_id: int
    proposal_id: int
    resolution_id: int
    author_id: int | None


@dataclass(frozen=True, slots=True)
class ArticleDeclined:
    actor_id: int
    topic_id: int
    proposal_id: int
    author_id: int | None


@dataclass(frozen=True, slots=True)
class ArticleTakenBack:
    actor_id: int
    topic_id: int
    proposal_id: int
