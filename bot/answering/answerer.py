"""The one door: a question goes in, a Reply comes out. Every front end asks here, and only here.

A reply is what people wrote: an entry's answer with its paragraphs, what is denied and what was found later. Nothing is
generated; the only words of the engine's own are the few sentences in this file.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from bot.i18n.messages import ReplyMessages, join_list, messages
from bot.matching.analysis import Analysis
from bot.matching.document import EntryTexts
from bot.matching.features import Candidate, unmatched_share
from bot.matching.index import Index
from bot.matching.matcher import MAX_OPTIONS, Match, Matcher
from bot.matching.splitting import split_questions
from bot.matching.vocabulary import Vocabulary
from bot.matching.weights import Weights
from bot.nlp.language_detection import detect_language
from bot.nlp.languages import Language
from bot.nlp.lexicon import load_lexicon
from bot.story.entry import Entry, Standing
from bot.story.models import Claim, Development, Story

Outcome = Literal["answer", "clarify", "abstain"]
CAUTIOUS: tuple[Standing, ...] = ("alleged", "denied", "assumed", "said", "reported", "not_covered")
"""Which standing an answer to two questions shows: the most cautious, so that nothing alleged stands as reported."""
LONGEST = 3500
"""Characters up to which two answers are shown as one."""
LONGEST_WORD = 60
"""Letters of a word that are repeated to whoever typed it: some type four thousand without a space."""
FEW = 2
"""Most words that are named as missing: more of them are a list, and no help."""
NEARBY = 0.05
"""Confidence from which an entry that is not good enough to answer is still worth showing as the nearest thing."""
MOST_LEFT = 0.4
"""Share of the question that may be left over for an entry to count as near: pizza in Toronto is not about his riding."""
RELATED = 3
SUGGESTED = 100
"""Characters that are read of what somebody is typing: suggestions are made at every key."""
STRANGE = 6
"""Words of it that are looked up as misspelt ones."""


class Citation(Struct, frozen=True):
    """A paragraph that an answer rests on: its number, what it says in our words, and a link that opens at it."""

    paragraph: int
    gist: str
    url: str


class Option(Struct, frozen=True):
    """One of the two or three entries offered when the bot is not sure."""

    entry: str
    question: str
    answer: str
    citations: tuple[Citation, ...]


class Reply(Struct, frozen=True):
    """What the bot says. `answer` is the whole text to show; `status` is the entry's standing.

    answer: `entry`, `question`, `citations` are set. clarify: `options` holds two or three. abstain: `nearest` may hold
    the closest entry. `confidence` is 0 to 1; `reason` is one plain sentence.
    """

    outcome: Outcome
    answer: str
    reason: str
    confidence: float
    entry: str | None = None
    question: str | None = None
    status: str | None = None
    citations: tuple[Citation, ...] = ()
    developments: tuple[Development, ...] = ()
    options: tuple[Option, ...] = ()
    related: tuple[tuple[str, str], ...] = ()
    """(id, question) of entries worth reading next."""
    nearest: Option | None = None
    missing: str = ""
    """For abstain: what the question asks about that the nearest entry, or the whole base, has nothing of."""
    empty: bool = False
    """Nothing was asked: there was no word to read."""
    language: Language = "en"
    """Of the question: the words around the answer are in it, the answer too where the base has it in that language."""
    frame: str = ""
    """Stands before an answer that is in another language than the question."""

    @property
    def messages(self) -> ReplyMessages:
        """The engine's own words in the reply's language."""
        return messages(self.language).reply

    @property
    def not_found(self) -> str:
        """For abstain: the sentence that says so."""
        say = self.messages
        if self.nearest or not self.missing:
            return say.no_answer
        return f"{say.no_answer} {say.unknown_terms.format(terms=self.missing)}"

    @property
    def heading(self) -> str:
        """For abstain: what stands over the nearest entry."""
        say = self.messages
        return say.nearest_without.format(terms=self.missing) if self.missing else say.nearest


class Answerer:
    """Answers from one story. Pure and immutable: a changed base is a new Answerer.

    index: that of the story, where there is one already.
    """

    def __init__(self, story: Story, weights: Weights, index: Index | None = None) -> None:
        self.story = story
        self.matcher = Matcher(index or _built(story), weights)
        self._entries: dict[tuple[str, Language], Reply] = {}
        """Replies that show an entry, made when they are first wanted."""

    def warm(self) -> None:
        """Works out beforehand what questions need; see `Index.warm`."""
        self.matcher.index.warm()

    def updated(self, story: Story) -> "Answerer":
        """What answers from a changed story: only entries that have changed are read again, unless names or words have."""
        from bot.matching.index_builder import update

        index, words = self.matcher.index, vocabulary(story)
        same = words == index.analyzer.vocabulary
        return Answerer(story, self.matcher.weights, update(index, sources(story)) if same else None)

    def reply(self, question: str, context: Sequence[str] = ()) -> Reply:
        """The reply to `question`; `context` holds the questions asked before it in the conversation, the latest last."""
        return self.explained(question, context)[0]

    def explained(self, question: str, context: Sequence[str] = ()) -> tuple[Reply, Match]:
        """The reply, and the match it came from: of several questions in one message, that of the first answer shown."""
        parts = split_questions(question)
        if parts and not self.matcher.is_single_question(question):
            several = self._several(parts, context)
            if several is not None:
                return several
        match = self.matcher.match(question, context)
        language = detect_language(match.question.tokens)
        if match.decision != "answer" and _asks_nothing(match.question):
            text, why = messages(language).reply.empty_question, "There is no word in it that I can read."
            return Reply("abstain", text, why, 0.0, empty=True, language=language), match
        if match.decision == "answer":
            return self.entry(match.candidates[0].entry, language, match.confidence, self._why(match)), match
        if match.decision == "clarify":
            return self._clarify(match, language), match
        return self._abstain(match, language), match

    def _several(self, parts: Sequence[str], context: Sequence[str]) -> tuple[Reply, Match] | None:
        """The reply to several questions in one message: every answer, or the honest half; None where none is answered."""
        matches = self.matcher.match_all(parts, context)
        language = detect_language([word for match in matches for word in match.question.tokens])
        answered = [match for match in matches if match.decision == "answer"]
        replies = [self.entry(m.candidates[0].entry, language, m.confidence, self._why(m)) for m in answered]
        if not replies or (len(replies) < len(parts) and replies[0].status == "not_covered"):
            return None
        first = next((reply for reply in replies if reply.status != "not_covered"), replies[0])
        texts = list(dict.fromkeys(reply.answer for reply in replies))
        if len(replies) < len(parts):
            texts.append(messages(language).reply.unanswered_part)
        if sum(map(len, texts)) > LONGEST:
            return None
        citations = dict.fromkeys(citation for reply in replies for citation in reply.citations)
        developments = dict.fromkeys(one for reply in replies for one in reply.developments)
        reply = replace(
            first,
            question=" / ".join(dict.fromkeys(reply.question or "" for reply in replies)),
            status=min((reply.status or "reported" for reply in replies), key=CAUTIOUS.index),
            answer="\n\n".join(texts),
            confidence=min(reply.confidence for reply in replies),
            citations=tuple(citations),
            developments=tuple(sorted(developments, key=lambda one: one.sort_key)),
            reason=f"I read it as {len(parts)} questions. {first.reason}",
        )
        return reply, answered[replies.index(first)]

    def entry(
        self, id: str, language: Language = "en", confidence: float = 1.0, reason: str = "You chose this question."
    ) -> Reply:
        """The reply that shows one entry. Raises KeyError where there is none."""
        found = self._entries.get((id, language))
        if found is None:
            found = self._entries[id, language] = self._entry(self.story.entries[id], language)
        return replace(found, confidence=round(confidence, 4), reason=reason)

    def _entry(self, entry: Entry, language: Language) -> Reply:
        shown = self._shown(entry)
        claims = self._claims(shown)
        translated = entry.translations.get(language)
        return Reply(
            outcome="answer",
            answer=self._text(entry, language),
            reason="",
            confidence=1.0,
            entry=entry.id,
            question=translated.question if translated else entry.question,
            language=language,
            frame="" if translated or language == self.story.language else messages(language).reply.language_note,
            status=entry.standing,
            citations=self._citations(entry),
            developments=self._developments(shown, claims),
            related=self._related(entry),
        )

    def suggest(self, text: str, limit: int) -> list[tuple[str, str]]:
        """Return (id, question) of the entries closest to what has been typed so far, best first; all in order for no text."""
        text = text[:SUGGESTED]
        analysis = self.matcher.index.analyzer.analyze(text, STRANGE)
        typed = " ".join(text.casefold().split())
        ranked = (
            [candidate.entry for candidate in self.matcher.rank(analysis, include_all=True)] if analysis.terms else []
        )
        starting = [id for id, question in self._questions.items() if typed and typed in question]
        rest = () if typed else tuple(self.story.entries)
        ids = dict.fromkeys([*ranked[: limit // 2], *starting, *ranked, *rest])
        return [(id, self.story.entries[id].question) for id in list(ids)[:limit]]

    @cached_property
    def _questions(self) -> Mapping[str, str]:
        """The question of each entry, as it is searched while somebody is typing."""
        return {entry.id: entry.question.casefold() for entry in self.story.entries.values()}

    def _shown(self, entry: Entry) -> tuple[Entry, ...]:
        """The entry, and for `not_covered` the one with the nearest thing the article says."""
        return (entry, self.story.entries[entry.nearest]) if entry.nearest else (entry,)

    def _claims(self, entries: Iterable[Entry]) -> tuple[Claim, ...]:
        return tuple(dict.fromkeys(self.story.claims[entry.claim] for entry in entries if entry.claim))

    def _text(self, entry: Entry, language: Language = "en") -> str:
        shown = self._shown(entry)
        texts = [one.translations[language].answer if language in one.translations else one.answer for one in shown]
        spoken = language if language in shown[-1].translations else "en"
        parts = [texts[0], *(f"{messages(spoken).reply.does_say} {text}" for text in texts[1:])]
        unsaid = self._claims(e for e in shown if e.standing != "denied")  # an entry that denies is the denial itself
        return "\n\n".join([*parts, *(claim.denial for claim in unsaid)])

    def _citations(self, entry: Entry) -> tuple[Citation, ...]:
        shown = self._shown(entry)
        numbers = [n for e in shown for n in e.cites] + [n for c in self._claims(shown) for n in c.denial_cites]
        story = self.story
        return tuple(Citation(n, story.paragraphs[n].gist, story.paragraph_url(n)) for n in dict.fromkeys(numbers))

    def _developments(self, entries: Iterable[Entry], claims: Iterable[Claim]) -> tuple[Development, ...]:
        ids = [id for e in entries for id in e.developments] + [id for c in claims for id in c.developments]
        return tuple(sorted((self.story.developments[id] for id in dict.fromkeys(ids)), key=lambda one: one.sort_key))

    def _related(self, entry: Entry) -> tuple[tuple[str, str], ...]:
        """The entries named as related, then those that others name this one for, then its neighbours by paragraph."""
        story = self.story
        neighbours = [
            id for n in entry.cites for id in story.entries_citing[n] if story.entries[id].standing != "not_covered"
        ]
        nearest = [entry.nearest] if entry.nearest else []
        ids = dict.fromkeys([*entry.related, *nearest, *story.related_from.get(entry.id, ()), *neighbours])
        return tuple((id, story.entries[id].question) for id in ids if id != entry.id)[:RELATED]

    def _option(self, candidate: Candidate) -> Option:
        reply = self.entry(candidate.entry)
        question = self.story.entries[candidate.entry].question
        return Option(candidate.entry, question, reply.answer, reply.citations)

    def _clarify(self, match: Match, language: Language) -> Reply:
        options = tuple(self._option(candidate) for candidate in match.candidates[:MAX_OPTIONS])
        which, confidence = messages(language).reply.which_one, round(match.confidence, 4)
        return Reply("clarify", which, self._why(match), confidence, options=options, language=language)

    def _abstain(self, match: Match, language: Language) -> Reply:
        first = match.candidates[0] if match.candidates and match.confidence >= NEARBY else None
        near = first is not None and unmatched_share(match.question, first, self.matcher.index) <= MOST_LEFT
        nearest = self._option(match.candidates[0]) if near else None
        terms = match.question.terms
        missing = match.candidates[0].unmatched if nearest else [t for t in terms if not self.matcher.index.has_term(t)]
        if len(missing) > FEW:
            missing = ()
        reply = Reply(
            "abstain",
            "",
            self._why(match),
            round(match.confidence, 4),
            nearest=nearest,
            missing=self.words(missing, match.question.surface_forms, language),
            language=language,
        )
        return replace(
            reply,
            answer=f"{reply.not_found} {reply.heading} {nearest.answer}" if nearest else reply.not_found,
        )

    def _why(self, match: Match) -> str:
        """One plain sentence on why the bot answered, asked back or kept quiet."""
        if not match.candidates:
            return "No word of it occurs in the base."
        first = match.candidates[0]
        asked = first.phrasing
        missing = self.words(first.unmatched, match.question.surface_forms)
        if match.decision == "answer":
            return f"It is close to ‘{asked}’." if not missing else f"It is close to ‘{asked}’, but for {missing}."
        if match.decision == "clarify":
            return (
                f"Several entries fit; the first is close to ‘{asked}’."
                if not missing
                else (f"The closest entry does not account for {missing}.")
            )
        return f"Nothing in the base accounts for {missing}." if missing else f"The closest, ‘{asked}’, is too far off."

    def words(self, terms: Iterable[str], said: Mapping[str, str] | None = None, language: Language = "en") -> str:
        """Terms as a reader would say them, in the words that were `said` where they are known: ‘how old’, Han Dong."""
        people, typed, say = self.story.people, said or {}, messages(language).reply
        shown = [
            people[t[1:]].name if t[0] == "@" else say.quote.format(text=_short(typed.get(t, t.lstrip("#=!"))))
            for t in terms
        ]
        return join_list(list(dict.fromkeys(shown)), say.list_and)


def _asks_nothing(question: Analysis) -> bool:
    """Whether nothing in it has a meaning, not even by the question before, but what people say to each other."""
    read = [word for term in question.own_terms for word in question.surface_tokens(term)]
    return load_lexicon().small_talk.issuperset(read) and not question.context_terms


def _short(word: str) -> str:
    return word if len(word) <= LONGEST_WORD else f"{word[: LONGEST_WORD - 1]}…"


def _built(story: Story) -> Index:
    from bot.matching.index_builder import build  # where the index is there already, starting is quicker without

    return build(sources(story), vocabulary(story))


def sources(story: Story) -> list[EntryTexts]:
    """The entries of a story, as the matcher reads them."""
    return [source(entry) for entry in story.entries.values()]


def source(entry: Entry) -> EntryTexts:
    """An entry, as the matcher reads it."""
    texts = (entry.question, *entry.phrasings)
    return EntryTexts(entry.id, texts, entry.answer, entry.standing != "not_covered", frozenset(entry.cites))


def vocabulary(story: Story) -> Vocabulary:
    """The names and words of a story, as the matcher reads them."""
    aliases: dict[str, str] = {}
    for person in story.people.values():
        for name in (person.name, *person.aliases):
            aliases.setdefault(name, person.id)
    members = {person.id: person.members for person in story.people.values() if person.members}
    return Vocabulary.build(aliases=aliases, concepts=story.concepts, members=members)
