"""Wide & Deep as a regressor."""

from typing import Any

from gradatim.estimators.arguments import keep
from gradatim.estimators.table_regressor import TableRegressor
from gradatim.estimators.wide_deep_settings import WideDeepSettings


class WideDeepRegressor(WideDeepSettings, TableRegressor):
    """Wide & Deep that predicts numbers of a table's rows (Cheng et al. 2016), by squared error.

        ŷ = W_wide [x; φ(x)] + W_deep h + b

    X is as WideDeepClassifier's; y holds one number a row, or several.

    Parameters: as WideDeepClassifier's; `target_transform` is TableRegressor's.

    Learned: as TableRegressor; `choices_["crosses"]` says which crosses were chosen.

    Raises UsageError for an argument that cannot be, NonFiniteLoss naming step and layer.

    >>> import pandas as pd
    >>> X = pd.DataFrame({"a": list("uvuv") * 30, "b": list("ssttss") * 20})
    >>> y = 10.0 * ((X["a"] == "u") ^ (X["b"] == "s"))
    >>> model = WideDeepRegressor(crosses="a:b", max_iter=200, random_state=0).fit(X, y)
    >>> model.score(X, y) > 0.9
    True
    """

    def __init__(
        self, *, crosses: Any = "auto", hidden_layer_sizes: Any = None, activation: str = "relu",
        dropout: float | None = None, solver: str = "adam", max_iter: int | None = None,
        validation_fraction: float = 0.1, max_minutes: float | None = None,
        target_transform: str | None = None, random_state: Any = None, n_jobs: int | None = None,
        device: str = "auto", verbose: bool = False,
    ):  # fmt: skip
        keep(self, locals())
