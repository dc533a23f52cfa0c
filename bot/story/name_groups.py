"""Which names of an article mean the same: a plural, an adjective, an acronym, a title, a part of a longer name. Pure."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace
from rapidfuzz.distance import OSA

from bot.nlp.name_lexicon import NameLexicon, load_name_lexicon
from bot.story.proper_names import Mention, is_common

_ROMAN = re.compile(r"[IVX]+\Z")
_ACRONYM = re.compile(r"[a-z]?[A-Z][A-Z&]+\Z|[A-Z][a-z][A-Z]\Z")
_ADJECTIVE_ENDING = re.compile(r"(?:ian|ean|an|ish|ese|ic|ine|n)\Z")
_SMALL_WORDS = frozenset("of for the a on and de du".split())


class NameGroup(Struct, frozen=True):
    """Names that mean one thing: the fullest, all forms as the article writes them, and where they stand."""

    name: str
    forms: tuple[str, ...]
    mentions: tuple[Mention, ...]

    @property
    def paragraphs(self) -> tuple[int, ...]:
        """The numbers of the paragraphs that have one of the names, in order."""
        return tuple(sorted({mention.paragraph for mention in self.mentions}))


def group_names(mentions: Sequence[Mention], title: str = "") -> list[NameGroup]:
    """Return the things that the names of an article mean, in the order in which they are first named.

    title: the article's own, which a name that is part of it means where several could be meant.
    """
    mentions = list(_split_joined(mentions))
    forms: dict[str, list[Mention]] = defaultdict(list)
    for mention in mentions:
        forms[mention.text].append(mention)
    merger = _Merger(forms, title)
    merger.merge()
    return merger.groups()


def strip_title(name: str) -> tuple[str, str]:
    """Return what stands before somebody's name, as 'President' or 'South African Vice Consul', and the name."""
    lexicon = load_name_lexicon()
    words = name.split()
    if len(words) > 2 and words[-1].casefold() in ("mp", "msp", "mep"):
        words.pop()
    for k in range(len(words) - 1, 0, -1):
        before = words[k - 1].casefold().rstrip(".")
        professor = k > 2 and words[k - 2] == "of" and len(words) > k + 1
        if before not in lexicon.titles and not professor:
            continue
        first, last = words[k].casefold(), words[-1].casefold()
        is_person = first in lexicon.given_names or not is_common(words[k])
        if is_person and last not in lexicon.all_heads and words[k] not in _SMALL_WORDS:
            if professor and words[k - 3].casefold() not in lexicon.titles:
                continue
            return " ".join(words[:k]), " ".join(words[k:])
    return "", " ".join(words)


def is_person_name(name: str) -> bool:
    """Return whether a name is built as a person's: a given name, an initial, a number or a byname."""
    lexicon = load_name_lexicon()
    words = name.split()
    folded = [word.casefold() for word in words]
    if folded[-1] in lexicon.all_heads or folded[0] in lexicon.joining["of"]:
        return False
    is_numbered = any(_ROMAN.match(word) for word in words[1:2]) and not is_common(words[0])
    if is_numbered or (len(words) == 3 and folded[1] == "the"):
        return True
    if len(words) > 1 and folded[0] in lexicon.given_names:
        return True
    return len(words) == 3 and len(words[1]) == 2 and words[1].endswith(".")


def _split_joined(mentions: Sequence[Mention]) -> Iterator[Mention]:
    """Yield the names, those apart that only stand beside each other: 'president of [Harvard Joseph Willard]'."""
    lexicon = load_name_lexicon()
    whole = {mention.text for mention in mentions}
    for mention in mentions:
        words = mention.text.split()
        for k in range(1, len(words)):
            left, right = " ".join(words[:k]), " ".join(words[k:])
            is_pair = left in whole and (right in whole or right.removesuffix("s") in whole) and not is_common(right)
            is_pair = is_pair and words[-1].casefold() not in lexicon.all_heads and not is_person_name(mention.text)
            has_person = left in whole and words[k].casefold() in lexicon.given_names and k + 1 < len(words)
            if is_pair or (
                has_person and words[-1].casefold() not in lexicon.all_heads and left.casefold() not in lexicon.titles
            ):
                cut = mention.start + len(left)
                yield replace(mention, text=left, end=cut, after="")
                yield replace(mention, text=right, start=cut + 1, before="", opens_sentence=False)
                break
        else:
            yield mention


