"""Fine-tuning: layers that stay as they are, layers that learn slower, layers that begin to learn later."""

from collections.abc import Mapping
from typing import Any

from torch import nn

from gradatim.checks import UsageError, one_of, real, whole
from gradatim.training.staged import Stage, Staged
from gradatim.training.training import Training
from gradatim.transfer.layers import frozen_layers, layers_of

STATISTICS = ("kept", "adapted")  # of the batch norms of layers that are frozen
OF_THE_LAST = ("schedule", "patience", "ema")  # settings that the stages before have not


class FineTuning(Training):
    """Training of a network that has learned already (Yosinski et al. 2014; Howard & Ruder 2018).

        layers 1 … freeze       θ_l stays
        layers freeze + 1 … L   θ_l ← θ_l − η_l ∇_l,   η_l = η · layer_decay^(L − l)   (discriminative rates)

    Layers are counted from the input to the head, L, which learns at the full rate: `transfer.layers_of`.
    Batch norms of frozen layers keep their γ and β; their running mean and variance are `kept`, so that the
    layers compute in training what they do afterwards, or `adapted` to the new examples.

    Parameters: `freeze`, a number of layers or the name of the last that is frozen; `layer_decay`, above 0
    and at most 1; `frozen_norm`; all others are Training's. `end` lets frozen layers learn again.

    Raises UsageError for a layer that there is not, and where no layer is left to learn.

    >>> import numpy as np
    >>> from gradatim.models.building import build
    >>> network = build({"name": "mlp", "in_features": 2, "out_features": 2, "hidden": [3, 3]})
    >>> loop = FineTuning(network, (np.eye(2, dtype=np.float32), [0, 1]), freeze=1, layer_decay=0.5, lr=0.1)
    >>> [group["lr"] for group in loop.engine.optimizer.param_groups]
    [0.1, 0.05]
    """

    def __init__(
        self, model: nn.Module, data: Any, loss: Any = "cross_entropy", optimizer: Any = "adam", *,
        freeze: int | str = 0, layer_decay: float = 1.0, frozen_norm: str = "kept", **settings: Any,
    ):  # fmt: skip
        one_of("frozen_norm", frozen_norm, STATISTICS)
        layers = layers_of(model)
        self.frozen = frozen_layers(model, freeze)
        still = {name for layer in layers[: self.frozen] for name in layer.parameters}
        held = [p for name, p in model.named_parameters() if name in still and p.requires_grad]
        self._norms = [norm for layer in layers[: self.frozen] for norm in layer.norms]
        if frozen_norm == "adapted":
            self._norms = []
        self._held = held
        for p in held:
            p.requires_grad_(False)
        try:
            super().__init__(
                model, data, loss, optimizer, rates=rates_of(model, layer_decay) or None, **settings
            )
        except BaseException:
            self._let_go()
            raise

    def begin(self) -> None:
        """The network into training mode, but for the batch norms that keep their statistics."""
        super().begin()
        for norm in self._norms:
            norm.eval()

    def end(self) -> None:
        """As of Training; frozen layers may learn again."""
        super().end()
        self._let_go()

    def _let_go(self) -> None:
        for p in self._held:
            p.requires_grad_(True)


def rates_of(model: nn.Module, layer_decay: float) -> dict[str, float]:
    """η_l/η of every parameter by its name, layer_decay^(L − l); nothing where all are 1.

    >>> rates_of(nn.Sequential(nn.Linear(1, 2, bias=False), nn.Linear(2, 1, bias=False)), 0.5)
    {'0.weight': 0.5, '1.weight': 1.0}
    """
    decay = real("layer_decay", layer_decay, above=0, at_most=1)
    layers = layers_of(model)[::-1]
    if decay == 1:
        return {}
    return {name: decay**k for k, layer in reversed([*enumerate(layers)]) for name in layer.parameters}


class GradualUnfreezing(Staged):
    """Gradual unfreezing (Howard & Ruder 2018, section 3.3): the head learns first, then one layer more.

        stage k = 1, 2, …:   the last k layers learn, for `unfreeze` epochs
        then all that are not frozen, for `epochs`

    Every stage is `FineTuning` with an optimizer of its own. Early stopping, averages and the schedule are
    the last one's.

    Parameters: `unfreeze`, the epochs of a stage; `freeze`, `layer_decay` and `frozen_norm` as of FineTuning,
    and all that Training takes.

    Raises UsageError as FineTuning does.

    >>> import numpy as np
    >>> from gradatim.models.building import build
    >>> network = build({"name": "mlp", "in_features": 2, "out_features": 2, "hidden": [3, 3]})
    >>> loop = GradualUnfreezing(network, (np.eye(2, dtype=np.float32), [0, 1]), epochs=1)
    >>> [record.stage for record in loop]
    ['the head alone', 'the last 2 layers', '']
    """

    def __init__(
        self, model: nn.Module, data: Any, loss: Any = "cross_entropy", *, unfreeze: int = 1,
        freeze: int | str = 0, epochs: int = 20, max_minutes: float | None = None, **settings: Any,
    ):  # fmt: skip
        each = whole("unfreeze", unfreeze, 1)
        count, frozen = len(layers_of(model)), frozen_layers(model, freeze)
        early = {name: value for name, value in settings.items() if name not in OF_THE_LAST}

        def of(still: int, epochs: int, settings: Mapping[str, Any]) -> FineTuning:
            return FineTuning(model, data, loss, freeze=still, epochs=epochs, **settings)

        def stage(learning: int) -> Stage:
            name = "the head alone" if learning == 1 else f"the last {learning} layers"
            return Stage(name, lambda: of(count - learning, each, early))

        stages = [stage(k) for k in range(1, count - frozen)]
        super().__init__(
            model, [*stages, Stage("", lambda: of(frozen, self.epochs, settings))], epochs, max_minutes
        )
        if stages:  # what the last refuses is refused before anything is learned
            of(frozen, epochs, settings).end()
        self.begin_stage()

    def restore(self, tensors: dict[str, Any], numbers: dict[str, Any]) -> None:
        """Take back what `state` gave; what the stage under way has frozen is let go before."""
        if self.under_way is not None:
            self.under_way.end()
        super().restore(tensors, numbers)


def fine_tuning(model: Any, data: Any, loss: Any, *, unfreeze: int | None = None, **settings: Any) -> Any:
    """The loop that the settings ask for."""
    if not isinstance(model, nn.Module):
        raise UsageError("fine-tuning is for the torch engine: leave out --engine numpy")
    if unfreeze is None:
        return FineTuning(model, data, loss, **settings)
    return GradualUnfreezing(model, data, loss, unfreeze=unfreeze, **settings)
