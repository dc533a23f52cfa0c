"""Fields of an entry that tests add."""

from bot.story.entry import FieldValue

LAMP_WORTH: dict[str, FieldValue] = {
    "question": "What is the lamp worth?",
    "answer": "The lamp is worth 40 crowns.",
    "cites": ["2"],
    "standing": "reported",
    "phrasings": ["price of the lamp"],
}
