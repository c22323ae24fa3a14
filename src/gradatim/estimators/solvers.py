"""The solvers: scikit-learn's names, and every optimizer of Gradatim."""

from typing import Any, NamedTuple

from gradatim.checks import known
from gradatim.estimators.arguments import argument
from gradatim.optim.numpy_updates import METHODS

# What the estimators call a setting of an update
ARGUMENTS = {"momentum": "momentum", "beta1": "beta_1", "beta2": "beta_2", "eps": "epsilon"}
TAKES = {  # the settings of each solver that its arguments set; the others keep their optimizer's own
    "sgd": ("momentum",), "momentum": ("momentum",), "nesterov": ("momentum",),
    "nesterov_torch": ("momentum",), "muon": ("momentum",),
    "adam": ("beta1", "beta2", "eps"), "adam_uncorrected": ("beta1", "beta2", "eps"),
    "adamw": ("beta1", "beta2", "eps"), "nadam": ("beta1", "beta2", "eps"),
    "amsgrad": ("beta1", "beta2", "eps"), "adamax": ("beta1", "beta2", "eps"),
    "radam": ("beta1", "beta2", "eps"),
}  # fmt: skip
# scikit-learn's; the others' are their optimizer's own
RATES = dict.fromkeys(("adam", "sgd", "momentum", "nesterov", "nesterov_torch"), 0.001)
HISTORY = 10  # pairs that L-BFGS keeps, as SciPy's


class Solver(NamedTuple):
    """An optimizer's name, its learning rate and its settings."""

    optimizer: str
    lr: float
    settings: dict[str, Any]


def solver_of(estimator: Any) -> Solver:
    """The solver that an estimator's arguments stand for.

    `sgd` is gradient descent with momentum, Nesterov's by default, as in scikit-learn; `momentum=0` leaves
    none. Raises UsageError for an unknown name.
    """
    name = known("solver", estimator.solver, METHODS)
    lr = estimator.learning_rate_init
    lr = (
        RATES.get(name, METHODS[name].settings["lr"])
        if lr is None
        else float(argument(estimator, "learning_rate_init"))
    )
    if name == "lbfgs":
        return Solver(
            name, 1.0, {"history_size": HISTORY, "tolerance_grad": float(argument(estimator, "tol"))}
        )
    settings = {key: float(argument(estimator, ARGUMENTS[key])) for key in TAKES.get(name, ())}
    if name == "sgd":
        name = "nesterov" if estimator.nesterovs_momentum else "momentum"
        if not settings["momentum"]:
            return Solver("sgd", lr, {})
    return Solver(name, lr, settings)
