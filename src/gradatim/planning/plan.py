"""What a run will do, before it does it: data, splits, network, settings, all that config.json holds."""

from dataclasses import dataclass, field
from typing import Any

from gradatim.planning.aid import Aid
from gradatim.planning.run_data import Data
from gradatim.planning.training_options import Settings
from gradatim.problems.own_metrics import OwnMetrics
from gradatim.runs.asking import dtype_of
from gradatim.runs.trained import Trained


@dataclass
class Plan:
    """A run that can begin: everything chosen, nothing open."""

    data: Data
    settings: Settings
    choices: dict[str, str]
    trained: Trained  # the network, its weights drawn or its maker's
    loss: Any  # a name, or the user's function
    model: Any  # a name, a description or a module: what was asked for, or the usual
    asked: dict[str, Any]  # of the network, beyond the settings
    command: str
    aids: tuple[Aid, ...] = ()  # what helps the network beside its examples
    begins: dict[str, Any] = field(default_factory=dict)  # what it begins with, as config.json holds it
    extended: list[dict[str, int]] = field(default_factory=list)  # each time it was given more epochs
    metrics: OwnMetrics = field(default_factory=OwnMetrics)  # beside the problem's own measures
    optimizer: Any = None  # the caller's own, where the settings name none of the catalogue
    keep_best_model: bool = False  # whether the best on validation answers, the network or one of those
    tried: list[dict[str, Any]] = field(default_factory=list)  # before these settings were chosen
    baselines: bool = False  # whether others learn from the same table, to stand beside the network

    def prepare(self, examples: Any) -> Any:
        """Examples as an engine takes them."""
        if examples is None:
            return None
        return self.trained.encoder.prepare(examples, self.trained.problem, dtype_of(self.trained))
