"""The moderators' commands: what each is called and what it is for, in both languages."""

from bot.i18n.command_specs import Command, Option

GROUP = Command(
    "kb",
    "Keep the base: what is missing, what is wrong, and who changed what.",
    ("base", "Tenir la base : ce qui manque, ce qui est faux, et qui a changé quoi."),
)
_ENTRY = ("réponse", "La réponse, telle qu'on la demande")
WHY = Option("why", "The reason, for the history", ("raison", "La raison, pour l'historique"))
NUMBER = Option("number", "The change's number, as in the history", ("numéro", "Le numéro, comme dans l'historique"))
INBOX = Command(
    "inbox",
    "What people asked and did not get, the most frequent first.",
    ("courrier", "Ce qu'on a demandé sans l'obtenir, le plus fréquent d'abord."),
)
ADD = Command(
    "add",
    "Write a new answer.",
    ("ajouter", "Rédiger une nouvelle réponse."),
    (
        Option("topic", "The part of the base it belongs to", ("sujet", "La partie de la base dont elle relève")),
        Option("question", "What it answers", ("question", "La question à laquelle elle répond")),
        WHY,
    ),
)
EDIT = Command(
    "edit",
    "Change an answer.",
    ("modifier", "Modifier une réponse."),
    (Option("entry", "Which answer, by its question", _ENTRY), WHY),
)
PHRASE = Command(
    "phrase",
    "Add one more way of asking for an answer.",
    ("formulation", "Ajouter une façon de demander une réponse."),
    (
        Option("entry", "Which answer, by its question", _ENTRY),
        Option("phrasing", "How people ask it", ("formulation", "Comment on le demande")),
        WHY,
    ),
)
REMOVE = Command(
    "remove",
    "Take an answer away.",
    ("retirer", "Retirer une réponse."),
    (Option("entry", "Which answer, by its question", _ENTRY), WHY),
)
HISTORY = Command(
    "history",
    "Who changed what, when and why.",
    ("historique", "Qui a changé quoi, quand et pourquoi."),
)
DIFF = Command("diff", "One change, line by line.", ("différence", "Un changement, ligne par ligne."), (NUMBER,))
UNDO = Command("undo", "Take a change back.", ("annuler", "Revenir sur un changement."), (NUMBER, WHY))
EXPORT = Command("export", "The whole base as a ZIP file.", ("exporter", "Toute la base en fichier ZIP."))
IMPORT = Command(
    "import",
    "Put the base of a ZIP file in place of this one; shown first.",
    ("importer", "Remplacer la base par celle d'un fichier ZIP, montrée d'abord."),
    (Option("archive", "The ZIP file", ("archive", "Le fichier ZIP")), WHY),
)
TEST = Command(
    "test",
    "Ask in private, and see why the answer is what it is.",
    ("essayer", "Demander en privé, et voir pourquoi la réponse est celle-là."),
    (Option("question", "What a member would ask", ("question", "Ce qu'un membre demanderait")),),
)
STATS = Command(
    "stats",
    "What is asked, answered and missed, by answer and over time.",
    ("statistiques", "Ce qui est demandé, répondu et manqué, par réponse et dans le temps."),
    (Option("days", "How many days back; 30 if left out", ("jours", "Sur combien de jours ; 30 sinon")),),
)
COMMANDS = (INBOX, ADD, EDIT, PHRASE, REMOVE, HISTORY, DIFF, UNDO, EXPORT, IMPORT, TEST, STATS)
