"""Maximum lengths of the base's texts, in characters, chosen so that every reply fits one Discord message."""

TITLE = 256
QUESTION = 200
ANSWER = 1200
PHRASING = 300
POINT = 400
"""A line of a summary, of the timeline, or of what somebody says."""
GIST = 220
NAME = 100
QUOTE = 300
"""What a paragraph quotes, word for word."""
ROLE = 400
LABEL = 40
"""Of a few words on a button."""
CLOSEST = 200
"""Of the closest thing the article says."""
CLAIM = 600
"""A claim, and its denial."""
DEVELOPMENT = 600
SOURCE = 200
DISCLAIMER = 600
SUBJECT = 60
"""Of what follows 'one news story, about'."""
LANGUAGE = 10
"""A language code."""
SHA256 = 64
REASON = 300
"""The reason of a waiver."""
FORM = 4000
"""A field of a form in which a text of the base is written."""
