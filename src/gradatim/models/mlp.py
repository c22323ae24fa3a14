"""The multilayer perceptron (Rumelhart, Hinton & Williams 1986)."""

from collections.abc import Sequence
from typing import Any

from gradatim import catalog
from gradatim.checks import UsageError, known, plain_numbers, real, whole
from gradatim.functional.embeddings import check_columns

# The initialiser that keeps a signal's variance behind each activation; Glorot's where none is named.
INIT = {
    "relu": "he_uniform", "leaky_relu": "he_uniform", "prelu": "he_uniform", "elu": "he_uniform",
    "gelu": "he_uniform", "silu": "he_uniform", "softplus": "he_uniform", "selu": "lecun_normal",
    "celu": "he_uniform", "mish": "he_uniform", "hard_swish": "he_uniform",
}  # fmt: skip
PIECES = 2  # of a maxout unit


def mlp(
    in_features: int, out_features: int, hidden: Sequence[int] = (64,), activation: str = "relu",
    dropout: float = 0.0, input_dropout: float = 0.0, init: str | None = None,
    embeddings: Sequence[Sequence[int]] = (),
) -> list[dict[str, Any]]:  # fmt: skip
    """Multilayer perceptron (Rumelhart, Hinton & Williams 1986).

        h_0 = x;   h_d = g(W_d h_{d−1} + b_d), d = 1 … l;   ŷ = W_{l+1} h_l + b_{l+1}

    Shapes: x (N, …) with in_features numbers an example → (N, out_features). Returns the layers' entries.
    `hidden` holds the units of each hidden layer, `dropout` the probability of dropping behind each,
    `input_dropout` of dropping an input, `init` an initialiser instead of the one that suits the activation.
    `embeddings` are the columns (start, stop, size) of `embedding`, which then stands in front; a table's
    training takes `embeddings=true` for those of its categories.

    Raises UsageError for an argument that cannot be used, by its name.

    >>> [layer["name"] for layer in mlp(2, 1, hidden=(3,))]
    ['flatten', 'dense', 'relu', 'dense']
    """
    in_features = whole("in_features", in_features, 1)
    out_features = whole("out_features", out_features, 1)
    hidden = plain_numbers(hidden)
    if isinstance(hidden, int):
        hidden = (hidden,)
    if not isinstance(hidden, Sequence) or isinstance(hidden, str):
        raise UsageError(f"hidden must be a list of whole numbers; it is {hidden!r}")
    known("activation", activation, [*catalog.names("activation"), "prelu"])
    dropout = real("dropout", dropout, at_least=0, below=1)
    input_dropout = real("input_dropout", input_dropout, at_least=0, below=1)
    layers: list[dict[str, Any]] = [{"name": "flatten"}]
    if input_dropout:
        layers.append({"name": "dropout", "p": input_dropout})
    width = in_features
    if embeddings:
        columns = check_columns(embeddings, in_features)
        layers.append({"name": "embedding", "in_features": in_features, "columns": columns})
        width += sum(size - (stop - start) for start, stop, size in columns)
    for units in hidden:
        whole("hidden", units, 1)
        wide = units * PIECES if activation == "maxout" else units
        layers += [
            {
                "name": "dense", "in_features": width, "out_features": wide,
                "init": init or INIT.get(activation, "xavier_uniform"),
            },
            {"name": activation},
        ]  # fmt: skip
        if dropout:
            layers.append({"name": "dropout", "p": dropout})
        width = units
    last = init or "xavier_uniform"
    return [*layers, {"name": "dense", "in_features": width, "out_features": out_features, "init": last}]
