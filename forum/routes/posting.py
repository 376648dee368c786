"""Addresses of what was made, shared by the routes that make posts."""

from forum.models import Post, PostKind, Topic
from forum.topics.rows import topic_url


def topic_address(topic: Topic) -> str:
    return topic_url(topic.id, topic.slug)


def post_address(topic: Topic, post: Post) -> str:
    """The page with the post in view; a comment has its own anchor."""
    anchor = {PostKind.answer: "a", PostKind.question: "q"}.get(PostKind(post.kind), "c")
    return f"{topic_address(topic)}#{anchor}-{post.id}"
