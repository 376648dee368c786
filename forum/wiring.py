"""The nervous system on one page: which event calls whom, which job name runs what, what runs by the clock."""

from datetime import time, timedelta
from functools import partial

from forum.accounts import events as accounts
from forum.accounts import jobs as account_jobs
from forum.accounts.traces import remember_network
from forum.activity.record import forget, record
from forum.catalog import events as catalog
from forum.catalog import synonyms
from forum.core.events import subscribe, wired
from forum.importers import uploads
from forum.jobs import mail
from forum.jobs.worker import Function, Periodic, Worker
from forum.notifications import company as company_notices
from forum.notifications import handlers as notices
from forum.notifications import jobs as notice_jobs
from forum.notifications import programme as programme_notices
from forum.notifications import recognition as recognition_notices
from forum.notifications import social as social_notices
from forum.notifications import tidying as tidying_notices
from forum.recognition import boards, impact, lifecycle, privileges, rest, tags, tidying, yearly
from forum.recognition import events as recognition
from forum.recognition import handlers as ledger
from forum.recognition import jobs as recognition_jobs
from forum.recognition.badges import events as badges
from forum.recognition.badges import jobs as badge_jobs
from forum.recognition.closing import outcomes, thanks
from forum.recognition.credentials import events as credentials
from forum.recognition.credentials import issuing, proofs
from forum.recognition.fairness import events as fairness
from forum.recognition.fairness import jobs as fairness_jobs
from forum.recognition.findings import events as findings
from forum.recognition.peers import endorsements, mentoring
from forum.recognition.routing import events as routing
from forum.recognition.routing import handlers as routing_handlers
from forum.recognition.routing import jobs as routing_jobs
from forum.recognition.vip import events as vip
from forum.recognition.vip import jobs as vip_jobs
from forum.resolutions import events as resolutions
from forum.resolutions import handlers as resolution_credit
from forum.routes.outside import like_thread
from forum.search import feed
from forum.social import events as social
from forum.social import pictures
from forum.social.channels import events as channels
from forum.social.channels import jobs as channel_jobs
from forum.social.contacts import claims, proposals
from forum.social.contacts import events as contacts
from forum.social.hooks import jobs as hook_jobs
from forum.social.inbox import actions as inbox_actions
from forum.social.inbox import events as inbox
from forum.social.inbox import turning, weighing
from forum.social.incidents import events as incidents
from forum.social.incidents import jobs as incident_jobs
from forum.social.privately import events as privately
from forum.social.privately import letters as private_letters
from forum.social.reading import events as reading
from forum.social.reading import following
from forum.social.reading import jobs as reading_jobs
from forum.social.sharing import drafting, sending
from forum.social.sharing import events as sharing
from forum.social.watching import events as watching
from forum.social.watching import jobs as watching_jobs
from forum.topics import drafts
from forum.topics import events as topics
from forum.topics.reviews import closing, items
from forum.topics.reviews import events as reviews
from forum.votes import events as votes

JOBS: dict[str, Function] = {
    "mail.send": mail.send,
    "catalog.fold_tag": synonyms.fold_tag,
    "accounts.send_reset": account_jobs.send_reset,
    "accounts.sweep": account_jobs.sweep,
    "topics.sweep_drafts": drafts.sweep,
    "notifications.post": notice_jobs.post,
    "notifications.mail": notice_jobs.mail,
    "recognition.settle": recognition_jobs.settle,
    "recognition.ask_outcomes": outcomes.ask,
    "recognition.outcome_letter": outcomes.letter,
    "recognition.thanks_digest": thanks.digest,
    "recognition.thanks_letter": thanks.letter,
    "recognition.renew_labels": endorsements.renew,
    "recognition.end_mentoring": mentoring.finish,
    "recognition.impact": yearly.make,
    "recognition.boards": boards.make,
    "recognition.boards_again": boards.again,
    "recognition.rest": rest.look,
    "recognition.shadow": recognition_jobs.shadow,
    "recognition.privileges": privileges.refresh_all,
    "recognition.detect": fairness_jobs.look,
    "recognition.badges": badge_jobs.look_at,
    "recognition.reconcile": badge_jobs.reconcile,
    "recognition.badge_digest": badge_jobs.digest,
    "recognition.route": routing_jobs.route,
    "recognition.learn_routing": routing_jobs.learn,
    "social.tick": reading_jobs.tick,
    "social.fetch_pictures": pictures.fetch,
    "social.bring_in": uploads.bring_in,
    "social.send": sending.send,
    "social.check_claim": claims.check,
    "social.propose_contacts": proposals.propose,
    "social.take_back": sending.take_back,
    "social.mail_answer": private_letters.mail_answer,
    "social.forget_address": private_letters.forget_address,
    "social.send_due": sending.tick,
    "social.weigh": partial(weighing.weigh, similar=like_thread),
    "social.inbox_tick": partial(weighing.weigh_waiting, similar=like_thread),
    "social.watch": watching_jobs.tick,
    "social.search_rule": watching_jobs.search_rule,
    "incidents.look": incident_jobs.look_for_spikes,
    "social.check_channel": channel_jobs.check,
    "social.reseal": channel_jobs.reseal,
    "social.poll": reading_jobs.poll,
    "social.read_thread": reading_jobs.read_thread,
    "social.read_address": reading_jobs.read_address,
    "social.hooks": hook_jobs.look,
    "search.follow": feed.follow,
    "search.forget": feed.forget,
    "search.learn_likeness": feed.learn_likeness,
    "credentials.add_proof": proofs.add_proof,
    "credentials.rotate": proofs.rotate_when_old,
    "vip.tick": vip_jobs.tick,
    "vip.alumni_letter": vip_jobs.alumni_letter,
}

