"""An invented Stack Exchange dump for tests: small, and with everything that goes wrong in real ones."""

from html import escape
from pathlib import Path

USERS = [
    ("-1", "Community", "2020-01-01T00:00:00.000", ""),
    ("1", "Ana Ruiz", "2020-02-01T09:00:00.000", "<p>I <b>mend</b> hubs &lt;script&gt;alert(1)&lt;/script&gt;</p>"),
    ("2", "ana ruiz", "2020-02-02T09:00:00.000", ""),
    ("3", "@Żółć ☃", "2020-02-03T09:00:00.000", ""),
    ("4", "北京", "2020-02-04T09:00:00.000", ""),
    ("5", "admin", "2020-02-05T09:00:00.000", ""),
]
POSTS = [
    {
        "Id": "1",
        "PostTypeId": "1",
        "AcceptedAnswerId": "3",
        "CreationDate": "2020-03-01T10:00:00.000",
        "Score": "4",
        "ViewCount": "70",
        "Body": "<p>The <em>light</em> is amber</p>",
        "OwnerUserId": "1",
        "Title": "Why is the light amber?",
        "Tags": "<hub><c#><c++>",
    },
    {
        "Id": "2",
        "PostTypeId": "2",
        "ParentId": "1",
        "CreationDate": "2020-03-01T11:00:00.000",
        "Score": "-1",
        "Body": "<p>Turn it off.</p>",
        "OwnerUserId": "2",
    },
    {
        "Id": "3",
        "PostTypeId": "2",
        "ParentId": "1",
        "CreationDate": "2020-03-02T11:00:00.000",
        "Score": "7",
        "Body": "<p>Channel 36.</p>",
        "OwnerUserId": "3",
    },
    {
        "Id": "4",
        "PostTypeId": "1",
        "CreationDate": "2020-03-03T10:00:00.000",
        "Score": "0",
        "Body": "<p>Twice asked</p>",
        "OwnerDisplayName": "user77",
        "Title": "Amber light again, why?",
        "Tags": "|hub|",
        "ClosedDate": "2020-03-04T10:00:00.000",
    },
    {
        "Id": "5",
        "PostTypeId": "2",
        "ParentId": "99",
        "CreationDate": "2020-03-03T10:00:00.000",
        "Score": "0",
        "Body": "<p>lost</p>",
    },
    {"Id": "6", "PostTypeId": "5", "CreationDate": "2020-03-03T10:00:00.000", "Score": "0", "Body": "wiki"},
    {"Id": "7", "PostTypeId": "4", "CreationDate": "2020-03-03T10:00:00.000", "Score": "0", "Body": "The white box in the hall."},
    {"Id": "8", "PostTypeId": "1", "CreationDate": "yesterday", "Score": "0", "Body": "<p>x</p>", "Title": "A bad date"},
    {
        "Id": "9",
        "PostTypeId": "2",
        "ParentId": "4",
        "CreationDate": "2020-03-02T10:00:00.000",
        "Score": "0",
        "Body": "<p>Older than its question</p>",
        "OwnerUserId": "4",
    },
]
HISTORY = [
    ("1", "2", "1", "g1", "2020-03-01T10:00:00.000", "1", "The light is **red**"),
    ("2", "1", "1", "g1", "2020-03-01T10:00:00.000", "1", "Why is the light red?"),
    ("3", "3", "1", "g1", "2020-03-01T10:00:00.000", "1", "<hub>"),
    ("4", "5", "1", "g2", "2020-03-01T12:00:00.000", "2", "The *light* is amber"),
    ("5", "4", "1", "g2", "2020-03-01T12:00:00.000", "2", "Why is the light amber?"),
    ("6", "2", "2", "g3", "2020-03-01T11:00:00.000", "2", "Turn it off."),
    ("7", "10", "4", "g4", "2020-03-04T10:00:00.000", "5", ""),
    ("8", "2", "4", "g5", "2020-03-03T10:00:00.000", "", "Twice asked"),
]
COMMENTS = [
    ("1", "1", "3", "Which `model`?", "2020-03-01T10:30:00.000", "2"),
    ("2", "3", "0", "That did it.", "2020-03-02T12:00:00.000", "1"),
    ("3", "99", "0", "Nobody reads this.", "2020-03-02T12:00:00.000", "1"),
]


