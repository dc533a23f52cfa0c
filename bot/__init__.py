"""Pilcrow: answers questions about one news story from a fact base that people wrote."""

__version__ = "0.3.0"
