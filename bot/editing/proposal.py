"""A change of the base with its consequences, before it is published."""

from msgspec import Struct

from bot.answering.reply import Reply
from bot.editing.apply_request import FileChanges
from bot.editing.change_request import ChangeRequest
from bot.errors import EditError
from bot.story.models import Story
from bot.story.repository import FileSnapshot


class Proposal(Struct, frozen=True):
    """A change request applied to one version of the base, and not published."""

    request: ChangeRequest
    title: str
    """What the history calls the change."""
    changes: FileChanges
    version: FileSnapshot
    """The version that the request was applied to."""
    warnings: tuple[str, ...]
    """Reasons not to publish; publishing despite them has to be explicit."""
    reply: Reply | None
    """The entry's card as members will see it, where exactly one entry is new or different."""
    diff: str
    old_story: Story
    story: Story
    """The base before and after the change."""
    also_answers: tuple[str, ...] = ()
    """Questions about somebody or something else that a changed entry would answer now; see `swap_test`."""


class ProposalOutdated(EditError):
    """The base has changed since the proposal was made, and the request has other warnings now; carries a new proposal."""

    def __init__(self, proposal: Proposal) -> None:
        super().__init__(
            "The base has changed since you looked, so this has other consequences now. Please look again."
        )
        self.proposal = proposal