def _row(fields: dict[str, str]) -> str:
    return "  <row " + " ".join(f'{name}="{escape(value)}"' for name, value in fields.items()) + " />"


def _table(folder: Path, name: str, rows: list[dict[str, str]]) -> None:
    root = name.removesuffix(".xml").lower()
    lines = ['<?xml version="1.0" encoding="utf-8"?>', f"<{root}>", *[_row(one) for one in rows], f"</{root}>"]
    (folder / name).write_text("\ufeff" + "\r\n".join(lines), encoding="utf-8")


def write(folder: Path, *, history: bool = True) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    users = [dict(zip(("Id", "DisplayName", "CreationDate", "AboutMe"), one, strict=True)) for one in USERS]
    _table(folder, "Users.xml", users)
    _table(folder, "Posts.xml", POSTS)
    names = ("Id", "PostId", "Score", "Text", "CreationDate", "UserId")
    _table(folder, "Comments.xml", [dict(zip(names, one, strict=True)) for one in COMMENTS])
    if history:
        names_of = ("Id", "PostHistoryTypeId", "PostId", "RevisionGUID", "CreationDate", "UserId", "Text")
        rows = [dict(zip(names_of, one, strict=True)) for one in HISTORY]
        rows[6]["Comment"] = "101"
        _table(folder, "PostHistory.xml", rows)
    votes = [("3", "2")] * 8 + [("3", "3"), ("1", "2"), ("1", "2"), ("3", "1"), ("1", "5"), ("2", "3")]
    _table(
        folder,
        "Votes.xml",
        [
            {"Id": str(number), "PostId": post, "VoteTypeId": kind, "CreationDate": "2020-03-04T00:00:00.000"}
            for number, (post, kind) in enumerate(votes, 1)
        ],
    )
    _table(folder, "PostLinks.xml", [{"Id": "1", "PostId": "4", "RelatedPostId": "1", "LinkTypeId": "3"}])
    _table(folder, "Tags.xml", [{"Id": "1", "TagName": "hub", "Count": "2", "ExcerptPostId": "7", "WikiPostId": "6"}])
    return folder


def write_long(folder: Path, questions: int) -> Path:
    """Many questions with two answers each, for stopping half-way."""
    folder.mkdir(parents=True, exist_ok=True)
    users = [
        {"Id": str(number), "DisplayName": f"Person {number % 40}", "CreationDate": "2020-01-01T00:00:00.000"}
        for number in range(1, questions + 1)
    ]
    _table(folder, "Users.xml", users)
    posts: list[dict[str, str]] = []
    for number in range(questions):
        first = number * 3 + 1
        at = f"2020-03-{number % 28 + 1:02}T10:00:00.000"
        posts.append(
            {
                "Id": str(first),
                "PostTypeId": "1",
                "CreationDate": at,
                "Score": "1",
                "AcceptedAnswerId": str(first + 1),
                "Body": f"<p>Light {number} is <b>amber</b></p>" * 5,
                "OwnerUserId": str(number + 1),
                "Title": f"Light number {number}",
                "Tags": f"<hub><t{number % 9}>",
            }
        )
        posts += [
            {
                "Id": str(first + one),
                "PostTypeId": "2",
                "ParentId": str(first),
                "CreationDate": at,
                "Score": "2",
                "Body": "<p>Try channel 36.</p>",
                "OwnerUserId": str(number % 7 + 1),
            }
            for one in (1, 2)
        ]
    _table(folder, "Posts.xml", posts)
    comments = [
        {"Id": str(number), "PostId": str(number), "Score": "0", "Text": "Thanks", "CreationDate": "2020-04-01T10:00:00.000"}
        for number in range(1, questions * 3)
    ]
    _table(folder, "Comments.xml", comments)
    return folder
