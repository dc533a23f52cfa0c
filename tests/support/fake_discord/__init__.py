"""An in-process fake of Discord (HTTP API v10 and gateway, on loopback), for tests of a real client."""

from .actor import Person
from .faults import Fault
from .interaction import Interaction
from .payloads import NotOffered
from .schema import Violation
from .server import FakeDiscord, NoAnswer
from .world import Channel, Guild, Role

__all__ = [
    "Channel",
    "FakeDiscord",
    "Fault",
    "Guild",
    "Interaction",
    "NoAnswer",
    "NotOffered",
    "Person",
    "Role",
    "Violation",
]
