"""The engine's own words around what can be read of a story, in each language it speaks: headings, help, refusals.

Tables only, beside `phrases`, which has those around an answer. `{}` stands for what is filled in.
"""

from collections.abc import Mapping

from msgspec import Struct

from bot.nlp.languages import Language


class ReadingPhrases(Struct, frozen=True):
    """What the engine says by itself around a reading, in one language."""

    frame: str
    """Stands before a reading whose lines are in another language."""
    months: tuple[str, ...]
    first: str
    """The first day of a month, as it is written in a date."""
    later: str
    """Heading of what became known after the article."""
    timeline: str
    in_the_article: str
    resolved: str
    """Beside a day that the article only gives as 'Monday': the article's words, and where the date is known from."""
    picture: str
    """Above the timeline as a picture."""
    says: str
    mentioned: str
    outside: str
    members: str
    claims: str
    claim: str
    alleged: str
    denied: str
    denials: str
    found_later: str
    paragraph: str
    gist: str
    own_text: str
    answered: str
    left_open: str
    sources: str
    article: str
    got_facts: str
    nothing_later: str
    known_for: str
    """Beside a source: the days of what it told."""
    help: str
    ask: str
    ways: tuple[str, ...]
    commands: str
    listed: str
    """A command and what it is for."""
    about: str
    about_article: str
    about_rows: tuple[str, ...]
    about_count: str
    privacy: str
    kept: tuple[str, ...]
    unknown: str
    length: str
    no_summaries: str
    no_topic: str
    meant_topic: str
    topics: str
    """Every topic there is, where none of them is like what was typed."""
    no_paragraph: str
    nobody: str
    meant_name: str
    which_name: str
    """For a name that several share."""
    no_name: str
    """Where there was no word to look up."""
    next_page: str
    previous_page: str
    of_pages: str
    continued: str
    later_on_page: str
    """Under a page that comes before what became known later: where that is."""
    read_it: str
    nothing_yet: str
    either: str
    """'or', between the last two of a list."""


ENGLISH = ReadingPhrases(
    frame="",
    months=tuple("January February March April May June July August September October November December".split()),
    first="1",
    later="Known later (not in the article)",
    timeline="What happened when",
    in_the_article="In the article",
    resolved="the article says ‘{}’; the date follows from {}",
    picture="What happened when, drawn. `/timeline` without a picture has the same as text, with links.",
    says="What they say, by the article",
    mentioned="Where the article speaks of them",
    outside="The article does not mention {}.",
    members="That is: {}.",
    claims="What is alleged, denied and found",
    claim="Claim {} of {}",
    alleged="Alleged by {}: {}",
    denied="Denied: {}",
    denials="What is denied",
    found_later="Found later, {}",
    paragraph="Paragraph {}",
    gist="What it says, in our words",
    own_text="The article's own text",
    answered="Questions answered from it",
    left_open="Questions it leaves open",
    sources="Sources",
    article="The article",
    got_facts="Where it says it got its facts",
    nothing_later="Nothing has been added since the article.",
    known_for="for {}",
    help="What I can do",
    ask="Ask",
    ways=(
        "In Discord, mention me, or reply to one of my messages, with your question in your own words. In a terminal, type it.",
        "In the menu of a Discord message, under Apps, ‘Answer this’ answers that message.",
        "Every answer names the paragraphs it rests on. Where the article does not say, I say so.",
    ),
    commands="Commands",
    listed="/{}: {}",
    about="What I am",
    about_article="The article: {}, {}, {}.",
    about_rows=(
        "Nothing is generated: I look for the answer that somebody wrote and checked, and show it as it is.",
        "An answer is wrong? In Discord, press ‘Not helpful’ under it, or tell a moderator. Every answer can be changed, and every change undone.",
    ),
    about_count=(
        "There are {} answers, over {} paragraphs. "
        "What is alleged is shown as alleged, with its denial and what was found later."
    ),
    privacy="What is kept",
    kept=(
        "I keep nothing about who you are: no name, no id, no profile.",
        "A question that I cannot answer, or whose answer was ‘Not helpful’, is kept as text, with the server it "
        "came from, so that moderators can answer it. After {} days it is deleted.",
        "How often each answer is given, and found helpful or not, is counted by day, without a name or a question.",
        "What you asked last is remembered for follow-up questions, in memory only, until I restart.",
        "To have a question deleted earlier, tell the people who run this bot.",
    ),
    unknown="There is nothing to read called ‘{}’. There is: {}.",
    length="A summary is {}, not ‘{}’.",
    no_summaries="This story has no summaries yet. Ask me, or read it paragraph by paragraph.",
    no_topic="There is no topic ‘{}’.",
    meant_topic="Did you mean ‘{}’?",
    topics="The topics are: {}.",
    no_paragraph="There is no paragraph ‘{}’: the article has {} to {}. The nearest is {}.",
    nobody="The article mentions nobody called ‘{}’.",
    meant_name="Did you mean {}?",
    which_name="‘{}’ may be any of these: {}. Which do you mean?",
    no_name="Type a name, for example {}.",
    next_page="Next page",
    previous_page="Previous page",
    of_pages="{} ({} of {})",
    continued="{}, continued",
    later_on_page="on page {}.",
    read_it="read it",
    nothing_yet="Nothing has been written about this yet.",
    either="or",
)