SCHEDULE = [
    Periodic("search.follow", timedelta(minutes=1)),
    Periodic("social.tick", timedelta(minutes=1)),
    Periodic("social.inbox_tick", timedelta(minutes=1)),
    Periodic("social.watch", timedelta(minutes=1)),
    Periodic("social.send_due", timedelta(minutes=1)),
    Periodic("social.reseal", timedelta(days=1)),
    Periodic("search.learn_likeness", timedelta(days=1)),
    Periodic("recognition.route", timedelta(minutes=5)),
    Periodic("recognition.learn_routing", timedelta(days=1), at=time(3, 30)),
    Periodic("recognition.settle", timedelta(minutes=30)),
    Periodic("recognition.renew_labels", timedelta(days=1), at=time(3, 50)),
    Periodic("recognition.end_mentoring", timedelta(days=1), at=time(3, 55)),
    Periodic("recognition.impact", timedelta(days=1), at=time(4, 0)),
    Periodic("recognition.boards", timedelta(days=1), at=time(6, 0)),
    Periodic("recognition.rest", timedelta(days=1), at=time(19, 0)),
    Periodic("recognition.ask_outcomes", timedelta(hours=6)),
    Periodic("recognition.thanks_digest", timedelta(days=7)),
    Periodic("recognition.privileges", timedelta(hours=6)),
    Periodic("recognition.shadow", timedelta(days=1), at=time(2, 40)),
    Periodic("recognition.detect", timedelta(days=1), at=time(3, 0)),
    Periodic("recognition.reconcile", timedelta(days=1), at=time(2, 10)),
    Periodic("recognition.badge_digest", timedelta(days=1), at=time(8, 0)),
    Periodic("accounts.sweep", timedelta(days=1)),
    Periodic("topics.sweep_drafts", timedelta(days=1)),
    Periodic("credentials.rotate", timedelta(days=1)),
    Periodic("vip.tick", timedelta(minutes=5)),
    Periodic("vip.alumni_letter", timedelta(days=1)),
]


def wire() -> None:
    """Join events to handlers. `record` is first: what happened is written down before anybody reacts."""
    if wired():
        return
    _wire_accounts()
    _wire_topics()
    _wire_tidying()
    _wire_verdicts()
    _wire_reviews()
    _wire_votes()
    _wire_outcomes()
    _wire_recognition()
    _wire_elsewhere()
    _wire_triage()
    _wire_badges()
    _wire_routing()
    _wire_programme()
    _wire_credentials()


def _wire_accounts() -> None:
    subscribe(accounts.MemberJoined, record)
    subscribe(accounts.MailConfirmed, record)
    subscribe(accounts.SignedIn, record, remember_network)
    subscribe(accounts.SessionsEnded, record)
    subscribe(accounts.PasswordChanged, record)
    subscribe(accounts.MemberLeaving, record, forget, claims.forget_leaving, lifecycle.forget_leaving, feed.note_leaving)
    subscribe(accounts.ProfileChanged, record)
    subscribe(accounts.MemberBlocked, mentoring.part)
    subscribe(accounts.RoleChanged, record)
    subscribe(accounts.MemberSuspended, record)
    subscribe(accounts.MemberReinstated, record)


