"""What an article's text alone gives for a base: its paragraphs' records, and proposals of who is who. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from msgspec import Struct

from bot.story import field_lengths, yaml_edit
from bot.story.article import paragraph_hash, visible_text
from bot.story.article_mentions import find_days, find_numbers, find_quotes, unique
from bot.story.mapping_reader import MAX_LIST_ITEMS
from bot.story.models import PersonKind
from bot.story.name_groups import NameGroup, group_names
from bot.story.name_proposals import MAX_PROPOSALS, Proposal, choose, propose
from bot.story.proper_names import capitalised_inside, find_mentions, name_words

MIN_PARAGRAPH_WORDS = 8
"""A line of fewer words that does not end a sentence is page furniture."""
LINK_WORDS = 4
"""Words of a paragraph's start and end that a link points to."""
MAX_OTHERS = 40
"""Names that are mentioned to the author beside the proposals."""
MAX_ID_WORDS = 6


class PersonDraft(Struct, frozen=True):
    """Somebody or something that may be worth a record; `cites`: the paragraphs that name it."""

    id: str
    name: str
    kind: PersonKind
    aliases: tuple[str, ...]
    cites: tuple[int, ...]


class ParagraphDraft(Struct, frozen=True):
    """A paragraph's record without its gist; `people`: ids."""

    number: int
    text: str
    sha256: str
    people: tuple[str, ...]
    names: tuple[str, ...]
    numbers: tuple[str, ...]
    days: tuple[str, ...]
    quotes: tuple[str, ...]

    @property
    def first_words(self) -> str:
        """The words that a link opens at."""
        return " ".join(self.text.split()[:LINK_WORDS])[: field_lengths.NAME]

    @property
    def last_words(self) -> str:
        """The words that a link ends at."""
        return " ".join(self.text.split()[-LINK_WORDS:])[: field_lengths.NAME]


class ArticleDraft(Struct, frozen=True):
    """An article as records of a base; `others`: names that are left to the paragraphs, the likeliest first."""

    title: str
    paragraphs: tuple[ParagraphDraft, ...]
    people: tuple[PersonDraft, ...]
    others: tuple[str, ...]


def paragraph_lines(lines: Iterable[str]) -> list[str]:
    """Return the lines that are paragraphs, not page furniture."""
    return [
        line
        for line in lines
        if len(line.split()) >= MIN_PARAGRAPH_WORDS or line.rstrip("”\"'").endswith((".", "!", "?"))
    ]


def draft_article(lines: Sequence[str], most_people: int = MAX_PROPOSALS) -> ArticleDraft:
    """Return the records of an article's lines, headline first, with at most `most_people` proposals."""
    title = visible_text(lines[0]) if lines else "TODO: the headline"
    found = paragraph_lines(lines[1:]) or ["TODO: the article had no paragraph."]
    texts = [visible_text(line) for line in found]
    groups = group_names(find_mentions(texts), title)
    proposals = propose(groups, texts, title)
    chosen = list(choose(proposals, most_people))
    people = _draft_people(chosen)
    ids = {form: draft.id for draft, proposal in zip(people, chosen, strict=True) for form in proposal.group.forms}
    drafts = [
        _draft_paragraph(
            number, text, paragraph_hash(line), groups=groups, ids=ids, people={draft.id: draft for draft in people}
        )
        for number, (line, text) in enumerate(zip(found, texts, strict=True), 1)
    ]
    others = tuple(proposal.name for proposal in proposals[most_people : most_people + MAX_OTHERS])
    return ArticleDraft(title, tuple(drafts), tuple(people), others)


def find_unlisted_names(text: str, names: Iterable[str], known: Collection[str]) -> list[str]:
    """Return those of a paragraph's `names` that have a word that no `known` name has, and what else has a capital."""
    words = {word for name in (*known, *find_days(text)) for word in name_words(name)}
    unlisted = [name for name in unique(names) if not name_words(name) <= words and len(name) <= field_lengths.NAME]
    words |= {word for name in unlisted for word in name_words(name)}
    for word in capitalised_inside(text):
        if not name_words(word) <= words and len(word) > 1:
            unlisted.append(word)
            words |= name_words(word)
    return unlisted


def _listed(texts: Iterable[str], most: int = field_lengths.NAME) -> tuple[str, ...]:
    """Return texts as a list of a base can hold them: different, not too long, not too many."""
    return tuple(text for text in unique(texts) if len(text) <= most)[:MAX_LIST_ITEMS]


def _draft_people(proposals: Sequence[Proposal]) -> list[PersonDraft]:
    """Return the records of proposals; no two have an id or a name in common."""
    taken: dict[str, None] = {}
    owners: set[str] = set()
    surnames = _surnames(proposals)
    drafts = []
    for proposal in proposals:
        name = proposal.name[: field_lengths.NAME]
        id = yaml_edit.generate_id(name, taken)
        taken[id] = None
        forms = [form for form in proposal.group.forms if len(form) <= field_lengths.NAME]
        surname = name.split()[-1]
        if surnames.get(surname) == 1 and proposal.kind == "person" and " " in name:
            forms.append(surname)
        aliases = [
            form for form in unique(forms) if form.casefold() != name.casefold() and form.casefold() not in owners
        ]
        owners |= {form.casefold() for form in (name, *aliases)}
        drafts.append(PersonDraft(id, name, proposal.kind, tuple(aliases), proposal.group.paragraphs[:MAX_LIST_ITEMS]))
    return drafts


def _surnames(proposals: Sequence[Proposal]) -> dict[str, int]:
    """Return how many proposals have each last word that is a surname, as a word of any name."""
    counts: dict[str, int] = {}
    for proposal in proposals:
        for word in {word for form in proposal.group.forms for word in form.split()}:
            counts[word] = counts.get(word, 0) + 1
    last = {proposal.name.split()[-1] for proposal in proposals if not {"of", "the"} & {*proposal.name.split()}}
    return {word: count for word, count in counts.items() if word in last and word[1:].islower()}


def _draft_paragraph(
    number: int,
    text: str,
    sha256: str,
    *,
    groups: Sequence[NameGroup],
    ids: Mapping[str, str],
    people: Mapping[str, PersonDraft],
) -> ParagraphDraft:
    """ids: those of people, by each form of their names."""
    here = [mention.text for group in groups for mention in group.mentions if mention.paragraph == number]
    named = list(dict.fromkeys(ids[form] for form in here if form in ids))[:MAX_LIST_ITEMS]
    known = [name for id in named for name in (people[id].name, *people[id].aliases)]
    return ParagraphDraft(
        number=number,
        text=text,
        sha256=sha256,
        people=tuple(named),
        names=_listed(find_unlisted_names(text, [form for form in here if form not in ids], known)),
        numbers=_listed(find_numbers(text)),
        days=_listed(find_days(text)),
        quotes=_listed(find_quotes(text), field_lengths.QUOTE),
    )
