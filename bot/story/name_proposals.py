"""Which of an article's names a person would list in `people.yaml`, and what each is: a person, a body, a place … Pure."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from msgspec import Struct

from bot.nlp.name_lexicon import NameLexicon, load_name_lexicon
from bot.story.models import PERSON_KINDS, PersonKind
from bot.story.name_groups import NameGroup, is_person_name, strip_title
from bot.story.proper_names import Mention, is_common

MAX_PROPOSALS = 40
"""More is more than a person wants to go through; the other names are left to the paragraphs."""
_PLACE_WORDS = frozenset("in at near into".split())
_WAY_WORDS = frozenset("from to of off".split())
_LINKING_WORDS = frozenset(
    (
        "and or of in on at to from for by with as is was were are be had has have did does would could can may will who "
        "which that when where while until before after also"
    ).split()
)
"""Words after a noun, unlike those after an adjective."""
_DOCUMENT = re.compile(r"[A-Z]{1,3}[.-]?\d+\Z|[A-Z]+ \d{3,}\Z")
_ROMAN = re.compile(r"[IVX]+\Z")
_ADJECTIVE = re.compile(r"(?:ian|ean|an|ish|ese|ic|ist|al)\Z")
_PREDICATE = re.compile(r"(?: \([^)]*\))?(?:,? (?:is|was|are|were) (?:an?|the|one of the)|, an?) ([^,.;]{3,90})")
"""What follows a name and says what it is: ', an independent body', ' was the first network'."""


class Proposal(Struct, frozen=True):
    """Somebody or something that may be worth a record of its own."""

    group: NameGroup
    kind: PersonKind
    weight: float
    """How much speaks for it."""

    @property
    def name(self) -> str:
        """Its fullest name."""
        return self.group.name


def propose(groups: Sequence[NameGroup], paragraphs: Sequence[str], title: str) -> list[Proposal]:
    """Return the groups that may matter, those first for which most speaks.

    One matters if the article is about it, names it twice, opens a sentence with it, or tells of somebody by full name.
    """
    weigher = _Weigher(groups, paragraphs, title)
    proposals = [weigher.weigh(group) for group in groups]
    return sorted((proposal for proposal in proposals if proposal.weight >= 1), key=lambda proposal: -proposal.weight)


class _Weigher:
    """Weighs groups by their words and by what stands beside them in the article."""

    def __init__(self, groups: Sequence[NameGroup], paragraphs: Sequence[str], title: str) -> None:
        self._paragraphs = paragraphs
        self._title = title.casefold().removeprefix("the ")
        self._lexicon: NameLexicon = load_name_lexicon()
        self._lower = {word for text in paragraphs for word in re.findall(r"\b[a-z]+\b", text)}
        self._alone = {form.casefold() for group in groups for form in group.forms if " " not in form}

    def weigh(self, group: NameGroup) -> Proposal:
        """Return a proposal; its weight is 0 if it should not be made."""
        kind, is_sure = self._kind(group)
        words = group.name.split()
        opens = sum(mention.opens_sentence for mention in group.mentions)
        weight = len(group.mentions) / 2 + (len(group.paragraphs) - 1) / 2 + min(opens, 2) / 2
        folded = {form.casefold() for form in group.forms}
        if self._is_adjective(group) or (len(group.name) < 6 and all(m.before[:1].isdigit() for m in group.mentions)):
            return Proposal(group, kind, 0)
        if self._title in folded:
            weight += 100
        if kind == "person" and is_sure:
            weight += 2
        elif is_sure and len(words) > 1:
            weight += 0.75 + (kind in ("body", "document")) / 8 - (kind == "event") / 4
            weight += bool(set(self._title.split()) & {word.casefold() for word in words}) / 4
        if not is_sure and all(map(is_common, words)):
            if len(words) > 1:
                weight -= 2.5  # 'Decision Time', 'Physical Universe'
            elif words[0].casefold() in self._lower:
                weight = 0  # 'Members', of 'members'
        return Proposal(group, kind, weight)

    def _is_adjective(self, group: NameGroup) -> bool:
        """Return whether a group is only an adjective, a title or the last word of names: 'Scottish', 'King', 'College'."""
        words = group.name.casefold().split()
        lexicon = self._lexicon
        if len(words) > 1:
            return all(word in lexicon.titles for word in words) and len(group.mentions) < 2
        word = words[0]
        if word in lexicon.titles or word in lexicon.all_heads or word.rstrip("s") in lexicon.all_heads:
            return self._title not in word
        if word in lexicon.countries:
            return not word.endswith("s") or len(group.mentions) < 4
        modified = [mention.after.isalpha() and mention.after not in _LINKING_WORDS for mention in group.mentions]
        if word.endswith("an") and not all(modified) and not is_common(word):
            return False  # 'Northspan'
        return bool(_ADJECTIVE.search(word)) and (sum(modified) * 2 >= len(modified) or is_common(word))

    def _kind(self, group: NameGroup) -> tuple[PersonKind, bool]:
        """Return what a group names, and whether its words or those around it say so."""
        name, lexicon = group.name, self._lexicon
        before = [mention.before.casefold() for mention in group.mentions]
        has_title = any(strip_title(form)[0] for form in group.forms)
        is_where = all(word in _PLACE_WORDS for word in before)
        if has_title or (any(map(is_person_name, group.forms)) and not is_where and "the" not in before):
            return "person", True
        if kind := "place" if name.casefold() in lexicon.places else self._kind_by_words(name):
            return _as_kind(kind), True
        if kind := next(filter(None, map(self._kind_by_predicate, group.mentions)), None):
            return kind, not all(map(is_common, name.split()))
        words = name.split()
        is_people = name.endswith("s") and (name[:-1] in group.forms or words[-1].casefold() in lexicon.countries)
        if is_people and len(words) < 3:
            return "group", True
        if _DOCUMENT.match(name):
            return "document", True
        return self._kind_by_neighbours(group, before)

    def _kind_by_words(self, name: str) -> PersonKind | None:
        """Return the kind that the last word before 'of' or 'for' tells, or the last of all."""
        words = [word.casefold().rstrip(".") for word in name.split()]
        while len(words) > 1 and (words[-1].isdigit() or _ROMAN.match(words[-1].upper())):
            words.pop()
        joined = next((i for i, word in enumerate(words) if i and word in ("of", "for", "on")), len(words))
        if words[joined - 1] == "campaign" and joined < len(words):
            return "body"
        for kind in ("person", "event", "document", "work", "body", "place"):
            if words[joined - 1] in self._lexicon.heads[kind]:
                return _as_kind(kind)
        return None

    def _kind_by_predicate(self, mention: Mention) -> PersonKind | None:
        """Return the kind of what the article says that a name is."""
        match = _PREDICATE.match(self._paragraphs[mention.paragraph - 1], mention.end)
        for word, following in pairwise([*re.findall(r"[\w-]+", match[1].casefold()), ""]) if match else ():
            if word in self._lexicon.occupations:
                return "person"
            is_noun = following in (
                "",
                "that",
                "who",
                "which",
                "in",
                "of",
                "for",
                "on",
                "with",
                "by",
                "operated",
                "funded",
            )
            is_noun = is_noun or following.endswith("ed")
            kind = next((kind for kind, heads in self._lexicon.heads.items() if word in heads), None)
            if kind and is_noun:
                return _as_kind(kind)
            if following in ("that", "who", "which"):
                break
        return None

    def _kind_by_neighbours(self, group: NameGroup, before: Sequence[str]) -> tuple[PersonKind, bool]:
        """Return the kind that the words beside a name speak for."""
        lexicon = self._lexicon
        words = group.name.split()
        is_new = not any(map(is_common, words))
        is_mixed = not group.name.replace(" ", "")[1:].islower() and len(words) == 1
        after = [mention.after for mention in group.mentions]
        if any(word in lexicon.occupations for word in before) or any(word in lexicon.person_verbs for word in after):
            return "person", is_new
        if group.name.isupper() or is_mixed:
            return "body", False
        where = 2 * sum(word in _PLACE_WORDS or word in lexicon.place_verbs for word in before)
        where += sum(word in _WAY_WORDS for word in before)  # of anybody's, more often than not
        if where * 3 >= 2 * len(before) or ("the" in before and len(words) == 1 and is_new):
            return "place", False
        if "the" in before:
            return ("group" if words[-1].endswith("s") and len(words) == 1 else "body"), False
        if len(words) in (2, 3) and is_new and words[0].casefold() not in self._alone:
            return "person", True
        return ("person" if len(words) == 1 and is_new else "work"), False


def _as_kind(text: str) -> PersonKind:
    return next(kind for kind in PERSON_KINDS if kind == text)


def choose(proposals: Sequence[Proposal], most: int = MAX_PROPOSALS) -> Iterator[Proposal]:
    """Yield the `most` best of proposals in the order in which the article names them."""
    yield from sorted(proposals[:most], key=lambda p: (p.group.mentions[0].paragraph, p.group.mentions[0].start))