def _wire_topics() -> None:
    subscribe(
        topics.TopicAsked,
        record,
        items.note_first_post,
        notices.tell_mentioned,
        feed.note_change,
        incident_jobs.note_news,
    )
    subscribe(
        topics.AnswerPosted,
        record,
        items.note_first_post,
        routing_handlers.close_invitation,
        notices.tell_mentioned,
        notices.tell_followers,
        feed.note_change,
        badge_jobs.consider,
    )
    subscribe(
        topics.CommentPosted,
        record,
        items.note_first_post,
        notices.tell_mentioned,
        notices.tell_author_of_parent,
        badge_jobs.consider,
    )
    subscribe(topics.NotePosted, record)
    subscribe(topics.PostEdited, record, following.lock_edited, feed.note_change, badge_jobs.consider)
    subscribe(
        topics.PostWithdrawn,
        record,
        ledger.void_withdrawn,
        items.act_on_removal,
        impact.refresh_author,
        feed.note_change,
        badge_jobs.consider,
    )
    subscribe(
        topics.PostReturned,
        record,
        ledger.restore_returned,
        items.undo_on_return,
        impact.refresh_author,
        feed.note_change,
        badge_jobs.consider,
    )
    subscribe(topics.PostConverted, record, ledger.follow_conversion, impact.refresh_author, feed.note_change)
    subscribe(topics.DetailsAsked, record, notices.tell_asker_details, feed.note_change)
    subscribe(topics.DetailsGiven, record, feed.note_change)
    subscribe(topics.TopicStateChanged, record, closing.forget_votes, feed.note_change)
    subscribe(topics.QuestionDeflected, record)
    subscribe(catalog.TopicRetagged, record, tags.follow_retag, feed.note_change)
    subscribe(catalog.SynonymProposed, record)
    subscribe(catalog.SynonymAccepted, record, tidying_notices.tell_synonym)
    subscribe(catalog.SynonymDeclined, record, tidying_notices.tell_synonym)


def _wire_tidying() -> None:
    subscribe(topics.VersionRestored, record, tidying.follow_restore, feed.note_change, badge_jobs.consider)
    subscribe(topics.EditSuggested, record, tidying_notices.tell_suggested)
    subscribe(
        topics.SuggestionAccepted,
        record,
        tidying.credit_edit,
        tidying_notices.tell_decided,
        feed.note_change,
        badge_jobs.consider,
    )
    subscribe(topics.SuggestionDeclined, record, tidying_notices.tell_decided)
    subscribe(topics.SuggestionWithdrawn, record)
    subscribe(topics.DuplicateLinked, record, notices.tell_asker_duplicate, feed.note_change)
    subscribe(topics.DuplicateUnlinked, record)
    subscribe(
        topics.DuplicateConfirmed,
        record,
        tidying.credit_duplicate,
        tidying_notices.tell_linker,
        badge_jobs.consider,
        feed.note_change,
    )
    subscribe(
        topics.TopicsMerged,
        record,
        tidying.void_second_me_toos,
        impact.refresh_merged,
        tidying_notices.tell_merged,
        feed.note_merge,
    )
    subscribe(topics.TopicsUnmerged, record, tidying.restore_second_me_toos, impact.refresh_merged, feed.note_merge)
    subscribe(topics.DuplicateUnconfirmed, record, tidying.reverse_duplicate, badge_jobs.consider, feed.note_change)


def _wire_verdicts() -> None:
    subscribe(
        topics.AnswerAccepted,
        record,
        ledger.credit_solution,
        badge_jobs.consider,
        impact.refresh_author,
        notices.tell_solver,
        notices.tell_waiting,
        feed.note_change,
    )
    subscribe(topics.AnswerUnaccepted, record, ledger.reverse_solution, impact.refresh_author, feed.note_change)
    subscribe(topics.HelperCredited, record, ledger.credit_helper, badge_jobs.consider, recognition_notices.tell_led_there)
    subscribe(topics.HelperUncredited, record, ledger.reverse_helper)
    subscribe(
        topics.AnswerMadeOfficial,
        record,
        ledger.credit_verified,
        notices.tell_author_and_asker,
        feed.note_change,
        badge_jobs.consider,
    )
    subscribe(topics.DefectConfirmed, record, company_notices.tell_defect)
    subscribe(topics.DefectFixed, record, company_notices.tell_defect, badge_jobs.consider)
    subscribe(topics.DefectUnlinked, record)
    subscribe(topics.OfficialMarkRemoved, record, ledger.reverse_verified, feed.note_change)


def _wire_reviews() -> None:
    subscribe(reviews.FlagRaised, record)
    subscribe(reviews.ReviewGiven, record)
    subscribe(reviews.ItemDecided, record)
    subscribe(reviews.FlagDecided, record, ledger.credit_flag, recognition_notices.tell_flagger, badge_jobs.consider)
    subscribe(reviews.ReviewWeighed, record, ledger.credit_review, badge_jobs.consider)
    subscribe(reviews.StateVoteCast, record)
    subscribe(reviews.StateVoteTakenBack, record)


