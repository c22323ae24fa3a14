"""What an aid is: something that helps a network beside its examples, and takes its part in every stage."""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from gradatim.data.encoders.encoder import Encoder
from gradatim.planning.training_options import Settings

if TYPE_CHECKING:
    from gradatim.planning.draft import Draft
    from gradatim.planning.plan import Plan
    from gradatim.problems.problem import Problem
    from gradatim.training.loop import Loop


class Aid:
    """What helps a network beside its examples: weights, vectors, layers that learn first, another domain.

    The stages of planning ask every aid for its part, in the order of these methods, and an aid that was not
    asked for, like a method that is not defined, has none. One file and a line of `planning.aids` make a new
    one.
    """

    only_torch: ClassVar[str] = ""  # why the torch engine is needed, where it is

    def stands_in(
        self, model: Any, network: Mapping[str, Any] | None, settings: Settings
    ) -> tuple[Any, Mapping[str, Any] | None, Settings]:
        """The network, its arguments and the settings, where it brings those; before data are read."""
        return model, network, settings

    def encoder_for(self, examples: Any) -> Encoder | None:
        """The encoder of the inputs, where it brings one."""
        return None

    def usual_model(self, draft: "Draft") -> Any:
        """The network where none is asked for; None where the data choose it."""
        return None

    def usual_loss(self, draft: "Draft") -> Any:
        """The loss where none is asked for; None where the problem chooses it."""
        return None

    def is_for_one(self, draft: "Draft") -> bool:
        """Whether one certain network is helped, and no ensemble."""
        return False

    def check(self, draft: "Draft") -> None:
        """Raise UsageError where it is asked for and cannot be, before a network is made."""

    def complete(self, draft: "Draft") -> None:
        """Choose what is left open of its settings, and say why."""

    def reads_units(self, draft: "Draft") -> bool:
        """Whether pictures are read between 0 and 1, and not standardised."""
        return False

    def encode(self, draft: "Draft") -> None:
        """Take part in how inputs are encoded."""

    def arguments(self, draft: "Draft", asked: Collection[str]) -> dict[str, Any]:
        """Arguments of a named network, behind those that are asked for."""
        return {}

    def entry_for(self, draft: "Draft") -> dict[str, Any] | None:
        """The network's entry, where it brings one."""
        return None

    def begin(self, draft: "Draft") -> None:
        """Put what it brings into the network, and say what that was."""

    def set_weights(self, network: Any, entry: dict[str, Any], problem: "Problem") -> str:
        """Set the weights that it brings into a network of this description, the run's own or one beside it;
        and say which they are, "" where it brings none.
        """
        return ""

    def record(self) -> dict[str, Any]:
        """What config.json holds of it, beside settings and data."""
        return {}

    def loop(self, plan: "Plan", parts: tuple[Any, Any], settings: dict[str, Any]) -> "Loop | None":
        """What teaches the network with training and validation examples, where it changes that."""
        return None
