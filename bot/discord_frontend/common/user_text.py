"""The front end's own sentences."""

NONE_RECORDED = (
    "Nobody has written an answer to that yet. Your question goes on the moderators' list, without your name."
)
NONE_NOT_RECORDED = (
    "Nobody has written an answer to that yet. You have already added many questions to the moderators' list today."
)
NONE_EXPIRED = "Nobody has written an answer to that yet. I no longer have your question: please ask it in other words."
ENTRY_GONE = "That answer has been removed. Please ask again in your own words."
UNKNOWN_BUTTON = "That button no longer works. Please ask again in your own words."
VOTE_COUNTED = "Thank you. Your vote is counted, without your name."
ALREADY_VOTED = "You have already voted on this answer."
MESSAGE_HIDDEN = (
    "I can't read that message: Discord only shows me messages that mention me. "
    "Open the message's menu and choose Apps, then ‘Answer this’."
)
NO_TEXT = "That message has no text to answer."
COMMAND_CHANGED = "That command has changed. Please try again in a minute."
MALFORMED = "I couldn't read what Discord sent me. Please try again."
SENT_AS_MESSAGE = "Discord didn't accept my answer to a command in time, so here it is as a message."
INTERNAL_ERROR = "Something went wrong on my side. It has been logged."
NOT_HOME = "The base can only be changed in its home server. Go there, or use 'pilcrow kb' in a terminal."
BASE_BROKEN = "The base has errors, so I keep using the last good version:"
BASE_FIXED = "The base is fixed, and I use it again."
OVERLOADED = "Too many people are asking right now. Please try again in a minute."
CANNOT_ATTACH = "I'm not allowed to attach files here. `/timeline` without a picture shows the same as text."


def on_cooldown(seconds: float) -> str:
    """Return what to tell somebody who asks too fast."""
    whole = max(1, round(seconds))
    return f"You are asking too fast. Please try again in {whole} second{'s' if whole > 1 else ''}."
