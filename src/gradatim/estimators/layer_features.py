"""What a layer of a trained network says of its inputs, as a transformer."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import issparse
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils.validation import check_array, validate_data

from gradatim.checks import UsageError, did_you_mean, one_of
from gradatim.runs.asking import ask, new_examples
from gradatim.runs.folder import find
from gradatim.runs.trained import Trained, load_trained

POOLINGS = ("flatten", "mean", "max")


class LayerFeatures(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
    """The outputs of one layer of a run's network, for any classical model (curriculum D22, G1).

        X → h_l(encode(X)),   the network in evaluation mode, inputs encoded as in its training

    Shapes: X as the run's data are read: rows, pictures, a data frame with the run's columns, a file; the
    result is (N, F). Of maps (N, C, H, W) all numbers (`flatten`), or the mean or the largest of each
    channel.

    Parameters
    ----------
    run : the folder of a run, or its name under `runs/`.
    layer : the name of a layer, as `gradatim show RUN` lists them.
    pooling : flatten, mean or max.

    There is nothing to fit: `fit` reads the run. A pickle holds the network and needs the folder no more.
    Raises UsageError for a layer that there is not, naming all; of arrays, what scikit-learn's checks raise.

    >>> LayerFeatures("runs/digits-1", "layers.1", pooling="mean")
    LayerFeatures(layer='layers.1', pooling='mean', run='runs/digits-1')
    """

    def __init__(self, run: Any = None, layer: str | None = None, *, pooling: str = "flatten"):
        self.run, self.layer, self.pooling = run, layer, pooling

    def fit(self, X: Any = None, y: Any = None) -> "LayerFeatures":
        """Read the run, and of the first row of X how many features there are."""
        one_of("pooling", self.pooling, POOLINGS)
        trained = load_trained(find(self.run))
        self.trained_ = replace(trained, model=trained.module().eval(), kept=None)
        check_layer(self.trained_.model, self.layer)
        if X is not None:
            X = self._checked(X, reset=True)
            self._n_features_out = self._said(X if isinstance(X, str | Path) else X[:1]).shape[1]
        return self

    def transform(self, X: Any) -> np.ndarray:
        """The features of each example of X, (N, F)."""
        if not hasattr(self, "trained_"):
            self.fit()
        return self._said(self._checked(X, reset=False))

    def _checked(self, X: Any, reset: bool) -> Any:
        """An array as scikit-learn checks it, for a network of arrays; all else is read by its source."""
        shape, template = self.trained_.input_shape or (), self.trained_.template
        of_arrays = shape and template.layout == "rows" and not template.columns
        is_array = hasattr(X, "__array__") or issparse(X) or (isinstance(X, list) and len(shape) == 1)
        if not (of_arrays and is_array):
            return X
        return validate_data(self, X, reset=reset) if len(shape) == 1 else check_array(X, allow_nd=True)

    def _said(self, X: Any) -> np.ndarray:
        seen = replace(self.trained_, model=_watching(self.trained_.model, str(self.layer), self.pooling))
        return ask(seen, new_examples(self.trained_, X).examples).a

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        tags.transformer_tags.preserves_dtype = []  # the numbers have the precision of the run
        return tags

    def __getstate__(self) -> dict[str, Any]:
        state = dict(super().__getstate__())
        trained = state.pop("trained_", None)
        if trained is None:
            return state
        arrays = {name: tensor.cpu().numpy() for name, tensor in trained.model.state_dict().items()}
        return {**state, "_plain": (replace(trained, model=None), arrays)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        plain = state.pop("_plain", None)
        super().__setstate__(state)
        if plain is not None:
            self.trained_ = _rebuilt(*plain)


def _rebuilt(trained: Trained, arrays: dict[str, np.ndarray]) -> Trained:
    """What was trained, its network made again from its description and its weights."""
    import torch

    from gradatim.device import kept_in
    from gradatim.models.building import build, load_weights

    if trained.network is None:
        raise UsageError(f"a network of your own class {trained.own_class} is not made again from a pickle")
    network = build(trained.network, dtype=getattr(torch, kept_in(trained.precision))).eval()
    load_weights(
        network, {name: torch.from_numpy(np.array(one)) for name, one in arrays.items()}, "the pickle"
    )
    return replace(trained, model=network)


def check_layer(network: Any, layer: str | None) -> None:
    """Raise UsageError for a layer that there is not, naming all that there are."""
    names = [name for name, _ in network.named_modules() if name]
    if layer not in names:
        asked = (
            "name a layer" if layer is None else f"there is no layer {layer!r}: {did_you_mean(layer, names)}"
        )
        raise UsageError(f"{asked}; the layers are {', '.join(names)}")


def _watching(network: Any, layer: str, pooling: str) -> Any:
    """A module that gives what one layer of a network says, (N, F)."""
    from torch import Tensor, nn

    class Watching(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.network = network

        def forward(self, *inputs: Any) -> Tensor:
            held: list[Any] = []
            watched = dict(network.named_modules())[layer]
            handle = watched.register_forward_hook(lambda _m, _i, out: held.append(out))
            try:
                network(*inputs)
            finally:
                handle.remove()
            return _as_rows(held, layer, len(inputs[0]), pooling)

    return Watching()


def _as_rows(held: list[Any], layer: str, examples: int, pooling: str) -> Any:
    """What was seen of a layer as a row for each example."""
    if not held:
        raise UsageError(
            f"the network computes layer {layer} together with others: choose the layer that it is part of, "
            "or the one behind it"
        )
    out = held[-1][0] if isinstance(held[-1], tuple) else held[-1]
    if out.ndim < 1 or len(out) != examples:
        raise UsageError(
            f"layer {layer} gives {tuple(out.shape)} for {examples} examples, no row for each: choose one "
            "behind it"
        )
    if pooling == "flatten" or out.ndim < 3:
        return out.reshape(examples, -1)
    places = out.flatten(2)
    return places.mean(2) if pooling == "mean" else places.amax(2)
