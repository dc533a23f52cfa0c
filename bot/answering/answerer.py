"""Answers questions from one story: every front end asks here, and only here.

A reply is what people wrote: an entry's answer with its paragraphs, what is denied and what was found later. Nothing is
generated; the engine's own sentences stand in `bot.i18n`.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property

from msgspec.structs import replace

from bot.answering.combined_reply import combine
from bot.answering.entry_replies import EntryReplies
from bot.answering.explanation import decision_reason, describe_terms
from bot.answering.matcher_input import build_index, update_index
from bot.answering.reply import Option, Reply
from bot.answering.roles import asked_role, has_role
from bot.i18n.messages import messages
from bot.matching.analysis import Analysis
from bot.matching.features import Candidate, unmatched_share
from bot.matching.guess import is_guess
from bot.matching.index import Index
from bot.matching.matcher import EXACT_CONFIDENCE, MAX_OPTIONS, Match, Matcher
from bot.matching.splitting import split_questions
from bot.matching.weights import Weights
from bot.nlp.language_detection import detect_language
from bot.nlp.languages import Language
from bot.nlp.lexicon import load_lexicon
from bot.story.derived import ROLE
from bot.story.entry import Entry
from bot.story.models import Story

MAX_NAMED_TERMS = 2
"""Terms that are named as unknown; a list of more of them does not help."""
MIN_NEAREST_CONFIDENCE = 0.05
"""Confidence from which an entry that is not good enough to answer is still shown as the nearest."""
MAX_UNMATCHED_SHARE = 0.4
"""Share of the question that the nearest entry may leave unmatched: pizza in Toronto is not about somebody's riding there."""
MAX_TYPED = 100
"""Characters read of what somebody is typing: suggestions are made at every key."""
MAX_LOOKUPS = 6
"""Words of it that are looked up as misspelt."""


