"""Words as points of a plane, and differences between two of them as arrows."""

from collections.abc import Sequence

import numpy as np

from gradatim.explain.axes import linear
from gradatim.explain.charts.chart import Arrows, Caption, Chart, Labels, Panel
from gradatim.explain.number_format import percent


def word_map(
    words: Sequence[str], places: np.ndarray, shares: tuple[float, float], title: str,
    arrows: Sequence[tuple[int, int]] = (), parallel: float | None = None,
) -> Chart:  # fmt: skip
    """Words at places (n, 2), on axes of equal scale, and an arrow from the first to the second of each pair
    of `arrows`; `shares` are those of the variance that the two axes have, `parallel` is the mean cosine
    between the arrows' directions.
    """
    axes = ("mean of the arrows" if len(arrows) else "component 1", f"component {1 if len(arrows) else 2}")
    names = [f"{axis}: {percent(share)} of the variance" for axis, share in zip(axes, shares, strict=True)]
    middle = (places.min(0) + places.max(0)) / 2
    half = max(float(np.ptp(places, 0).max()) / 2, 1e-6) * 1.15
    x_axis, y_axis = (
        linear(name, [float(at - half), float(at + half)]) for name, at in zip(names, middle, strict=True)
    )
    captions = [] if parallel is None else [Caption(f"mean cosine between two arrows: {parallel:.2f}")]
    marks = [Labels(places[:, 0], places[:, 1], tuple(words))]
    pairs = np.array(arrows, int).reshape(-1, 2)
    drawn = [Arrows(places[pairs[:, 0]], places[pairs[:, 1]])] if len(pairs) else []
    by = "along the mean difference of pairs" if len(arrows) else "by the first two principal components"
    said = f"{len(words)} words {by} of their vectors"
    return Chart(title, (Panel(x_axis, y_axis, (*drawn, *marks, *captions), said, height=0.9),))
