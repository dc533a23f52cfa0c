"""A small invented story, as the files of a base, with records of every kind."""

from bot.story import loader
from bot.story.models import Story

STORY = """\
title: Harbour light goes dark
publisher: The Quay
url: https://quay.example/harbour-light
published: May 2020
language: en
disclaimer: An invented story for tests.
sources:
  - {text: The mayor told it himself., cites: [2]}
paragraphs:
  - number: 1
    gist: Keeper Ada Quill left the lighthouse at Brim on Friday.
    first: Keeper Ada Quill
    last: on Friday evening.
    sha256: aa
    people: [ada-quill, brim]
    days: [Friday]
    quotes: ["quite tired"]
  - number: 2
    gist: The mayor says that she took the lamp; she denies it.
    first: Mayor Tom Reed
    last: she denies it.
    sha256: bb
    people: [tom-reed, ada-quill]
    numbers: ["40"]
"""

PEOPLE = """\
- id: ada-quill
  name: Ada Quill
  kind: person
  aliases: [Quill, the keeper, lighthouse keeper]
  role: Keeper of the lighthouse at Brim.
  cites: [1]
- id: tom-reed
  name: Tom Reed
  kind: person
  aliases: [Reed, the mayor]
  role: Mayor of Brim.
  cites: [2]
  says:
    - {text: Ada Quill took the lamp. She denies it., cites: [2]}
- id: brim
  name: Brim
  kind: place
  role: A harbour town.
  cites: [1]
"""

DEVELOPMENTS = """\
- id: lamp-found
  date: 2020-06-01
  text: The lamp was found in the mayor's cellar.
  source: The Quay, 1 June 2020
  url: https://quay.example/lamp-found
"""

CLAIMS = """\
- id: took-lamp
  text: Ada Quill took the lamp.
  by: [tom-reed]
  cites: [2]
  denial: Ada Quill denies it.
  denied_by: [ada-quill]
  denial_cites: [2]
  developments: [lamp-found]
"""

VOCABULARY = """\
leave: [leave, left, quit, walk away, resign]
take: [take, took, steal, stole, nick]
"""

SUMMARIES = (
    """\
- id: all
  title: The dark light
  line: {text: The keeper of the lighthouse at Brim left., cites: [1]}
  short:
    - {text: Keeper Ada Quill left the lighthouse at Brim on Friday., cites: [1]}
    - {text: Tom Reed says that she took the lamp; she denies it., cites: [2]}
  full:
"""
    + "".join(
        f"    - {{text: 'line {n}, the keeper left the lighthouse.', cites: [1]}}\n"
        for n in "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz"[:40]
    )
    + """\
  developments: [lamp-found]
- id: lamp
  title: The lamp
  line: {text: Tom Reed says that Ada Quill took the lamp; she denies it., cites: [2]}
  short:
    - {text: Tom Reed says that Ada Quill took the lamp; she denies it., cites: [2]}
  full:
    - {text: Tom Reed says that Ada Quill took the lamp; she denies it., cites: [2]}
"""
)

TIMELINE = """\
- date: 2020-05
  said: Friday
  resolved: lamp-found
  text: Keeper Ada Quill leaves the lighthouse.
  cites: [1]
"""

KEEPER = """\
- id: keeper-left
  question: When did Ada Quill leave the lighthouse?
  answer: She left it on Friday evening, and was "quite tired".
  cites: [1]
  standing: reported
  related: [lamp-taken]
  phrasings:
    - what day did the keeper quit
    - when did she walk away from the lighthouse
- id: keeper-place
  question: Where is the lighthouse?
  answer: It stands at Brim.
  cites: [1]
  standing: reported
  phrasings:
    - in which town is the lighthouse
    - where was the keeper working
- id: keeper-age
  question: How old is Ada Quill?
  answer: The article does not say how old she is.
  cites: [1]
  standing: not_covered
  nearest: keeper-left
  phrasings:
    - age of the keeper
"""

LAMP = """\
- id: lamp-taken
  question: What is Ada Quill accused of?
  answer: The mayor, Tom Reed, says that she took the lamp, worth 40 crowns.
  cites: [2]
  standing: alleged
  by: [tom-reed]
  claim: took-lamp
  phrasings:
    - did the keeper steal the lamp
    - who took the lamp
- id: lamp-denied
  question: Does Ada Quill deny taking the lamp?
  answer: Ada Quill denies it.
  cites: [2]
  standing: denied
  by: [ada-quill]
  phrasings:
    - what does she say about the lamp
"""


def small_story_files() -> dict[str, bytes]:
    """Return the base's files by relative path, a new dict for each test to edit."""
    texts = {
        "story.yaml": STORY,
        "people.yaml": PEOPLE,
        "developments.yaml": DEVELOPMENTS,
        "claims.yaml": CLAIMS,
        "vocabulary.yaml": VOCABULARY,
        "summaries.yaml": SUMMARIES,
        "timeline.yaml": TIMELINE,
        "qa/keeper.yaml": KEEPER,
        "qa/lamp.yaml": LAMP,
    }
    return {name: text.encode() for name, text in texts.items()}


def small_story() -> Story:
    """Return the loaded story."""
    return loader.parse_story(small_story_files())
