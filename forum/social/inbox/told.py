"""What somebody has told us already, so that nobody asks it again. Pure."""

import re

from forum.social.redaction import redact

MOST = 5
LONGEST = 110
_FACT = re.compile(
    r"\b(?:restarted|rebooted|reset|re-?installed|unplugged|replaced|updated|tried|changed|moved|called|rang|"
    r"since (?:the|last|this|yesterday|monday|tuesday|wednesday|thursday|friday|saturday|sunday|\d)|every (?:day|evening|night|morning|hour)|"
    r"(?:model|version|firmware|serial)\b)",
    re.I,
)
_SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n+")
_MENTION = re.compile(r"@[\w.-]+(?:@[\w.-]+)?\s*")


def told(posts: list[str], products: list[str]) -> list[str]:
    """Products they named, then sentences that say since when, or what they tried. Personal data is left out."""
    everything = " ".join(posts).casefold()
    made = [name for name in products if re.search(rf"(?<!\w){re.escape(name.casefold())}(?!\w)", everything)]
    for post in posts:
        for sentence in _SENTENCE.split(post):
            if _FACT.search(sentence):
                said = redact(_MENTION.sub("", sentence).strip())[0]
                made.append(said if len(said) <= LONGEST else said[: LONGEST - 1].rstrip() + "…")
    return list(dict.fromkeys(made))[:MOST]
