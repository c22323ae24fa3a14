"""A plan while it is made: what was asked for, and what the stages have chosen so far."""

from dataclasses import dataclass, field, replace
from typing import Any

from gradatim.data.encoders.encoder import Encoder
from gradatim.planning.aid import Aid
from gradatim.planning.defaults import Recipe
from gradatim.planning.run_data import Data
from gradatim.planning.training_options import Settings
from gradatim.problems.problem import Problem
from gradatim.runs.trained import Trained


@dataclass
class Draft:
    """A plan while it is made; what stands behind `aids` is chosen by the stages, each in its turn."""

    data: Data
    settings: Settings
    model: Any  # that was asked for: None, a name, a description or a module
    network: dict[str, Any]  # arguments that were asked for
    loss: Any
    known_encoder: Encoder | None  # of the run that goes on, or that is begun with
    aids: tuple[Aid, ...]
    wants_best: bool = False  # whether the best network is asked for, be it slow

    problem: Problem = field(init=False)
    recipe: Recipe = field(init=False)  # for such examples
    certain: bool = field(init=False)  # whether one certain network is asked for
    named: Any = field(init=False)  # the network by its name, description or module
    encoder: Encoder = field(init=False)
    entry: dict[str, Any] | None = field(init=False)  # None of a module
    made: Any = field(init=False)  # the network itself
    trained: Trained = field(init=False)
    choices: dict[str, str] = field(default_factory=dict)  # what was chosen, and why
    reasons: dict[str, str] = field(default_factory=dict)  # the same, to stand behind the settings' choices

    @property
    def train(self) -> Any:
        """The training examples."""
        return self.data.train

    @property
    def size(self) -> int:
        """How many training examples there are; 0 where a loader does not know."""
        return 0 if self.train.shape is None else len(self.train)

    @property
    def is_named(self) -> bool:
        """Whether the network goes by its name in the catalogue."""
        return isinstance(self.named, str)

    @property
    def given(self) -> set[str]:
        """The settings that differ from what stands where nothing is asked for."""
        usual = Settings().as_dict()
        return {name for name, value in self.settings.as_dict().items() if value != usual[name]}

    def notice(self, *sentences: str) -> None:
        """Add what a person should be told of the data."""
        self.data = replace(self.data, notices=(*self.data.notices, *sentences))
