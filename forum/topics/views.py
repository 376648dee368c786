"""View models: everything the topic templates need, and nothing else."""

from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class PersonView:
    """An author: a member, a former member, or somebody elsewhere."""

    name: str
    initials: str
    hue: int
    url: str | None = None
    role: str = ""
    """"Northwind staff", "Network Care, Northwind staff", "moderator", or empty."""
    staff: bool = False
    platform: str = ""
    """Set for an author from elsewhere; `url` then leads there."""
    solved: int = 0


@dataclass(frozen=True, slots=True)
class TagView:
    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class TopicRow:
    """One line of a list; see components/question_row.html."""

    id: int
    url: str
    title: str
    kind: str
    state: str
    state_label: str
    has_official: bool
    section_name: str
    section_url: str
    tags: list[TagView]
    author_name: str
    created_at: datetime
    answer_count: int
    me_too_count: int
    platform: str | None = None


@dataclass(frozen=True, slots=True)
class OutsideMedium:
    """A picture, video or other file that a post elsewhere shows. `src`: our small copy of it, where there is one."""

    kind: str
    src: str
    width: int
    height: int
    alt: str
    sensitive: bool
    url: str
    network: str


@dataclass(frozen=True, slots=True)
class CommentView:
    id: int
    author: PersonView
    at: datetime
    edited: bool
    html: str
    media: list[OutsideMedium]
    note: bool
    """Staff only."""
    disclosure: str
    """"Early access from …", where the author received the product early."""
    may_edit: bool
    may_withdraw: bool
    may_flag: bool
    may_remove: bool
    """Somebody else's, by a moderator, with a reason."""


@dataclass(frozen=True, slots=True)
class DefectView:
    """What the company confirmed because of a post."""

    reference: str
    fixed_at: datetime | None


@dataclass(frozen=True, slots=True)
class OfficialView:
    by: str
    at: datetime
    scope: str
    review_by: date
    overdue: bool


@dataclass(frozen=True, slots=True)
class AcceptedView:
    by: str
    by_asker: bool
    at: datetime
    merged: bool = False
    """For a question that was merged into this one."""


@dataclass(frozen=True, slots=True)
class PostView:
    """A question or an answer. `id` makes the anchor: `a-7`."""

    id: int
    topic_id: int
    kind: str
    author: PersonView
    at: datetime
    html: str
    folded: bool
    """Longer than a screenful; shown behind "Show all"."""
    state: str
    removed_reason: str
    edits: int
    """How often it changed after it was posted; the history page shows them."""
    edited_at: datetime | None
    accepted: AcceptedView | None
    official: OfficialView | None
    defect: DefectView | None
    helpful: int | None
    """None while an answer is so young that a number would only lead others."""
    not_helpful: int | None
    """None unless the reader may see both apart."""
    works: int
    outdated: int
    dangerous: int
    my_vote: int
    my_marks: frozenset[str]
    media: list[OutsideMedium]
    comments: list[CommentView]
    disclosure: str
    may_vote: bool
    why_not_vote: str
    why_not_down: str
    """What would unlock "not helpful"; empty when it is open or nothing may be voted."""
    credited: bool
    """The person who asked says that it led them to their own solution."""
    may_accept: bool
    may_credit: bool
    may_thank: bool
    may_verify: bool
    may_link_defect: bool
    may_mark: bool
    may_comment: bool
    may_edit: bool
    may_suggest: bool
    suggestion: int | None
    """A suggested edit that the reader may decide about."""
    may_withdraw: bool
    may_remove: bool
    may_flag: bool
    may_return: bool
    may_convert: bool


@dataclass(frozen=True, slots=True)
class PrivateView:
    """Part of it went on in private."""

    since: datetime
    open: bool
    outcome: str


@dataclass(frozen=True, slots=True)
class LinkView:
    url: str
    title: str
    state: str
    state_label: str
    has_official: bool
    topic_url: str = ""
    """The topic itself, when `url` leads to its resolution."""


