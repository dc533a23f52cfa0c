"""How long the texts of a base may be, in characters, so that every reply fits one Discord message."""

TITLE = 256
QUESTION = 200
ANSWER = 1200
PHRASING = 300
POINT = 400
GIST = 220
NAME = 100
CLAIM = 600
"""Of a claim and of its denial."""
DEVELOPMENT = 600
FORM = 4000
"""Of one field of a form in which a text of the base is written."""