def _wire_votes() -> None:
    subscribe(
        votes.VoteCast, record, ledger.credit_helpful, impact.refresh_author, badge_jobs.consider, fairness_jobs.notice_burst
    )
    subscribe(votes.VoteTakenBack, record, ledger.reverse_helpful, impact.refresh_author, badge_jobs.consider)
    subscribe(votes.MeTooPressed, record, ledger.credit_me_too, impact.refresh_solvers, badge_jobs.consider)
    subscribe(votes.MeTooTakenBack, record, ledger.reverse_me_too, impact.refresh_solvers)
    subscribe(votes.AnswerMarked, record, ledger.credit_works, impact.refresh_author)
    subscribe(votes.AnswerUnmarked, record, ledger.reverse_works, impact.refresh_author)


def _wire_recognition() -> None:
    subscribe(recognition.Endorsed, record, recognition_notices.tell_endorsed)
    subscribe(recognition.TagReviewDecided, record, recognition_notices.tell_review)
    subscribe(recognition.MentoringChanged, record, recognition_notices.tell_mentoring)
    subscribe(recognition.HelpAnswered, record)
    subscribe(recognition.RecognitionChosen, record, boards.follow_choice)
    subscribe(recognition.GuideFinished, record, privileges.follow_guide, badge_jobs.consider)
    subscribe(recognition.ThanksShown, record)
    subscribe(recognition.YearReady, record, recognition_notices.tell_year)
    subscribe(recognition.RestSuggested, recognition_notices.tell_rest)
    subscribe(recognition.Thanked, record, recognition_notices.tell_thanked)
    subscribe(recognition.FindingRecorded, record, recognition_notices.tell_finding)
    subscribe(findings.FindingObjected, record)
    subscribe(findings.ObjectionAnswered, record, recognition_notices.tell_objection)
    subscribe(recognition.PointsAdjusted, record, recognition_notices.tell_adjusted)
    subscribe(recognition.PrivilegesUnlocked, record, recognition_notices.tell_unlocked)
    subscribe(recognition.PrivilegesChanged, record)
    subscribe(recognition.PrivilegeSuspended, record, recognition_notices.tell_suspended)


def _wire_outcomes() -> None:
    subscribe(
        resolutions.ResolutionPublished,
        record,
        resolution_credit.credit_writers,
        drafting.draft_shares,
        notices.tell_credited,
        badge_jobs.consider,
        feed.note_change,
    )
    subscribe(resolutions.ArticleProposed, record)
    subscribe(
        resolutions.ArticleAccepted, record, resolution_credit.credit_proposer, tidying_notices.tell_article, badge_jobs.consider
    )
    subscribe(resolutions.ArticleDeclined, record, tidying_notices.tell_article)
    subscribe(resolutions.ArticleTakenBack, record)
    subscribe(resolutions.ArticleHelped, record, resolution_credit.credit_helped, badge_jobs.consider)
    subscribe(resolutions.ResolutionChanged, record, drafting.draft_corrections, feed.note_change)
    subscribe(
        resolutions.ResolutionWithdrawn, record, resolution_credit.reverse_writers, drafting.draft_withdrawals, feed.note_change
    )
    subscribe(social.ThreadPublished, record, turning.note_published, feed.note_change, pictures.note_thread)
    subscribe(social.ThreadIgnored, record, turning.note_ignored)
    subscribe(social.ThreadReopened, record)


def _wire_elsewhere() -> None:
    subscribe(channels.ChannelConnected, record)
    subscribe(channels.ChannelChanged, record)
    subscribe(channels.ChannelNeedsSigningIn, record, social_notices.tell_signing_in)
    subscribe(sharing.ShareDrafted, record)
    subscribe(sharing.ShareAwaiting, record, social_notices.tell_second_reader)
    subscribe(sharing.ShareApproved, record)
    subscribe(sharing.ShareSent, record, inbox_actions.note_reply, badge_jobs.consider)
    subscribe(sharing.ShareStuck, record, social_notices.tell_stuck)
    subscribe(sharing.ShareDropped, record)
    subscribe(sharing.DelegationChanged, record, social_notices.tell_delegated)
    subscribe(sharing.DelegationStopped, record)
    subscribe(sharing.ShareWithdrawn, record)
    subscribe(contacts.AccountClaimed, record, social_notices.tell_claimed)
    subscribe(contacts.ClaimFailed, record, social_notices.tell_claim_tried)
    subscribe(contacts.ClaimEnded, record)
    subscribe(contacts.AccountMarked, record, weighing.note_marked)
    subscribe(contacts.ContactsMerged, record)
    subscribe(contacts.MergeUndone, record)
    subscribe(contacts.PrivacyAsked, record)
    subscribe(contacts.OutsideAuthorsChanged, record, feed.note_change)
    subscribe(reading.ThreadAsked, record)
    subscribe(
        reading.ThreadArrived, record, proposals.look_later, weighing.note_thread, incident_jobs.note_news, pictures.note_thread
    )
    subscribe(
        reading.ThreadGrew, record, proposals.look_later, weighing.note_thread, incident_jobs.note_news, pictures.note_thread
    )
    subscribe(reading.OutsidePostsChanged, record, feed.note_erasure, pictures.note_thread)
    subscribe(reading.OutsidePostsErased, record, feed.note_erasure)


