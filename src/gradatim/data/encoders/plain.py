"""Inputs as they are, in the type that the network computes in."""

from typing import Any, ClassVar

from gradatim.data.encoders.encoder import Encoder, Record


class Plain(Encoder):
    """x′ = x: for a network of the user's own, which was made for the data as they are."""

    name: ClassVar[str] = "none"

    def as_dict(self) -> Record | None:
        """Nothing."""
        return None

    @classmethod
    def from_dict(cls, record: Any) -> "Plain":
        """One is like another."""
        return cls()