class _Merger:
    """Joins forms that mean the same; each has one representative (union-find)."""

    def __init__(self, forms: Mapping[str, list[Mention]], title: str) -> None:
        self._forms = forms
        self._title = title
        self._lexicon: NameLexicon = load_name_lexicon()
        self._parent = {form: form for form in forms}
        self._paragraphs = {form: {mention.paragraph for mention in mentions} for form, mentions in forms.items()}
        """The paragraphs that have any form of a group, by its representative."""
        self._plain = {form: strip_title(form)[1] for form in forms}
        """Each form without a title."""
        self._titles = [form for form, plain in self._plain.items() if plain.casefold() == title.casefold()]

    def merge(self) -> None:
        """Join all forms that mean the same."""
        self._merge_keys()
        self._merge_acronyms()
        self._merge_spellings()
        self._merge_middle_names()
        self._merge_parts()
        self._merge_titles()

    def groups(self) -> list[NameGroup]:
        """Return the groups, in the order in which they are first named."""
        members: dict[str, list[str]] = defaultdict(list)
        for form in self._forms:
            members[self._find(form)].append(form)
        groups = []
        for forms in members.values():
            mentions = sorted((m for form in forms for m in self._forms[form]), key=lambda m: (m.paragraph, m.start))
            groups.append(NameGroup(self._fullest(forms), tuple(forms), tuple(mentions)))
        return sorted(groups, key=lambda group: (group.mentions[0].paragraph, group.mentions[0].start))

    def _find(self, form: str) -> str:
        while self._parent[form] != form:
            self._parent[form] = self._parent[self._parent[form]]
            form = self._parent[form]
        return form

    def _join(self, form: str, other: str) -> None:
        old, new = self._find(form), self._find(other)
        if old != new:
            self._parent[old] = new
            self._paragraphs[new] |= self._paragraphs.pop(old)

    def _merge_keys(self) -> None:
        """Join forms that differ in case, number, title, or as a country and its people do."""
        owners: dict[str, str] = {}
        plurals: dict[str, str] = {}
        for form in self._forms:
            owners.setdefault(self._plain[form].casefold(), form)
        for form in self._forms:
            key = self._plain[form].casefold()
            singular = key.removesuffix("s") if len(key) > 4 or form.removesuffix("s").isupper() else key
            for other in (key, singular, self._base(key, owners)):
                if other in owners:
                    self._join(form, owners[other])
            country = self._lexicon.countries.get(key)
            if country:
                self._join(form, plurals.setdefault(country, owners.get(country, form)))

    def _base(self, key: str, owners: Mapping[str, str]) -> str:
        """Return the name that a single word is the adjective of, as 'Frankish' of 'Franks', or ''."""
        ending = _ADJECTIVE_ENDING.search(key)
        if " " in key or not ending or len(stem := key[: ending.start()]) < 4:
            return ""
        return next(
            (base for base in (stem + end for end in ("s", "", "a", "y", "o", "e", "ia")) if base in owners), ""
        )

    def _merge_acronyms(self) -> None:
        """Join an acronym and the one name that has its initials, or before which it stands in brackets."""
        by_initials: dict[str, set[str]] = defaultdict(set)
        for form in self._forms:
            for initials in _initials(self._plain[form]):
                by_initials[initials].add(self._find(form))
        before = self._names_before_brackets()
        for form in self._forms:
            if not _ACRONYM.match(form.removesuffix("s")):
                continue
            full = by_initials.get(form.removesuffix("s").upper(), set())
            if len(full) == 1:
                self._join(form, next(iter(full)))
            elif form in before and _has_letters(before[form], form):
                self._join(form, before[form])

    def _names_before_brackets(self) -> dict[str, str]:
        """Return the name right before each form that stands in brackets once."""
        found: dict[str, str] = {}
        ends = {(m.paragraph, m.end): form for form, mentions in self._forms.items() for m in mentions}
        for form, mentions in self._forms.items():
            for mention in mentions:
                full = ends.get((mention.paragraph, mention.start - 2))  # ' ('
                if mention.before == "(" and full:
                    found.setdefault(form, full)
        return found

    def _merge_spellings(self) -> None:
        """Join names of the same words in another order, and names of people of which one word has another letter."""
        orders: dict[frozenset[str], str] = {}
        spellings: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for form, plain in self._plain.items():
            words = plain.split()
            content = frozenset(word.casefold() for word in words) - _SMALL_WORDS - {"the"}
            if len(content) > 1:
                self._join(form, orders.setdefault(content, form))
            if len(words) > 1 and len(words[0]) > 5 and is_person_name(plain):
                spellings[(words[0][:3], *words[1:])].append(form)
        for forms in spellings.values():
            for form in forms[1:]:
                if OSA.distance(self._plain[form], self._plain[forms[0]]) < 2:
                    self._join(form, forms[0])

    def _merge_middle_names(self) -> None:
        """Join people of the same first and last name, and of no different initials between."""
        owners: dict[tuple[str, str, str], str] = {}
        for form, plain in self._plain.items():
            words = plain.split()
            if len(words) in (2, 3) and is_person_name(plain) and not _ROMAN.match(words[1]):
                middle = words[1][0] if len(words) == 3 else ""
                same = [owners.get((words[0], words[-1], other)) for other in {middle, ""}]
                for other in filter(None, same):
                    self._join(form, other)
                owners.setdefault((words[0], words[-1], middle), form)

    def _merge_parts(self) -> None:
        """Join a form that begins or ends exactly one longer name, or the article's own."""
        longer: dict[str, dict[str, None]] = defaultdict(dict)
        for form, plain in self._plain.items():
            words = plain.split()
            for k in range(1, len(words)):
                longer[" ".join(words[:k]).casefold()][form] = None
                longer[" ".join(words[k:]).casefold()][form] = None
        for form in sorted(self._forms, key=len, reverse=True):
            plain = self._plain[form]
            possible = [other for other in longer.get(plain.casefold(), ()) if self._can_mean(form, other)]
            whole = list(
                dict.fromkeys(self._find(other) for other in possible if self._find(other) != self._find(form))
            )
            nearby = [other for other in whole if self._is_nearby(form, other)]
            by_title = [other for other in whole if self._is_title(other)]
            for choice in (by_title, whole, nearby):
                if len(choice) == 1:
                    self._join(form, choice[0])
                    break

    def _merge_titles(self) -> None:
        """Join a title by itself, as 'the Queen', and the one person who is named with it."""
        people: dict[str, set[str]] = defaultdict(set)
        for form in self._forms:
            people[strip_title(form)[0]].add(self._find(form))
        for form in self._forms:
            if form.casefold() in self._lexicon.titles and len(people.get(form, ())) == 1:
                self._join(form, next(iter(people[form])))

    def _can_mean(self, form: str, other: str) -> bool:
        """Return whether a part of a name may stand for all of it, by the words and how often they are written."""
        part, whole = self._plain[form], self._plain[other]
        if whole.casefold().endswith(part.casefold()):
            part = whole[-len(part) :]  # 'Van der Berg' opens a sentence
        heads = self._lexicon.all_heads
        folded = part.casefold()
        is_prefix = whole.startswith(f"{part} ")
        rest = (whole.removeprefix(part) if is_prefix else whole.removesuffix(part)).split()
        is_other = folded in self._lexicon.places or folded in self._lexicon.countries or bool(_ACRONYM.match(whole))
        is_other = is_other or (not is_prefix and rest[-1] in _SMALL_WORDS)
        if is_other or (is_person_name(part) and not (is_prefix and rest[0] in _SMALL_WORDS)):
            return False  # 'Boston' is no 'Boston University', and 'Normandy' no 'Duchy of Normandy'
        if is_person_name(whole):
            return folded not in heads and folded not in self._lexicon.titles
        if folded in heads or (" " not in part and is_common(part)):  # 'the Convention', after its full name
            mentions = self._forms[form]
            is_short = is_prefix == (rest[0] in _SMALL_WORDS) and not folded.endswith("s")
            said = any(mention.before in ("the", "The") for mention in mentions)
            return (
                is_short
                and folded in heads
                and (self._is_title(self._find(other)) or (said and self._is_nearby(form, other)))
            )
        if len(self._forms[form]) > 3 * len(self._forms[other]) and not self._is_title(self._find(other)):
            return (
                is_prefix and rest[0].casefold() in self._lexicon.heads["body"] and len(rest) == 1 and " " not in part
            )
        if is_prefix:
            is_whole = part.split()[-1].casefold() in heads  # 'Parliament Building' is another thing
            return rest[0] in _SMALL_WORDS or (not is_whole and all(_is_head(word, self._lexicon) for word in rest))
        return len(part) > 2

    def _is_nearby(self, form: str, other: str) -> bool:
        """Return whether most of a form's paragraphs have a form of another one's group."""
        there = self._paragraphs[self._find(other)]
        here = [mention.paragraph in there for mention in self._forms[form]]
        return 2 * sum(here) > len(here)

    def _is_title(self, form: str) -> bool:
        """Return whether a group is what the article is about."""
        return any(self._find(other) == form for other in self._titles)

    def _fullest(self, forms: Sequence[str]) -> str:
        """Return the form to call a group by: a full name, or else the one that is written most."""
        plural = {form for form in forms if form.endswith("s") and form[:-1] in forms}
        count = {form: len(self._forms[form]) for form in forms}

        def worth(form: str) -> tuple[bool, bool, bool, int, int]:
            plain = self._plain[form]
            words = plain.split()
            is_full = len(words) > 1 and (is_person_name(plain) or _is_head(words[-1], self._lexicon) or "of" in words)
            is_full = (is_full and 3 * count[form] >= max(count.values())) or is_person_name(plain)
            spelt_out = len(words) > 1 and any(_ACRONYM.match(other) for other in forms)
            is_noun = plain.casefold() not in self._lexicon.countries or form.endswith("s")
            is_noun = is_noun and not re.search(r"(?:ish|ian|ean|ese|ic)\Z", plain)
            written = count[form] + (count.get(form[:-1], 0) if form in plural and len(words) == 1 else 0)
            return (
                plain.casefold() == self._title.casefold(),
                is_full or spelt_out,
                is_noun,
                len(words) if is_full else written,
                len(plain),
            )

        return self._plain[max(forms, key=worth)]


def _is_head(word: str, lexicon: NameLexicon) -> bool:
    """Return whether a word is the last of names of bodies or places."""
    folded = word.casefold().rstrip(".")
    return folded in lexicon.heads["body"] or folded in lexicon.heads["place"] or folded == "model"


def _initials(name: str) -> set[str]:
    """Return the initials of a name of several words: of all, and without those in front."""
    words = [word for word in re.split(r"[ -]", name) if word and word not in _SMALL_WORDS]
    letters = "".join(word[0].upper() for word in words)
    return {letters, letters[1:]} - {letters[:1], letters[-1:], ""} if len(words) > 1 else set()


def _has_letters(name: str, acronym: str) -> bool:
    """Return whether a name has an acronym's letters in their order."""
    letters = iter(name.casefold())
    return all(letter in letters for letter in acronym.casefold() if letter.isalnum()) and " " in name
