"""Names and descriptions of the moderators' commands, in English and French."""

from bot.i18n.command_specs import Command, Option

GROUP = Command(
    "kb",
    "Maintain the base: open questions, corrections, history.",
    ("base", "Gérer la base : questions ouvertes, corrections, historique."),
)
_ENTRY = ("réponse", "La réponse, d'après sa question")
WHY = Option("why", "The reason, for the history", ("raison", "La raison, pour l'historique"))
NUMBER = Option(
    "number",
    "The number of the change, as in the history",
    ("numéro", "Le numéro de la modification, comme dans l'historique"),
)
INBOX = Command(
    "inbox",
    "Questions without a good answer, most frequent first.",
    ("courrier", "Les questions sans bonne réponse, les plus fréquentes d'abord."),
)
ADD = Command(
    "add",
    "Write a new answer.",
    ("ajouter", "Rédiger une nouvelle réponse."),
    (
        Option(
            "topic", "The part of the base it belongs to", ("sujet", "La partie de la base à laquelle elle appartient")
        ),
        Option("question", "The question it answers", ("question", "La question à laquelle elle répond")),
        WHY,
    ),
)
EDIT = Command(
    "edit",
    "Edit an answer.",
    ("modifier", "Modifier une réponse."),
    (Option("entry", "Which answer, by its question", _ENTRY), WHY),
)
PHRASE = Command(
    "phrase",
    "Add another way of asking a question.",
    ("formulation", "Ajouter une façon de poser une question."),
    (
        Option("entry", "Which answer, by its question", _ENTRY),
        Option("phrasing", "How people ask it", ("formulation", "Comment les gens la posent")),
        WHY,
    ),
)
REMOVE = Command(
    "remove",
    "Remove an answer.",
    ("retirer", "Supprimer une réponse."),
    (Option("entry", "Which answer, by its question", _ENTRY), WHY),
)
HISTORY = Command(
    "history",
    "Who changed what, when and why.",
    ("historique", "Qui a changé quoi, quand et pourquoi."),
)
DIFF = Command(
    "diff", "Show a change, before and after.", ("différence", "Afficher une modification, avant et après."), (NUMBER,)
)
UNDO = Command("undo", "Undo a change.", ("annuler", "Annuler une modification."), (NUMBER, WHY))
EXPORT = Command(
    "export", "Download the whole base as a ZIP file.", ("exporter", "Télécharger toute la base en fichier ZIP.")
)
IMPORT = Command(
    "import",
    "Replace the base with that of a ZIP file, after a preview.",
    ("importer", "Remplacer la base par celle d'un fichier ZIP, après un aperçu."),
    (Option("archive", "The ZIP file", ("archive", "Le fichier ZIP")), WHY),
)
TEST = Command(
    "test",
    "Ask in private and see how the answer was chosen.",
    ("essayer", "Poser une question en privé et voir comment la réponse est choisie."),
    (
        Option(
            "question",
            "A question as a member would ask it",
            ("question", "Une question telle qu'un membre la poserait"),
        ),
    ),
)
STATS = Command(
    "stats",
    "How many questions are asked, answered and missed, over time and by answer.",
    ("statistiques", "Combien de questions sont posées, répondues ou manquées, dans le temps et par réponse."),
    (Option("days", "Number of days, 30 by default", ("jours", "Nombre de jours, 30 par défaut")),),
)
COMMANDS = (INBOX, ADD, EDIT, PHRASE, REMOVE, HISTORY, DIFF, UNDO, EXPORT, IMPORT, TEST, STATS)
