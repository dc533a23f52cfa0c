"""Warnings about allegations: one that is told as a fact, or without the claim that brings its denial and findings. Pure.

A sentence states a claim where it speaks of somebody who denies it together with somebody or something else that the claim is
about. It is attributed where somebody else says it: 'Dong told a diplomat …' attributes nothing, since the teller is the
accused. The patterns are English, like the bases' answers.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Literal

from bot.editing.people_finder import Mention, PeopleFinder
from bot.nlp.lexicon import load_lexicon
from bot.nlp.normalize import EnglishStemmer, normalize, tokenize
from bot.story.entry import Entry
from bot.story.models import Claim, Story
from bot.story.outcomes import claims_carried
from bot.story.sentences import SENTENCE_BREAK

Statement = Literal["none", "fact", "attributed"]
"""How a sentence states a claim: not at all, as a fact, or on somebody's word."""
MAX_SENTENCE = 90
"""Characters quoted of a sentence."""
_HEDGE = re.compile(
    r"\b(?:alleg\w+|accus\w+|according to|account|reportedly|supposed(?:ly)?|purported(?:ly)?|claim(?:s|ed)|unproven"
    r"|assum\w+|believ\w+|suspect\w*|(?:is|are|was|were) (?:said|reported) to)\b",
    re.IGNORECASE,
)
_DENIAL = re.compile(r"\b(?:den(?:y|ies|ied|ial)|reject\w*|false)\b", re.IGNORECASE)
_NEGATION = re.compile(
    r"\b(?:never|(?:did|do|does|has|had|have|is|was|were|are)(?:n['’]t| not))\b",
    re.IGNORECASE,
)
_DENIED_ASIDE = re.compile(
    r",? \(?(?:which|who|but|though|although|and)\b[^,.;]*\b(?:den(?:y|ies|ied)|reject\w*)\b[^,.;]*\)?,?", re.IGNORECASE
)
"""', which he denies': it denies what the rest of the sentence states, and attributes nothing."""
_SAYS = re.compile(
    r"\b(?P<say>says?|said(?! to\b)|writes?|wrote|stated?|states|announce[sd]|reports|reported)\b"
    r"|\b(?P<tell>tells?|told|said to)\b",
    re.IGNORECASE,
)
_PASSIVE = re.compile(r"\b(?:is|are|was|were|be|been|being)\s+(?:\w+ly\s+)?$", re.IGNORECASE)
_CLAUSE = re.compile(r"[,;:]|\b(?:that|which|who|whom|because|when|while)\b", re.IGNORECASE)
_PRONOUN = re.compile(r"\b(?:he|she|they)\b", re.IGNORECASE)
_PRESUMING = re.compile(
    r"^(?:so )?(?:why|when|where|how|whom?|what|which|since when|for (?:what|whom))\b", re.IGNORECASE
)


