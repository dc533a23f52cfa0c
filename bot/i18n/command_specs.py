"""The commands that read the story, once for every front end: what each is called and what it is for."""

from msgspec import Struct


class Option(Struct, frozen=True):
    """One value that a command takes."""

    name: str
    description: str
    french: tuple[str, str]
    """Name and description in French."""


class Choice(Struct, frozen=True):
    """One of the few things that an option may be."""

    name: str
    value: str
    french: str


class Command(Struct, frozen=True):
    """One command."""

    name: str
    description: str
    french: tuple[str, str]
    options: tuple[Option, ...] = ()


PRIVATE = Option("private", "Show it to me only", ("privé", "Ne le montrer qu'à moi"))
LENGTH = (
    Choice("one line", "line", "une ligne"),
    Choice("short", "short", "court"),
    Choice("full", "full", "en entier"),
)
PICTURE = (Choice("dark", "dark", "sombre"), Choice("light", "light", "clair"))
ASK = Command(
    "ask",
    "Ask about the story; the answer names its paragraphs.",
    ("demander", "Poser une question sur l'histoire ; la réponse cite ses paragraphes."),
    (
        Option(
            "question",
            "Your question, in your own words, or one of the suggestions",
            ("question", "Votre question, avec vos mots, ou l'une des suggestions"),
        ),
        PRIVATE,
    ),
)
SUMMARY = Command(
    "summary",
    "The story, or one topic of it, at a glance.",
    ("résumé", "L'histoire, ou l'un de ses sujets, en bref."),
    (
        Option("length", "One line, short, or in full", ("longueur", "Une ligne, court ou en entier")),
        Option("topic", "What about; the whole story if left out", ("sujet", "De quoi ; toute l'histoire sinon")),
        PRIVATE,
    ),
)
TIMELINE = Command(
    "timeline",
    "What happened when, oldest first.",
    ("chronologie", "Ce qui s'est passé, dans l'ordre."),
    (Option("picture", "Show it as a picture", ("image", "La montrer en image")), PRIVATE),
)
WHO = Command(
    "who",
    "Who somebody is, and what the article says of them.",
    ("qui", "Qui est une personne, et ce que l'article en dit."),
    (Option("name", "A name, or a description", ("nom", "Un nom ou une description")), PRIVATE),
)
CLAIMS = Command(
    "claims",
    "What is alleged, by whom, who denies it, and what was found later.",
    ("allégations", "Ce qui est allégué, par qui, qui le dément, et ce qu'on a su plus tard."),
    (PRIVATE,),
)
PARAGRAPH = Command(
    "paragraph",
    "One paragraph of the article: what it says, and what rests on it.",
    ("paragraphe", "Un paragraphe de l'article : ce qu'il dit, et ce qui s'appuie dessus."),
    (Option("number", "The paragraph's number", ("numéro", "Le numéro du paragraphe")), PRIVATE),
)
SOURCES = Command(
    "sources",
    "Where the article and the later developments come from.",
    ("sources", "D'où viennent l'article et ce qu'on a su plus tard."),
    (PRIVATE,),
)
UPDATES = Command(
    "updates",
    "What became known after the article.",
    ("suites", "Ce qu'on a su après l'article."),
    (PRIVATE,),
)
HELP = Command("help", "What I can do.", ("aide", "Ce que je sais faire."), (PRIVATE,))
ABOUT = Command(
    "about",
    "What I am, who wrote the answers, and how to correct them.",
    ("à-propos", "Ce que je suis, qui a rédigé les réponses, comment les corriger."),
    (PRIVATE,),
)
PRIVACY = Command(
    "privacy",
    "What is kept of what you ask.",
    ("confidentialité", "Ce qui est conservé de vos questions."),
    (PRIVATE,),
)
COMMANDS = (ASK, SUMMARY, TIMELINE, WHO, CLAIMS, PARAGRAPH, SOURCES, UPDATES, HELP, ABOUT, PRIVACY)
