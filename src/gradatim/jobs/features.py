"""What a layer of a run's network says of examples: features for a classical model."""

from typing import TYPE_CHECKING, Any

from gradatim.runs.folder import find

if TYPE_CHECKING:
    from gradatim.estimators.layer_features import LayerFeatures


def features(run: Any, layer: str | None = None, pooling: str = "flatten") -> "LayerFeatures":
    """A transformer of scikit-learn that gives the outputs of a layer of a run: X → (N, F).

    `run` is a folder, a name under `runs/` or a Run. `pooling` is `flatten`, or of maps the `mean` or the
    `max` of each channel.

    >>> import gradatim
    >>> run = gradatim.train("digits", hidden=[16], epochs=1, out=getfixture("tmp_path") / "run", quiet=True)
    >>> gradatim.features(run, "2").transform(gradatim.load_data("digits").x[:5]).shape
    (5, 16)

    Raises UsageError for a layer that there is not, naming all; and for a run that there is not.
    """
    from gradatim.estimators.layer_features import LayerFeatures

    return LayerFeatures(str(find(run).path), layer, pooling=pooling).fit()
