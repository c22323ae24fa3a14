"""Piano rolls as a network reads them."""

from dataclasses import dataclass
from typing import ClassVar

from gradatim.data.encoders.sequences import Sequences
from gradatim.data.rolls import Rolls


@dataclass(frozen=True)
class RollEncoder(Sequences):
    """x′ = x: 1 where a note sounds, 0 elsewhere."""

    name: ClassVar[str] = "rolls"

    def template(self, shape: tuple[int, ...] | None, features: tuple[str, ...]) -> Rolls:
        """No piece."""
        return Rolls.empty()

    def choices(self, features: tuple[str, ...]) -> dict[str, str]:
        """What is read."""
        return {"frames": "each is predicted from those before it, the first from none"}