FRENCH = ReadingPhrases(
    frame="Ce qui suit est en anglais, tel que des personnes l'ont rédigé et vérifié.",
    months=tuple("janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()),
    first="1er",
    later="Appris plus tard (pas dans l'article)",
    timeline="Ce qui s'est passé, dans l'ordre",
    in_the_article="Dans l'article",
    resolved="l'article dit « {} » ; la date se déduit de {}",
    picture="Ce qui s'est passé, dessiné. `/chronologie` sans image dit la même chose en texte, avec des liens.",
    says="Ce qui est dit de ce côté, selon l'article",
    mentioned="Où l'article en parle",
    outside="L'article ne parle pas de {}.",
    members="C'est-à-dire : {}.",
    claims="Ce qui est allégué, ce qui est démenti, ce qu'on a su plus tard",
    claim="Allégation {} sur {}",
    alleged="Allégué par « {} » : {}",
    denied="Démenti : {}",
    denials="Ce qui est démenti",
    found_later="Appris plus tard, {}",
    paragraph="Paragraphe {}",
    gist="Ce qu'il dit, avec nos mots",
    own_text="Le texte même de l'article",
    answered="Questions auxquelles il répond",
    left_open="Questions qu'il laisse ouvertes",
    sources="Sources",
    article="L'article",
    got_facts="D'où il dit tenir ses informations",
    nothing_later="Rien n'a été ajouté depuis l'article.",
    known_for="pour : {}",
    help="Ce que je sais faire",
    ask="Poser une question",
    ways=(
        "Dans Discord, mentionnez-moi, ou répondez à l'un de mes messages, avec votre question dans vos propres mots. "
        "Dans un terminal, tapez-la.",
        "Dans le menu d'un message de Discord, sous Applications, « Répondre à ceci » répond à ce message.",
        "Chaque réponse cite les paragraphes sur lesquels elle s'appuie. Si l'article ne le dit pas, je le dis.",
    ),
    commands="Commandes",
    listed="/{} : {}",
    about="Ce que je suis",
    about_article="L'article : {}, {}, {}.",
    about_rows=(
        "Rien n'est généré : je cherche la réponse que quelqu'un a rédigée et vérifiée, et je la montre telle quelle.",
        "Une réponse est fausse ? Dans Discord, appuyez sur « Pas utile » sous la réponse, ou dites-le à un modérateur. "
        "Toute réponse peut être corrigée, et toute correction annulée.",
    ),
    about_count=(
        "Il y a {} réponses, sur {} paragraphes. "
        "Ce qui est allégué est montré comme tel, avec son démenti et ce qu'on a su plus tard."
    ),
    privacy="Ce qui est conservé",
    kept=(
        "Je ne conserve rien sur vous : ni nom, ni identifiant, ni profil.",
        "Une question à laquelle je ne sais pas répondre, ou dont la réponse était « Pas utile », est conservée sous forme "
        "de texte, avec le serveur d'où elle vient, pour que les modérateurs puissent y répondre. Après {} jours, elle est "
        "supprimée.",
        "Le nombre de fois où chaque réponse est donnée, et jugée utile ou non, est compté par jour, sans nom ni question.",
        "Vos dernières questions sont gardées pour celles qui les suivent, en mémoire seulement, jusqu'à mon redémarrage.",
        "Pour faire supprimer une question plus tôt, dites-le à ceux qui font tourner ce bot.",
    ),
    unknown="Il n'y a rien à lire qui s'appelle « {} ». Il y a : {}.",
    length="Un résumé est {}, pas « {} ».",
    no_summaries="Cette histoire n'a pas encore de résumés. Posez une question, ou lisez-la paragraphe par paragraphe.",
    no_topic="Il n'y a pas de sujet « {} ».",
    meant_topic="Vouliez-vous dire « {} » ?",
    topics="Les sujets sont : {}.",
    no_paragraph="Il n'y a pas de paragraphe « {} » : l'article va de {} à {}. Le plus proche est le {}.",
    nobody="L'article ne mentionne personne du nom de « {} ».",
    meant_name="Vouliez-vous dire {} ?",
    which_name="« {} » peut être : {}. Lequel voulez-vous dire ?",
    no_name="Tapez un nom, par exemple {}.",
    next_page="Page suivante",
    previous_page="Page précédente",
    of_pages="{} ({} sur {})",
    continued="{}, suite",
    later_on_page="à la page {}.",
    read_it="le lire",
    nothing_yet="Rien n'a encore été écrit à ce sujet.",
    either="ou",
)

READING: Mapping[Language, ReadingPhrases] = {"en": ENGLISH, "fr": FRENCH}
