"""What WideDeepClassifier and WideDeepRegressor ask of a run."""

from typing import Any

from gradatim.checks import plain_numbers
from gradatim.estimators.table_network import TableNetwork


class WideDeepSettings(TableNetwork):
    """The network and the settings of both; the rest is that of tables."""

    crosses: Any
    hidden_layer_sizes: Any
    activation: str
    dropout: float | None
    solver: str
    members = None
    numbers = None
    engine = "torch"

    def _network(self) -> tuple[str, dict[str, Any]]:
        return "wide_deep", {"crosses": plain_numbers(self.crosses), "activation": self.activation}

    def _of_target(self) -> dict[str, Any]:
        asked: dict[str, Any] = {"optimizer": self.solver, "dropout": self.dropout}
        if self.hidden_layer_sizes is not None:
            asked["hidden"] = self.hidden_layer_sizes
        return {**super()._of_target(), **asked}
