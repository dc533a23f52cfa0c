"""Discord's limits, each once, with its source.

Paths are pages of Discord's developer documentation (discord-api-docs at c98d64bc).
"""

MESSAGE_CONTENT = 2000  # characters; resources/message, "Create Message"
EMBED_DESCRIPTION = 4096  # characters; resources/message, "Embed Limits"
EMBED_FIELD_VALUE = 1024
EMBED_TITLE = 256
EMBED_TOTAL = 6000  # over all embeds of a message
BUTTON_LABEL = 80  # characters; components/reference, "Button"
ROWS = 5
FILES = 10  # attachments of one message; resources/message, "Create Message"
ALT_TEXT = 1024  # characters of an attachment's description; components/reference, and S: description
LABEL = 45  # components/reference, "Label"
LABEL_DESCRIPTION = 100
FORM_TEXT = 4000  # characters of a text input, and of what it is opened with; components/reference, "Text Input"
SELECT_OPTIONS = 25  # components/reference, "String Select"
OPTION = 100  # characters of an option's label, value and description
UPLOAD = 10 * 1024 * 1024  # bytes of a file; reference, "Uploading Files"
LINK_URL = 512  # characters; components/reference, "Button"
CUSTOM_ID = 100  # characters; components/reference, "Custom ID"
CHOICES = 25  # autocomplete choices; interactions/application-commands
CHOICE_NAME = 100
"""Largest name, and string value, of a choice."""
INTERACTION_SECONDS = 3  # to the first response; interactions/receiving-and-responding
INVALID_REQUESTS = 10_000  # answers 401, 403 or 429 (but for shared ones); topics/rate-limits, "Invalid Request Limit"
INVALID_SECONDS = 10 * 60  # in which that many lead to a block; same page
