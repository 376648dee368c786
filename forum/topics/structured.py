"""schema.org data of a topic page, as one JSON text that is safe inside a script element."""

import json

from forum.core import markdown
from forum.core.settings import settings
from forum.core.text import excerpt
from forum.topics.views import TopicPage


def structured_data(view: TopicPage) -> str:
    """schema.org QAPage, for visitors from search engines."""
    answers = ([view.official] if view.official else []) + view.answers
    parts = [
        {
            "@type": "Answer",
            "text": excerpt(markdown.plain_text(post.html), 600),
            "url": f"{settings().base_url}{view.url}#a-{post.id}",
            "upvoteCount": post.helpful or 0,
            "datePublished": post.at.isoformat(),
            "author": {"@type": "Person", "name": post.author.name},
        }
        for post in answers
        if post.state == "visible"
    ]
    best = [
        part
        for part, post in zip(parts, [p for p in answers if p.state == "visible"], strict=True)
        if post.accepted or post.official
    ]
    question = {
        "@type": "Question",
        "name": view.title,
        "text": view.description,
        "answerCount": view.answer_count,
        "datePublished": view.asked_at.isoformat(),
        "author": {"@type": "Person", "name": view.question.author.name},
        "acceptedAnswer": best[:1],
        "suggestedAnswer": [part for part in parts if part not in best[:1]][:10],
    }
    body = {"@context": "https://schema.org", "@type": "QAPage", "mainEntity": question}
    return json.dumps(body).replace("<", "\\u003c")
