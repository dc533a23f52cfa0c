"""Look up what somebody typed for a view: a topic, a person, a paragraph or a length. A refusal names the nearest one."""

import re
from collections.abc import Iterable, Mapping, Sequence

from bot.answering.name_index import TopicIndex, index_people, normalize_name
from bot.answering.view import NotInStory
from bot.i18n.messages import ViewMessages, join_list
from bot.nlp.name_finder import NameFinder
from bot.story.models import LENGTHS, Length, Person, Story

MAX_ECHO = 60
"""Characters of what somebody typed that are shown back to them."""
_PARAGRAPH_NUMBER = re.compile(r"(?:¶|#|p|para|paragraph|paragraphe)?\s*(\d{1,6})", re.IGNORECASE | re.ASCII)
_DIGITS = re.compile(r"\d{1,6}", re.ASCII)


class StoryLookup:
    """Finds topics, people and paragraphs of one story, and suggests them while somebody types."""

    def __init__(self, story: Story) -> None:
        self._story = story
        self._people = index_people(story.people.values())
        self._topics = TopicIndex(story.summaries.values())
        self._developments = find_named_people(story)
        self._mentioned = [id for id, person in story.people.items() if not person.outside_article]

    def developments_naming(self, id: str) -> Sequence[str]:
        """Return the ids of the developments that name a person."""
        return self._developments.get(id, ())

    def suggest_topics(self, typed: str, limit: int) -> list[tuple[str, str]]:
        """Return (id, title) of the topics closest to what has been typed so far; all in order for no text."""
        summaries = self._story.summaries
        ids = self._topics.about(typed) if normalize_name(typed) else list(summaries)
        return [(id, summaries[id].title) for id in ids[:limit]]

    def suggest_people(self, typed: str, limit: int) -> list[tuple[str, str]]:
        """Return (id, name) of the people closest to what has been typed so far; the first ones for no text."""
        ids = self._people.closest(typed, limit) if normalize_name(typed) else self._mentioned[:limit]
        return [(id, self._story.people[id].name) for id in ids]

    def topic(self, typed: str, messages: ViewMessages) -> str:
        """Return the id of the topic that is meant; of the whole story for no text. Raise NotInStory."""
        summaries = self._story.summaries
        if not summaries:
            raise NotInStory(messages.no_summaries)
        id = self._topics.find(typed) if typed.strip() else next(iter(summaries))
        if id is not None:
            return id
        near = self._topics.about(typed)
        if near:
            hint = messages.did_you_mean_topic.format(topic=summaries[near[0]].title)
        else:
            hint = messages.topic_list.format(topics="; ".join(topic.title for topic in summaries.values()))
        raise NotInStory(f"{messages.unknown_topic.format(topic=echo(typed))} {hint}")

    def person(self, typed: str, messages: ViewMessages) -> str:
        """Return the id of the person who is meant by a name, misspelt or not. Raise NotInStory."""
        id = self._people.find(typed)
        if id is not None:
            return id
        people = self._story.people
        if not normalize_name(typed):
            raise NotInStory(messages.missing_name.format(name=people[self._mentioned[0]].name))
        sharing = self._people.sharing(typed, self._mentioned)
        if len(sharing) > 1:
            names = "; ".join(people[id].name for id in sharing)
            raise NotInStory(messages.ambiguous_name.format(name=echo(typed), names=names))
        near = self._people.closest(typed, 1, self._mentioned, finished=True)
        hints = [messages.did_you_mean_person.format(name=people[id].name) for id in near]
        raise NotInStory(" ".join([messages.unknown_person.format(name=echo(typed)), *hints]))

    def paragraph(self, typed: str, messages: ViewMessages) -> int:
        """Return the number of the paragraph that is meant: 4, ¶4, p4 or paragraph 4. Raise NotInStory."""
        paragraphs = self._story.paragraphs
        match, digits = _PARAGRAPH_NUMBER.fullmatch(typed.strip()), _DIGITS.search(typed)
        if match and int(match[1]) in paragraphs:
            return int(match[1])
        wanted = int(digits[0]) if digits else 0
        nearest = min(paragraphs, key=lambda number: abs(number - wanted))
        first, last = min(paragraphs), max(paragraphs)
        raise NotInStory(messages.unknown_paragraph.format(number=echo(typed), first=first, last=last, nearest=nearest))

    def length(self, typed: str, messages: ViewMessages) -> Length:
        """Return the length of a summary that is meant. Raise NotInStory."""
        for length in LENGTHS:
            if length == typed:
                return length
        lengths = join_list(LENGTHS, messages.list_or)
        raise NotInStory(messages.unknown_length.format(lengths=lengths, length=echo(typed)))


def find_named_people(story: Story) -> Mapping[str, Sequence[str]]:
    """Return the ids of the developments that name each person, by the person's id."""
    owners: dict[str, list[str]] = {}
    for person in story.people.values():
        for name in _distinctive_names(person):
            owners.setdefault(name, []).append(person.id)
    finder = NameFinder(owners)
    developments: dict[str, dict[str, None]] = {}
    for id, development in story.developments.items():
        for name in finder.find(development.text):
            for person_id in owners[name]:
                developments.setdefault(person_id, {})[id] = None
    return {id: tuple(ids) for id, ids in developments.items()}


def _distinctive_names(person: Person) -> Iterable[str]:
    """Return a person's name, and the aliases that are names: a description may mean somebody else elsewhere."""
    return (person.name, *(name for name in person.aliases if name[:1].isupper() and " " not in name))


def echo(text: str) -> str:
    """Return what somebody typed, on one line and cut to MAX_ECHO characters."""
    line = " ".join(text.split())
    return line if len(line) <= MAX_ECHO else f"{line[: MAX_ECHO - 1]}…"
