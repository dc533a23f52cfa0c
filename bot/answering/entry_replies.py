"""The replies that show one entry: its answer, what is denied, its paragraphs, later developments, what to read next."""

from collections.abc import Iterable

from bot.answering.reply import Citation, Denial, Reply, Suggestion
from bot.i18n.messages import messages
from bot.nlp.languages import Language
from bot.story.derived import shown_entry
from bot.story.entry import Entry
from bot.story.models import Claim, Story
from bot.story.outcomes import claims_of, denies, developments_of

MAX_RELATED = 12
"""A message has room for three of them; the others stand in a select."""


class EntryReplies:
    """Builds the replies that show one entry, each when it is first wanted."""

    def __init__(self, story: Story) -> None:
        self._story = story
        self._replies: dict[tuple[str, Language], Reply] = {}

    def get(self, id: str, language: Language) -> Reply:
        """Return the reply that shows an entry, in this language where the base has it. Raise KeyError."""
        reply = self._replies.get((id, language))
        if reply is None:
            entry = shown_entry(self._story, id)
            if entry is None:
                raise KeyError(id)
            reply = self._replies[id, language] = self._build(entry, language)
        return reply

    def _build(self, entry: Entry, language: Language) -> Reply:
        story = self._story
        nearest = story.entries[entry.nearest] if entry.nearest else None
        shown = (entry, nearest) if nearest else (entry,)
        claims = claims_of(story, shown)
        translation = entry.translations.get(language)
        native = translation or language == story.language
        return Reply(
            outcome="answer",
            answer=translation.answer if translation else entry.answer,
            reason="",
            confidence=1.0,
            entry=entry.id,
            question=translation.question if translation else entry.question,
            label=entry.label or entry.question,
            standing=entry.standing,
            by=tuple(story.people[id].name for id in entry.by),
            badge=self._badge(entry, language),
            sources=self._cite(entry.cites),
            closest=self._closest(entry, nearest, language) if nearest else "",
            closest_sources=self._cite(nearest.cites) if nearest else (),
            denials=self._denials(entry, claims),
            developments=developments_of(story, shown, claims),
            told=frozenset(entry.developments),
            related=self._related(entry),
            language=language,
            language_note="" if native else messages(language).reply.language_note,
        )

    def _badge(self, entry: Entry, language: Language) -> str:
        if entry.standing == "alleged" and entry.claim:
            return self._story.claims[entry.claim].badge
        return messages(language).reply.later_badge if entry.standing == "not_covered" and entry.developments else ""

    def _closest(self, entry: Entry, nearest: Entry, language: Language) -> str:
        translation = nearest.translations.get(language)
        return translation.answer if translation else entry.closest or nearest.answer

    def _denials(self, entry: Entry, claims: Iterable[Claim]) -> tuple[Denial, ...]:
        undenied = [claim for claim in claims if not denies(entry, claim)]
        numbers: dict[str, dict[int, None]] = {}
        for claim in undenied:  # claims that are denied in the same words are denied once
            numbers.setdefault(claim.brief_denial, {}).update(dict.fromkeys(claim.denial_cites))
        return tuple(Denial(text, self._cite(cites)) for text, cites in numbers.items())

    def _cite(self, numbers: Iterable[int]) -> tuple[Citation, ...]:
        story = self._story
        return tuple(Citation(number, story.paragraphs[number].gist, story.paragraph_url(number)) for number in numbers)

    def _related(self, entry: Entry) -> tuple[Suggestion, ...]:
        """Return the entries it names as related, then those that name it, then those that cite the same paragraphs."""
        story = self._story
        citing = [id for number in entry.cites for id in story.entries_citing[number]]
        neighbours = [id for id in citing if story.entries[id].standing != "not_covered"]
        nearest = [entry.nearest] if entry.nearest else []
        ids = dict.fromkeys([*entry.related, *nearest, *story.related_from.get(entry.id, ()), *neighbours])
        entries = [story.entries[id] for id in ids if id != entry.id]
        return tuple(Suggestion(other.id, other.question, other.label or other.question) for other in entries)[
            :MAX_RELATED
        ]