def _wire_triage() -> None:
    subscribe(inbox.ThreadTurned, record)
    subscribe(inbox.ThreadAssigned, record)
    subscribe(inbox.ThreadAttached, record, inbox_actions.note_attached, feed.note_change, pictures.note_thread)
    subscribe(inbox.ThreadPasted, record)
    subscribe(inbox.PendingApproved, record)
    subscribe(watching.RuleChanged, record)
    subscribe(watching.RulePaused, record)
    subscribe(privately.CaseOpened, record)
    subscribe(privately.CaseAnswered, record, private_letters.write_to_customer, social_notices.tell_case)
    subscribe(privately.CaseClosed, record, private_letters.forget_later)
    subscribe(privately.CaseWithdrawn, record)
    subscribe(incidents.IncidentSuspected, record)
    subscribe(incidents.IncidentConfirmed, record)
    subscribe(incidents.IncidentDismissed, record)
    subscribe(incidents.IncidentsMerged, record)
    subscribe(incidents.IncidentReworded, record)
    subscribe(incidents.IncidentClosed, record, social_notices.tell_over)
    subscribe(incidents.TroubleWordsChanged, record)


def _wire_badges() -> None:
    subscribe(badges.BadgeEarned, record, notices.tell_badge)
    subscribe(badges.BadgesSummed, record, notices.tell_badges)
    subscribe(badges.BadgeVoided, record, issuing.revoke_voided)
    subscribe(badges.BadgeChanged, record)
    subscribe(fairness.CaseOpened, record)
    subscribe(fairness.CaseDecided, record)
    subscribe(fairness.DoubtAppealed, record)
    subscribe(fairness.VotesDoubted, record, recognition_notices.tell_doubted)
    subscribe(fairness.VotesRestored, record, recognition_notices.tell_restored)


def _wire_routing() -> None:
    subscribe(routing.InvitationSent, record, recognition_notices.tell_invited)
    subscribe(routing.VolunteerInvited, record, recognition_notices.tell_invited)
    subscribe(routing.InvitationTaken, record)


def _wire_programme() -> None:
    subscribe(vip.CriteriaAnnounced, record, programme_notices.tell_criteria)
    subscribe(vip.SeasonPrepared, record)
    subscribe(vip.SeasonPublished, record, programme_notices.tell_season)
    subscribe(vip.AppealMade, record)
    subscribe(vip.AppealAnswered, record, programme_notices.tell_appeal)
    subscribe(vip.MemberNominated, record, programme_notices.tell_nominee)
    subscribe(vip.NominationCommented, record)
    subscribe(vip.OfferChanged, record)
    subscribe(vip.SeatsOffered, record, programme_notices.tell_seats)
    subscribe(vip.InvitationGone, record, programme_notices.forget_invitation)
    subscribe(vip.OfferWithdrawn, record, programme_notices.tell_withdrawn)
    subscribe(vip.OfferHeld, record)
    subscribe(vip.MissedAgain, record, programme_notices.ask_kindly)
    subscribe(vip.NeedsSeen, record)
    subscribe(vip.EmbargoEnds, record, programme_notices.tell_embargo_ends)
    subscribe(vip.EmbargoLifted, record, programme_notices.tell_lifted)
    subscribe(vip.PreviewReportWritten, record)
    subscribe(vip.PreviewReportRead, record, company_notices.tell_report, badge_jobs.consider)


def _wire_credentials() -> None:
    subscribe(credentials.CredentialIssued, record)
    subscribe(credentials.CredentialRevoked, record)
    subscribe(credentials.HolderKeyProved, record)
    subscribe(credentials.HolderKeyRemoved, record)


def worker() -> Worker:
    wire()
    return Worker(JOBS, SCHEDULE)
