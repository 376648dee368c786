"""A community of known size in an empty data folder, made through the same actions as users' are."""

import os
from datetime import timedelta
from pathlib import Path

TOPICS = 300
ANSWERS = 30
WORDS = [
    *("hub", "amber", "light", "evening", "wi-fi", "channel", "radar", "restart", "cable"),
    *("socket", "bridge", "mesh", "disc", "update", "firmware", "bill", "app"),
]
BODY = """It happens every {word} and {other} at about the same time.

1. Open `192.168.1.254` and go to **Advanced**.
2. Change *Channel* from Auto to **36**.

```
19:40:07  wlan1  DFS: radar detected, leaving channel 116
```
"""


def make(folder: Path) -> dict[str, str]:
    """Returns the addresses to measure and the cookie of a signed-in reader."""
    os.environ.update(FORUM_DATA_DIR=str(folder), FORUM_RATE_LIMITS="false", FORUM_LOG_LEVEL="error", FORUM_SECRET_KEY="bench")
    from sqlalchemy import delete

    from forum import wiring
    from forum.accounts import sessions
    from forum.core import clock, migrations
    from forum.core.db import transaction
    from forum.models import Job, Member, Section
    from forum.policy.actor import actor_of
    from forum.search import feed
    from forum.topics import actions, inputs, verdicts

    migrations.upgrade()
    wiring.wire()
    start = clock.now() - timedelta(days=90)
    with transaction() as session:
        session.add(Section(slug="hub", name="Hub", icon="router"))
        people = [
            Member(
                handle=f"m{n}",
                handle_key=f"m{n}",
                name=f"Member {n}",
                email=f"m{n}@example.org",
                email_key=f"m{n}@example.org",
                joined_at=start,
                confirmed_at=start,
            )
            for n in range(40)
        ]
        session.add_all(people)
    for number in range(TOPICS):
        clock.use(lambda number=number: start + timedelta(hours=number * 7))
        with transaction() as session:
            word, other = WORDS[number % len(WORDS)], WORDS[(number * 7 + 3) % len(WORDS)]
            asker = people[number % 40]
            data = inputs.Ask(
                section="hub",
                title=f"The {word} and the {other} trouble me, number {number}",
                body=BODY.format(word=word, other=other),
                tags=[word, other],
            )
            topic = actions.ask(session, actor_of(asker), data)
            wanted = ANSWERS if number == TOPICS - 1 else number % 4
            posts = [
                actions.post_answer(
                    session,
                    actor_of(people[(number + n + 1) % 40]),
                    topic,
                    inputs.WriteAnswer(body=BODY.format(word=other, other=word)),
                )
                for n in range(wanted)
            ]
            for post in posts[:10]:
                actions.post_comment(session, actor_of(asker), post, inputs.WriteComment(body="That worked, thank you."))
            if posts:
                verdicts.accept_answer(session, actor_of(asker), topic, posts[0])
    clock.use(None)
    feed.rebuild()
    with transaction() as session:
        session.execute(delete(Job))
        token = sessions.start(session, session.get_one(Member, people[5].id), user_agent="bench", address="127.0.0.1")
        last = f"/topics/{topic.id}/{topic.slug}"
    return {"topic": last, "answer": f"/topics/{topic.id}/answers", "cookie": f"session={token}", "profile": "/members/m1"}