@dataclass(frozen=True, slots=True)
class OriginView:
    """A thread elsewhere that this topic answers."""

    platform: str
    network: str
    """"Mastodon"."""
    author: str
    """Handle or pseudonym, as may be shown."""
    url: str
    posts: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of "Life of this question"."""

    text: str
    at: datetime
    icon: str = ""
    platform: str = ""
    tone: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class AskedView:
    """Somebody who was invited to answer, and why; for staff."""

    name: str
    url: str
    text: str


@dataclass(frozen=True, slots=True)
class EarlierView:
    """The earlier question that one is linked to, and whether it is the same."""

    url: str
    title: str
    solved: bool
    confirmed: bool
    said: bool
    """The reader says that it is."""
    may_confirm: bool


@dataclass(frozen=True, slots=True)
class MergedView:
    """A question that was merged into the one on the page."""

    post_id: int
    state: str
    title: str
    html: str
    author: PersonView
    at: datetime
    undo_url: str
    may_flag: bool
    may_withdraw: bool
    may_return: bool


@dataclass(frozen=True, slots=True)
class ServiceNotice:
    """Something wrong that everybody should know of, and where to read on."""

    url: str
    text: str


@dataclass(frozen=True, slots=True)
class TopicPage:
    id: int
    url: str
    title: str
    description: str
    kind: str
    state: str
    state_label: str
    audience: str
    section_name: str
    section_url: str
    product: str
    """"Hub 3, firmware 4.1", or empty."""
    asked_at: datetime
    closed_reason: str
    needs_info_text: str
    tags: list[TagView]
    question: PostView
    official: PostView | None
    """Shown first and apart; also stands among `answers` only if it is not official."""
    answers: list[PostView]
    answer_count: int
    more_url: str | None
    speed: str
    """"First answer in 19 minutes, solved in 38", or empty."""
    me_too: int
    my_me_too: bool
    following: bool
    duplicate_of: EarlierView | None
    merged: list[MergedView]
    origins: list[OriginView]
    timeline: list[Moment]
    similar: list[LinkView]
    looking: str
    """Who was invited and is looking at it just now, or empty."""
    asked: list[AskedView]
    private: PrivateView | None
    notices: list[ServiceNotice]
    notes: list[CommentView]
    embargo_until: datetime | None
    """The reader has a seat at its product's preview, and keeps back what they know until then."""
    draft_body: str
    resolution_url: str | None
    may_answer: bool
    why_not_answer: str
    may_me_too: bool
    may_follow: bool
    may_note: bool
    may_ask_details: bool
    may_close: bool
    state_votes: int | None
    """How many would close it, or open it again, within the last two weeks; None when the reader does not vote on that."""
    may_link_duplicate: bool
    may_invite: bool
    may_merge: bool
    may_write_resolution: bool
    article: "ArticleChoice | None"
    asks_whose: bool
    """Its asker solved it themselves: whose answer led them there?"""
    wrote_here: bool
    """The reader's own reading does not count."""
    is_mine: bool
    indexable: bool


@dataclass(frozen=True, slots=True)
class ArticleChoice:
    """Where somebody proposes an article, or reads their own; or the sentence that stands there instead."""

    url: str
    said: str
    proposed: bool


@dataclass(frozen=True, slots=True)
class ListPage:
    """A filtered list of topics. `tabs` and `chips` carry their own addresses."""

    heading: str
    lede: str
    rows: list[TopicRow]
    tabs: list["Tab"]
    sections: list["Tab"]
    tags: list["Tab"]
    more_url: str | None
    first_url: str | None
    """Back to the first page, on later ones."""
    empty_text: str


@dataclass(frozen=True, slots=True)
class Tab:
    url: str
    label: str
    current: bool = False
    count: int | None = None


@dataclass(frozen=True, slots=True)
class StoryView:
    """A solved topic told on the home page."""

    url: str
    title: str
    how_long: str
    """"Solved in 38 minutes"."""
    fix: str
    solver: PersonView
    helped: int
    has_official: bool


@dataclass(frozen=True, slots=True)
class HomePage:
    stories: list[StoryView]
    rows: list[TopicRow]
    tabs: list[Tab]
    sections: list["SectionView"]
    helpers: list["HelperView"]
    elsewhere: list[OriginView] = field(default_factory=list)
    solved_share: int | None = None
    """Percent of last week's questions solved, when there were enough to say."""
    first_answer: str = ""
    to_review: int = 0
    """Posts that wait for the reader's word, where they review."""


@dataclass(frozen=True, slots=True)
class SectionView:
    slug: str
    name: str
    description: str
    icon: str
    url: str
    topics: int = 0


@dataclass(frozen=True, slots=True)
class HelperView:
    person: PersonView
    text: str


@dataclass(frozen=True, slots=True)
class VersionView:
    """One version on the history page; `parts` is the word-level difference to the one before."""

    number: int
    by: str
    at: datetime
    reason: str
    title_parts: list[tuple[str, str]]
    parts: list[tuple[str, str]]
    """('same' | 'gone' | 'new', text)."""
    tags: str
    current: bool


@dataclass(frozen=True, slots=True)
class HistoryPage:
    post_id: int
    topic_url: str
    topic_title: str
    kind: str
    versions: list[VersionView]
    may_restore: bool


@dataclass(frozen=True, slots=True)
class EditPage:
    post_id: int
    topic_url: str
    topic_title: str
    kind: str
    number: int
    title: str
    body: str
    tags: str
    suggesting: bool
    """Somebody else decides about what is written here."""


@dataclass(frozen=True, slots=True)
class AskPage:
    """What the ask form offers; what was typed lives in the form."""

    sections: list[SectionView]
    products: list[tuple[str, str]]
    tag_names: list[str]
    draft_saved_at: datetime | None
    first_answer: str
    embargoes: list[tuple[str, datetime]]
    """Products the reader knows from a room, and until when they say nothing of it."""
