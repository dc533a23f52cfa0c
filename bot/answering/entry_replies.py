"""The replies that show one entry: its answer, what is denied, its paragraphs, later developments, what to read next."""

from collections.abc import Iterable

from bot.answering.reply import Citation, Reply
from bot.i18n.messages import messages
from bot.nlp.languages import Language
from bot.story.entry import Entry
from bot.story.models import Claim, Story
from bot.story.outcomes import claims_of, denies, developments_of

MAX_RELATED = 3


class EntryReplies:
    """Builds the replies that show one entry, each when it is first wanted."""

    def __init__(self, story: Story) -> None:
        self._story = story
        self._replies: dict[tuple[str, Language], Reply] = {}

    def get(self, id: str, language: Language) -> Reply:
        """Return the reply that shows an entry, in this language where the base has it. Raise KeyError."""
        reply = self._replies.get((id, language))
        if reply is None:
            reply = self._replies[id, language] = self._build(self._story.entries[id], language)
        return reply

    def _build(self, entry: Entry, language: Language) -> Reply:
        shown = self._shown_entries(entry)
        claims = claims_of(self._story, shown)
        translation = entry.translations.get(language)
        native = translation or language == self._story.language
        return Reply(
            outcome="answer",
            answer=self._text(shown, claims, language),
            reason="",
            confidence=1.0,
            entry=entry.id,
            question=translation.question if translation else entry.question,
            standing=entry.standing,
            badge=self._badge(entry, language),
            citations=self._citations(shown, claims),
            developments=developments_of(self._story, shown, claims),
            related=self._related(entry),
            language=language,
            language_note="" if native else messages(language).reply.language_note,
        )

    def _shown_entries(self, entry: Entry) -> tuple[Entry, ...]:
        """Return the entry, and for one that the article does not cover the entry of the closest thing it does say."""
        return (entry, self._story.entries[entry.nearest]) if entry.nearest else (entry,)

    def _badge(self, entry: Entry, language: Language) -> str:
        if entry.standing == "alleged" and entry.claim:
            return self._story.claims[entry.claim].badge
        return messages(language).reply.later_label if entry.standing == "not_covered" and entry.developments else ""

    def _text(self, shown: tuple[Entry, ...], claims: Iterable[Claim], language: Language) -> str:
        answers = [
            entry.translations[language].answer if language in entry.translations else entry.answer for entry in shown
        ]
        spoken: Language = language if language in shown[-1].translations else "en"
        if shown[0].closest and spoken == "en":
            answers[1:] = [shown[0].closest]
        nearest = [f"{messages(spoken).reply.does_say} {answer}" for answer in answers[1:]]
        undenied = [claim for claim in claims if not any(denies(entry, claim) for entry in shown)]
        return "\n\n".join([answers[0], *nearest, *(claim.brief_denial for claim in undenied)])

    def _citations(self, shown: Iterable[Entry], claims: Iterable[Claim]) -> tuple[Citation, ...]:
        story = self._story
        numbers = [number for entry in shown for number in entry.cites]
        numbers += [number for claim in claims for number in claim.denial_cites]
        return tuple(
            Citation(number, story.paragraphs[number].gist, story.paragraph_url(number))
            for number in dict.fromkeys(numbers)
        )

    def _related(self, entry: Entry) -> tuple[tuple[str, str], ...]:
        """Return the entries it names as related, then those that name it, then those that cite the same paragraphs."""
        story = self._story
        citing = [id for number in entry.cites for id in story.entries_citing[number]]
        neighbours = [id for id in citing if story.entries[id].standing != "not_covered"]
        nearest = [entry.nearest] if entry.nearest else []
        ids = dict.fromkeys([*entry.related, *nearest, *story.related_from.get(entry.id, ()), *neighbours])
        return tuple((id, story.entries[id].question) for id in ids if id != entry.id)[:MAX_RELATED]
