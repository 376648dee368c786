"""What happened to topics and posts. Ids and plain values only."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TopicAsked:
    actor_id: int
    topic_id: int
    post_id: int
    mentioned: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class AnswerPosted:
    actor_id: int
    topic_id: int
    post_id: int
    mentioned: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class CommentPosted:
    actor_id: int
    topic_id: int
    post_id: int
    parent_id: int
    mentioned: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class NotePosted:
    actor_id: int
    topic_id: int
    post_id: int


@dataclass(frozen=True, slots=True)
class PostEdited:
    actor_id: int
    topic_id: int
    post_id: int
    number: int


@dataclass(frozen=True, slots=True)
class VersionRestored:
    """An earlier version is shown again, as version `number`."""

    actor_id: int
    topic_id: int
    post_id: int
    number: int


@dataclass(frozen=True, slots=True)
class EditSuggested:
    actor_id: int
    topic_id: int
    post_id: int
    suggestion_id: int
    author_id: int | None


@dataclass(frozen=True, slots=True)
class SuggestionAccepted:
    """It is version `number` of the post now."""

    actor_id: int
    topic_id: int
    post_id: int
    suggestion_id: int
    suggester_id: int | None
    number: int


@dataclass(frozen=True, slots=True)
class SuggestionDeclined:
    actor_id: int
    topic_id: int
    post_id: int
    suggestion_id: int
    suggester_id: int | None


@dataclass(frozen=True, slots=True)
class SuggestionWithdrawn:
    actor_id: int
    topic_id: int
    post_id: int
    suggestion_id: int


@dataclass(frozen=True, slots=True)
class AnswerAccepted:
    actor_id: int
    topic_id: int
    post_id: int
    author_id: int | None
    asker_id: int | None


@dataclass(frozen=True, slots=True)
class AnswerUnaccepted:
    """`tidied`: a moderator removed the answer because it is out of date, which takes nothing from who wrote it."""

    actor_id: int
    topic_id: int
    post_id: int
    author_id: int | None
    tidied: bool = False


@dataclass(frozen=True, slots=True)
class HelperCredited:
    """Somebody solved it themselves and said whose answer led them there."""

    actor_id: int
    topic_id: int
    post_id: int
    author_id: int | None


@dataclass(frozen=True, slots=True)
class HelperUncredited:
    actor_id: int
    topic_id: int
    post_id: int
    author_id: int | None


@dataclass(frozen=True, slots=True)
class AnswerMadeOfficial:
    actor_id: int
    topic_id: int
    post_id: int
    author_id: int | None


@dataclass(frozen=True, slots=True)
class DefectConfirmed:
    """Staff say that a post led to a defect."""

    actor_id: int
    topic_id: int
    post_id: int
    author_id: int | None
    reference: str


@dataclass(frozen=True, slots=True)
class DefectFixed:
    actor_id: int
    topic_id: int
    post_id: int
    author_id: int | None
    reference: str


@dataclass(frozen=True, slots=True)
class DefectUnlinked:
    actor_id: int
    topic_id: int
    post_id: int


@dataclass(frozen=True, slots=True)
class OfficialMarkRemoved:
    actor_id: int
    topic_id: int
    post_id: int
    author_id: int | None


@dataclass(frozen=True, slots=True)
class DetailsAsked:
    actor_id: int
    topic_id: int
    asker_id: int | None


@dataclass(frozen=True, slots=True)
class DetailsGiven:
    actor_id: int
    topic_id: int


@dataclass(frozen=True, slots=True)
class TopicStateChanged:
    actor_id: int
    topic_id: int
    state: str
    reason: str


@dataclass(frozen=True, slots=True)
class DuplicateLinked:
    actor_id: int
    topic_id: int
    earlier_id: int
    asker_id: int | None


@dataclass(frozen=True, slots=True)
class DuplicateUnlinked:
    actor_id: int
    topic_id: int


@dataclass(frozen=True, slots=True)
class DuplicateConfirmed:
    """The asker, or two others, say that the earlier question is the same; `linker_id` found it."""

    actor_id: int
    topic_id: int
    earlier_id: int
    linker_id: int | None


@dataclass(frozen=True, slots=True)
class DuplicateUnconfirmed:
    actor_id: int
    topic_id: int
    linker_id: int | None


@dataclass(frozen=True, slots=True)
class TopicsMerged:
    """`topic_id` went into `target_id`. `twice`: members who had pressed me-too on both, where one person asked both."""

    actor_id: int
    topic_id: int
    target_id: int
    asker_id: int | None
    twice: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TopicsUnmerged:
    actor_id: int
    topic_id: int
    target_id: int


@dataclass(frozen=True, slots=True)
class PostWithdrawn:
    """By its author, or removed by a moderator (`removed`), who says what was found: "tidy", "harmful" or "spam"."""

    actor_id: int
    topic_id: int
    post_id: int
    author_id: int | None
    removed: bool
    reason: str
    found: str = ""


@dataclass(frozen=True, slots=True)
class PostReturned:
    actor_id: int
    topic_id: int
    post_id: int
    author_id: int | None


@dataclass(frozen=True, slots=True)
class PostConverted:
    actor_id: int
    topic_id: int
    post_id: int
    author_id: int | None
    to: str


@dataclass(frozen=True, slots=True)
class QuestionDeflected:
    """ "This solved it", pressed while asking: a question that did not need to be asked."""

    actor_id: int | None
    topic_id: int