class Answerer:
    """Answers from one story. Pure and immutable: a changed story is answered by another one.

    index: that of the story, if there is one already.
    """

    def __init__(self, story: Story, weights: Weights, index: Index | None = None) -> None:
        self.story = story
        self.matcher = Matcher(index or build_index(story), weights)
        self._entry_replies = EntryReplies(story)

    def warm(self) -> None:
        """Compute beforehand what every question needs; see `Index.warm`."""
        self.matcher.index.warm()

    def updated(self, story: Story) -> "Answerer":
        """Return an answerer for a changed story, which reuses what has not changed."""
        return Answerer(story, self.matcher.weights, update_index(self.matcher.index, story))

    def reply(self, question: str, context: Sequence[str] = ()) -> Reply:
        """Return the reply to `question`. context: the questions asked before it in the conversation, the latest last."""
        return self.reply_with_match(question, context)[0]

    def reply_with_match(self, question: str, context: Sequence[str] = ()) -> tuple[Reply, Match]:
        """Return the reply and the match it rests on; of several questions in a message, that of the first answer shown."""
        parts = split_questions(question)
        if parts and not self.matcher.is_single_question(question):
            combined = self._combined(parts, context)
            if combined is not None:
                return combined
        match = self.matcher.match(question, context)
        language = detect_language(match.question.tokens)
        role = asked_role(match, self.story, self.matcher.index.analyzer)
        if role is not None:
            return self._role(role, language), match
        if match.decision == "answer":
            return self._answer(match, language), match
        if _is_empty(match.question):
            text, reason = messages(language).reply.empty_question, "It has no word that asks about anything."
            return Reply("abstain", text, reason, 0.0, empty_question=True, language=language), match
        if match.decision == "clarify":
            return self._clarify(match, language), match
        return self._abstain(match, language), match

    def entry_reply(self, id: str, language: Language = "en") -> Reply:
        """Return the reply that shows one entry. Raise KeyError where there is none."""
        return replace(self._entry_replies.get(id, language), reason="You chose this question.")

    def suggest(self, text: str, limit: int) -> list[tuple[str, str]]:
        """Return (id, question) of the entries closest to what has been typed so far, best first; all in order for no text."""
        text = text[:MAX_TYPED]
        analysis = self.matcher.index.analyzer.analyze(text, MAX_LOOKUPS)
        ranked = self.matcher.rank(analysis, include_all=True) if analysis.terms else ()
        closest = [candidate.entry for candidate in ranked]
        typed = " ".join(text.casefold().split())
        containing = [id for id, question in self._folded_questions.items() if typed and typed in question]
        rest = () if typed else tuple(self.story.entries)
        ids = dict.fromkeys([*closest[: limit // 2], *containing, *closest, *rest])
        return [(id, self.story.entries[id].question) for id in list(ids)[:limit]]

    @cached_property
    def _folded_questions(self) -> Mapping[str, str]:
        return {entry.id: entry.question.casefold() for entry in self.story.entries.values()}

    def _combined(self, parts: Sequence[str], context: Sequence[str]) -> tuple[Reply, Match] | None:
        """Return one reply to several questions, and the match of the first answer that the article covers.

        None where none of them is answered, or where all that could be said of some is that the article does not say.
        """
        matches = self.matcher.match_all(parts, context)
        language = detect_language([token for match in matches for token in match.question.tokens])
        answered = [match for match in matches if match.decision == "answer"]
        replies = [self._answer(match, language) for match in answered]
        if not replies or (len(replies) < len(parts) and replies[0].standing == "not_covered"):
            return None
        first = next((reply for reply in replies if reply.standing != "not_covered"), replies[0])
        reply = combine(replies, first, len(parts), language)
        return (reply, answered[replies.index(first)]) if reply else None

    def _answer(self, match: Match, language: Language) -> Reply:
        reply = self._entry_replies.get(match.candidates[0].entry, language)
        return replace(reply, confidence=round(match.confidence, 4), reason=decision_reason(match, self.story))

    def _role(self, entry: Entry, language: Language) -> Reply:
        reason = "It asks only who or what that is, and no entry asks the same: people.yaml tells it."
        return replace(self._entry_replies.get(entry.id, language), confidence=EXACT_CONFIDENCE, reason=reason)

    def _clarify(self, match: Match, language: Language) -> Reply:
        return Reply(
            "clarify",
            messages(language).reply.which_one,
            decision_reason(match, self.story),
            round(match.confidence, 4),
            options=tuple(self._option(candidate) for candidate in match.candidates[:MAX_OPTIONS]),
            guess=self._guess(match, language),
            language=language,
        )

    def _guess(self, match: Match, language: Language) -> Reply | None:
        """Return the reply of the first candidate if that is probably meant; 'the article does not say' is no good guess."""
        if not is_guess(match, self.matcher.weights):
            return None
        reply = self._entry_replies.get(match.candidates[0].entry, language)
        return reply if reply.standing != "not_covered" else None

    def _option(self, candidate: Candidate) -> Option:
        reply = self._entry_replies.get(candidate.entry, "en")
        label = self.story.entries[candidate.entry].label or reply.question or ""
        return Option(candidate.entry, reply.question or "", label, reply.full_text, reply.citations)

    def _abstain(self, match: Match, language: Language) -> Reply:
        """Return the reply that says there is no answer, and the nearest entry, if any, with what it does not speak of."""
        say, nearest = messages(language).reply, self._nearest(match, language)
        unknown = match.candidates[0].unmatched if nearest else ()
        described = next((term for term in unknown if has_role(term, self.story)), None)
        if described:  # what it is may not be what was asked, but nobody is told that there is nothing about it
            nearest = self._entry_replies.get(ROLE + described[1:], language)
            told = self.matcher.index.analyzer.analyze(f"{nearest.question} {nearest.answer}").terms
            unknown = tuple(term for term in match.question.own_terms if term not in told)
        terms = ""
        if len(unknown) <= MAX_NAMED_TERMS:
            terms = describe_terms(unknown, self.story, match.question.surface_forms, language)
        return Reply(
            "abstain",
            say.no_answer.format(subject=self.story.subject or say.quote.format(text=self.story.title)),
            decision_reason(match, self.story),
            round(match.confidence, 4),
            nearest=nearest,
            unknown_terms=terms,
            language=language,
        )

    def _nearest(self, match: Match, language: Language) -> Reply | None:
        """Return the reply of the closest thing that the article says, if it is close enough to be worth showing."""
        if not match.candidates or match.confidence < MIN_NEAREST_CONFIDENCE:
            return None
        first = match.candidates[0]
        if unmatched_share(match.question, first, self.matcher.index) > MAX_UNMATCHED_SHARE:
            return None
        said = self._closest_said(self.story.entries[first.entry])
        return self._entry_replies.get(said.id, language) if said else None

    def _closest_said(self, entry: Entry) -> Entry | None:
        """Return an entry, or in place of one that the article does not cover, the nearest that it does, if any."""
        said = self.story.entries.get(entry.nearest or "") if entry.standing == "not_covered" else entry
        return said if said and said.standing not in ("not_covered", "defined") else None


def _is_empty(question: Analysis) -> bool:
    """Return whether nothing in a question means anything, not even by the question before it: 'ok thanks'."""
    tokens = [token for term in question.own_terms for token in question.surface_tokens(term)]
    return load_lexicon().small_talk.issuperset(tokens) and not question.context_terms
