"""The engine's own words, in each language it speaks: the sentences around what people wrote, never the answers.

Tables only. A front end takes the language of the question, or of the person's Discord where nothing was typed.
"""

from collections.abc import Mapping

from msgspec import Struct


class Phrases(Struct, frozen=True):
    """What the engine says by itself, in one language. `{}` stands for what is filled in."""

    frame: str
    """Stands before an answer that is in another language than the question."""
    nothing_asked: str
    not_found: str
    nothing_about: str
    nearest: str
    nearest_without: str
    which: str
    does_say: str
    other_half: str
    listed: str
    standing: Mapping[str, str]
    """Each standing as a reader sees it."""
    standing_name: str
    source: str
    later: str
    asked: str
    show_paragraphs: str
    helpful: str
    not_helpful: str
    none_of_these: str
    said_by: str
    quoted: str
    """A word of the question, as it was typed."""
    joined: str
    """'and', between the last two of a list."""


PHRASES: Mapping[str, Phrases] = {
    "en": Phrases(
        frame="",
        nothing_asked="Ask me something about the story, in your own words.",
        not_found="I have no answer to that which somebody has written and checked.",
        nothing_about="Nothing that I have is about {}.",
        nearest="The nearest thing the article does say:",
        nearest_without="The nearest thing the article does say, though not about {}:",
        which="I am not sure which of these you mean:",
        does_say="It does say:",
        other_half="On the other part of your question I have no answer that somebody has written and checked.",
        listed="Your question goes on the moderators' list, without your name.",
        standing={
            "reported": "Reported by the article",
            "alleged": "Alleged, not proven",
            "denied": "Denied",
            "said": "A statement",
            "assumed": "Widely assumed, not established",
            "not_covered": "The article does not say",
        },
        standing_name="Standing",
        source="Source",
        later="Known later (not in the article)",
        asked="Asked: {}",
        show_paragraphs="Show the paragraphs",
        helpful="Helpful",
        not_helpful="Not helpful",
        none_of_these="None of these",
        said_by="Said by {}",
        quoted="‘{}’",
        joined="and",
    ),
    "fr": Phrases(
        frame="Voici la réponse, en anglais, telle que des personnes l'ont rédigée et vérifiée :",
        nothing_asked="Posez-moi une question sur cette histoire, avec vos propres mots.",
        not_found="Je n'ai pas de réponse rédigée et vérifiée à cette question.",
        nothing_about="Rien de ce que j'ai ne parle de {}.",
        nearest="Ce que l'article dit de plus proche (en anglais) :",
        nearest_without="Ce que l'article dit de plus proche, mais pas sur {} (en anglais) :",
        which="Laquelle de ces questions vouliez-vous poser ? (en anglais)",
        does_say="Il dit ceci :",
        other_half="Pour l'autre partie de votre question, je n'ai pas de réponse rédigée et vérifiée.",
        listed="Votre question est transmise aux modérateurs, sans votre nom.",
        standing={
            "reported": "Rapporté par l'article",
            "alleged": "Allégué, non prouvé",
            "denied": "Démenti",
            "said": "Une déclaration",
            "assumed": "Largement supposé, non établi",
            "not_covered": "L'article ne le dit pas",
        },
        standing_name="Statut",
        source="Source",
        later="Appris plus tard (pas dans l'article)",
        asked="Question : {}",
        show_paragraphs="Voir les paragraphes",
        helpful="Utile",
        not_helpful="Pas utile",
        none_of_these="Aucune de ces questions",
        said_by="Selon {}",
        quoted="« {} »",
        joined="et",
    ),
}
