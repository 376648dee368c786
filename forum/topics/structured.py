"""schema.org data of a topic page, as one JSON text that is safe inside a script element."""

import json
from typing import Any

from forum.core import markdown
from forum.core.settings import settings
from forum.core.text import excerpt
from forum.topics.views import PostView, TopicPage

SUGGESTED = 10


def structured_data(view: TopicPage) -> str:
    """schema.org QAPage, for visitors from search engines."""
    answers = [post for post in [view.official, *view.answers] if post is not None and post.state == "visible"]
    best = next((post for post in answers if post.accepted or post.official), None)
    others = [post for post in answers if post is not best]
    question = {
        "@type": "Question",
        "name": view.title,
        "text": view.description,
        "answerCount": view.answer_count,
        "datePublished": view.asked_at.isoformat(),
        "author": {"@type": "Person", "name": view.question.author.name},
        "acceptedAnswer": [_answer(view, best)] if best else [],
        "suggestedAnswer": [_answer(view, post) for post in others[:SUGGESTED]],
    }
    body = {"@context": "https://schema.org", "@type": "QAPage", "mainEntity": question}
    return json.dumps(body).replace("<", "\\u003c")


def _answer(view: TopicPage, post: PostView) -> dict[str, Any]:
    return {
        "@type": "Answer",
        "text": excerpt(markdown.plain_text(post.html), 600),
        "url": f"{settings().base_url}{view.url}#a-{post.id}",
        "upvoteCount": post.helpful or 0,
        "datePublished": post.at.isoformat(),
        "author": {"@type": "Person", "name": post.author.name},
    }
