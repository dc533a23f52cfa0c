"""The mark of a text that is still to be written."""

TODO = "TODO"
"""`pilcrow check` lists the texts that have it."""
