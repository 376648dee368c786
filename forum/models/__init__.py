"""All tables, so that one import knows the whole schema."""

from forum.models.accounts import Attempt, FormKey, LinkPurpose, MailLink, Member, MemberBlock, Role, SignInSession, Theme
from forum.models.activity import Activity
from forum.models.archives import Archive, ArchiveState
from forum.models.badges import BadgeAward, BadgeSetting
from forum.models.boards import BoardRow, HelpSaid, ImpactMonth, Readership
from forum.models.catalog import Product, Section, SectionKind, Tag, TagSynonym, TopicTag, Visibility
from forum.models.channels import (
    Channel,
    ChannelCursor,
    ChannelGap,
    ChannelRate,
    ChannelSecret,
    ChannelSpending,
    ChannelState,
    HookDelivery,
    HookKind,
)
from forum.models.contacts import (
    AccountClaim,
    ClaimMethod,
    ClaimState,
    Contact,
    ContactIdentity,
    ContactMerge,
    ContactProposal,
    Delegation,
    DelegationLevel,
    PrivacyKind,
    PrivacyRequest,
    ProposalMark,
)
from forum.models.credentials import Credential, HolderKey
from forum.models.fairness import BrowserTrace, FraudCase, FraudMember, FraudState, FraudVote, NetworkTrace
from forum.models.feedback import OutcomeRequest, OutcomeSaid, ThankNote
from forum.models.incidents import Incident, IncidentReport, IncidentState, SpikeTerm, TroubleWords
from forum.models.jobs import Job, JobState
from forum.models.notifications import Notice, NoticeKind
from forum.models.peers import (
    DraftShown,
    Endorsement,
    Mentor,
    Mentorship,
    MentorshipState,
    ReviewOutcome,
    TagLabel,
    TagReview,
    TagReviewVote,
)
from forum.models.programme import (
    Basis,
    OfferKind,
    OfferState,
    PreviewReport,
    ReportState,
    SeatState,
    Tier,
    VipAppeal,
    VipComment,
    VipConsent,
    VipInvitation,
    VipNomination,
    VipOffer,
    VipPlace,
    VipRule,
    VipSeason,
    VipSnapshot,
)
from forum.models.recognition import (
    LedgerKind,
    PointsProposal,
    PrivilegeHold,
    ProposalState,
    RecognitionChoices,
    RepDay,
    RepEvent,
    RepSubject,
    RepTag,
    SiteChoice,
)
from forum.models.resolutions import (
    ArticleProposal,
    ArticleSaid,
    ArticleState,
    Credit,
    CreditRole,
    Resolution,
    ResolutionState,
)
from forum.models.reviews import (
    Flag,
    FlagReason,
    FlagState,
    Objection,
    ReviewItem,
    ReviewKind,
    ReviewOpinion,
    ReviewState,
    StateVote,
    StateWish,
    Verdict,
)
from forum.models.routing import Availability, InviteState, RoutingInvite, RoutingModel, RoutingProfile
from forum.models.search import SearchOutbox
from forum.models.shares import SENT, Share, ShareAttempt, SharePurpose, ShareState, ShareVisit
from forum.models.social import (
    AccountKind,
    AccountState,
    ExternalAccount,
    ExternalHandle,
    ExternalPost,
    ExternalPostRevision,
    ExternalPostState,
    ImportProblem,
    ImportRun,
    LegacyId,
    MapRole,
    Platform,
    PostMap,
    Privacy,
    ReadingRequest,
    ReadingState,
    ThreadLink,
    ThreadOrigin,
    ThreadRun,
    TriageState,
)
from forum.models.tidying import DuplicateSaid, SuggestedEdit, SuggestionState, TopicMerge
from forum.models.topics import (
    Acceptance,
    Audience,
    Defect,
    Draft,
    Follow,
    Image,
    OfficialMark,
    Post,
    PostKind,
    PostState,
    Revision,
    Topic,
    TopicKind,
    TopicState,
)
from forum.models.triage import (
    CaseState,
    PrivateCase,
    PrivateMessage,
    RuleHit,
    RuleKind,
    RuleState,
    Severity,
    ThreadCluster,
    ThreadDecision,
    ThreadWeight,
    WatchRule,
)
from forum.models.votes import AnswerMark, MarkKind, MeToo, Vote

__all__ = [name for name in dir() if name[0].isupper()]
