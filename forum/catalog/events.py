"""What happened to the catalogue."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TopicRetagged:
    """`tags` are those that came or went."""

    topic_id: int
    tags: tuple[int, ...]
