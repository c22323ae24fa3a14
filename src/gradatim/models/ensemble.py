"""Multilayer perceptrons side by side, of one or of several kinds, trained on parts of the examples."""

from collections.abc import Mapping, Sequence
from typing import Any

from gradatim.checks import UsageError, shown, whole
from gradatim.functional.ensemble_mean import columns_of
from gradatim.models.mlp import mlp

Kind = Mapping[str, Any]


def ensemble(
    in_features: int, out_features: int, kinds: Sequence[Kind] = ({},), folds: int = 1,
    mean: str = "outputs", hidden: Sequence[int] = (128, 64), activation: str = "relu", dropout: float = 0.0,
    input_dropout: float = 0.0, init: str | None = None,
) -> list[dict[str, Any]]:  # fmt: skip
    """The weighed mean of multilayer perceptrons (Hansen & Salamon 1990; weights as Caruana et al. 2004).

        a = mean(s_1 f_1(x), …, s_M f_M(x)),   Σ_m s_m = 1

    There is a member for every kind and fold, in this order: kind 1 on fold 1, 2, …, kind 2 on fold 1, ….
    A kind is {"columns": [[start, stop], …]}, the inputs that it reads, arguments of `mlp` that are its own,
    and "settings" of `Training` that are, such as {"weight_decay": 2.0}; the others are those of all. With
    `folds` > 1 each member learns from all parts of the examples but one, on which it is validated; with 1
    the run's own validation part is kept. `mean` is `mean_of_members`'.

    Shapes: x (N, in_features) → (N, out_features). Returns the layers' entries.

    >>> layers = ensemble(3, 1, kinds=[{}, {"columns": [[1, 3]]}], folds=2)
    >>> len(layers[0]["members"]), layers[0]["members"][3]["columns"]
    (4, [[1, 3]])
    """
    whole("folds", folds, 1)
    if not isinstance(kinds, Sequence) or not kinds or not all(isinstance(one, Mapping) for one in kinds):
        raise UsageError(f'kinds must be a list such as [{{"columns": [[0, 3]]}}]; it is {shown(kinds)}')
    members = []
    for kind in kinds:
        own = {
            "hidden": hidden, "activation": activation, "dropout": dropout, "input_dropout": input_dropout,
            "init": init, **kind,
        }  # fmt: skip
        columns, settings = own.pop("columns", None), own.pop("settings", {})
        if not isinstance(settings, Mapping):
            said = 'the settings of a kind are such as {"weight_decay": 2.0}'
            raise UsageError(f"{said}; they are {shown(settings)}")
        chosen = columns_of(columns, in_features)
        width = in_features if isinstance(chosen, slice) else len(chosen)
        part: dict[str, Any] = {} if columns is None else {"columns": [list(one) for one in columns]}
        part |= {"settings": dict(settings)} if settings else {}
        members += [{**part, "layers": mlp(width, out_features, **own)} for _ in range(folds)]
    return [{
        "name": "mean_of_members", "in_features": in_features, "members": members, "mean": mean,
        "folds": folds,
    }]  # fmt: skip