class ClaimChecker:
    """Checks texts against the claims of one base."""

    def __init__(self, story: Story) -> None:
        self._story = story
        self._finder = PeopleFinder(story.people.values())
        self._groups = {id: group.id for group in story.people.values() for id in group.members}
        self._stems = EnglishStemmer()
        self._subjects = {claim.id: self._subjects_of(claim) for claim in story.claims.values()}

    def find_warnings(self, entry: Entry) -> Iterator[str]:
        """Yield a warning where an entry tells a claim as a fact, presumes it, or states it without being about it.

        Each sentence is held against the claims that the entry's paragraphs carry first, and warned of once.
        """
        carried = claims_carried(self._story, entry.cites)
        own = [claim for claim in self._story.claims.values() if claim in carried or claim.id == entry.claim]
        others = [claim for claim in self._story.claims.values() if claim not in own]
        sentences = SENTENCE_BREAK.split(entry.answer)
        stated = [
            (claim, text, self._statement(text, claim, entry, claim in own))
            for text in sentences
            for claim in (*own, *others)
        ]
        told = {text: claim for claim, text, statement in reversed(stated) if statement == "fact"}
        for text, claim in reversed(told.items()):
            yield f"{entry.id}: ‘{_cut(text)}’ {self._told_as_fact(claim)}"
        attributed = [claim for claim, _, statement in stated if statement == "attributed" and claim in own]
        if attributed and not told and _lacks_claim(entry):
            yield (
                f"{entry.id}: the answer states an allegation ({_label(attributed[0])}) without being about it; choose the "
                "standing ‘Alleged’ and that allegation, so that its denial and what was found are shown"
            )
        if _PRESUMING.match(entry.question):
            presumed = [
                claim
                for claim in (*own, *others)
                if self._statement(entry.question, claim, entry, claim in own) == "fact"
            ]
            for claim in presumed[:1]:
                yield (
                    f"{entry.id}: the question takes for granted what is only alleged ({_label(claim)}); ask whether it is "
                    "so, or say ‘allegedly’"
                )

    def _told_as_fact(self, claim: Claim) -> str:
        names = " and ".join(self._story.people[id].name for id in claim.denied_by)
        verb = "denies" if len(claim.denied_by) == 1 else "deny"
        return f"tells as a fact what is only alleged ({_label(claim)}), and {names} {verb} it; say who alleges it"

    def _statement(self, sentence: str, claim: Claim, entry: Entry, is_own: bool) -> Statement:  # noqa: FBT001
        """Return how a sentence of an entry states a claim; `is_own`: the entry is about it, or rests on what carries it."""
        sentence = _DENIED_ASIDE.sub(" ", sentence)
        mentions = self._finder.mentions(sentence)
        is_about_others = any(mention.person in claim.not_about for mention in mentions)
        if is_about_others or not self._speaks_of_accused(sentence, mentions, claim, entry):
            return "none"
        groups = {self._group(mention.person) for mention in mentions} & self._subjects[claim.id]
        words = self._content(claim.text)
        shared = self._content(sentence) & words
        is_stated = is_own or len(groups) > 1 if groups else len(shared) >= max(1, min(2 if is_own else 3, len(words)))
        if not is_stated or _DENIAL.search(sentence) or self._negates(sentence, mentions, claim):
            return "none"
        if _HEDGE.search(sentence):
            return "attributed"
        return self._said(sentence, mentions, claim)

    def _said(self, sentence: str, mentions: list[Mention], claim: Claim) -> Statement:
        """Return whether a sentence that states a claim stands on somebody's word; the accused's own alleges nothing."""
        for verb in _SAYS.finditer(sentence):
            before = sentence[: verb.start()]
            clause = [match.end() for match in _CLAUSE.finditer(before)]
            start = clause[-1] if clause else 0
            speakers = [mention.person for mention in mentions if start <= mention.start < verb.start()]
            is_accused = bool(set(speakers) & set(claim.denied_by)) or (
                not speakers and _PRONOUN.search(before[start:]) is not None
            )
            if verb["say"]:
                return "none" if is_accused else "attributed"
            is_party = is_accused or any(self._group(id) in self._subjects[claim.id] for id in speakers)
            if not is_party and before[start:].strip() and not _PASSIVE.search(before):
                return "attributed"
        return "fact"

    def _negates(self, sentence: str, mentions: list[Mention], claim: Claim) -> bool:
        """Return whether a sentence says that it was not so, rather than what another party to the claim did not do."""
        for negation in _NEGATION.finditer(sentence):
            before = [mention.person for mention in mentions if mention.start < negation.start()]
            if not before or self._group(before[-1]) not in self._subjects[claim.id]:
                return True
        return False

    def _speaks_of_accused(self, sentence: str, mentions: list[Mention], claim: Claim, entry: Entry) -> bool:
        if any(mention.person in claim.denied_by for mention in mentions):
            return True
        if not _PRONOUN.search(sentence):
            return False
        context = self._finder.mentions(f"{entry.question} {entry.answer}")
        return any(mention.person in claim.denied_by for mention in context)

    def _subjects_of(self, claim: Claim) -> frozenset[str]:
        """Return those whom a claim is about besides the accused and whoever makes it; of a group, the group."""
        # 'Chinese help' is about those who are called 'the Chinese'.
        texts = [claim.text, *(f"the {word}" for word in re.findall(r"\b[A-ZÀ-Þ]\w+", claim.text))]
        ids = {mention.person for text in texts for mention in self._finder.mentions(text)}
        return frozenset(self._group(id) for id in ids - set(claim.denied_by) - set(claim.by))

    def _group(self, id: str) -> str:
        return self._groups.get(id, id)

    def _content(self, text: str) -> set[str]:
        """Return the stems of the words of a text that name nobody and are no function words."""
        for mention in reversed(self._finder.mentions(text)):
            text = f"{text[: mention.start]} {text[mention.end :]}"
        lexicon = load_lexicon()
        ignored = lexicon.stop_words | lexicon.question_words
        return {self._stems(word) for word in tokenize(normalize(text)) if word not in ignored and len(word) > 2}


def find_claim_warnings(story: Story, ids: Iterable[str]) -> Iterator[str]:
    """Yield the warnings of the entries with these ids, as far as somebody wrote them."""
    checker = ClaimChecker(story)
    for id in ids:
        entry = story.entries.get(id)
        if entry is not None and entry.is_written:
            yield from checker.find_warnings(entry)


def _label(claim: Claim) -> str:
    return f"‘{claim.label or claim.text}’"


def _lacks_claim(entry: Entry) -> bool:
    return entry.claim is None and entry.standing not in ("alleged", "denied", "not_covered")


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= MAX_SENTENCE else f"{line[: MAX_SENTENCE - 1].rstrip()}…"
