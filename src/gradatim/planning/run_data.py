"""The examples of a run and how to find them again."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gradatim.data.sources.source import Examples

if TYPE_CHECKING:
    from gradatim.planning.domain_of_target import Domain


@dataclass
class Data:
    """The examples of a run and how to find them again."""

    train: Examples
    valid: Examples | None
    test: Examples | None
    name: str
    reference: dict[str, Any]  # what config.json says of it
    notices: tuple[str, ...] = ()  # what a person should be told of it
    task: str = ""  # that was asked for and is not about the data's own targets
    domain: "Domain | None" = None  # that the network is adapted to
    whole_y: Any = None  # the targets of all rows in their order, before they were divided
    choices: dict[str, str] = field(default_factory=dict)  # what was made of them, for config.json

    @property
    def judged_on(self) -> str:
        """The part that the network is judged on."""
        return self.reference["judged_on"]

    @property
    def judged(self) -> Examples | None:
        """The examples that the network is judged on."""
        return getattr(self, self.judged_on)
