"""No label of a picture lies on another."""

from itertools import combinations

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from gradatim.explain.figures.histograms import histograms_figure, layers_of
from gradatim.explain.figures.style import use_theme


def labels(picture):
    """The texts that are drawn, each with where it stands; ticks outside the axes are not."""
    with use_theme("light") as colours:
        figure = Figure(figsize=picture.size, layout="constrained")
        picture.draw(figure, colours)
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        drawn = canvas.get_renderer()
        hidden = set()
        for axes in figure.axes:
            for axis, (low, high) in ((axes.xaxis, axes.get_xlim()), (axes.yaxis, axes.get_ylim())):
                ticks = axis.get_major_ticks()
                hidden |= {id(tick.label1) for tick in ticks if not low <= tick.get_loc() <= high}
                hidden |= {id(tick.label2) for tick in ticks}
        texts = (one for one in figure.findobj(Text) if one.get_text().strip() and id(one) not in hidden)
        return [(one.get_text(), one.get_window_extent(drawn)) for one in texts], figure.bbox


def overlap(one, other):
    return one.x0 < other.x1 - 1 and other.x0 < one.x1 - 1 and one.y0 < other.y1 - 1 and other.y0 < one.y1 - 1


@pytest.mark.parametrize(("count", "scale"), [(1, 1.0), (2, 1e3), (4, 1.0), (8, 1e-5), (20, 1.0), (20, 1e3)])
def test_of_gradients(count, scale):
    rng = np.random.default_rng(0)
    parameters = {}
    for layer in range(count):
        name = f"encoder.block.layer{layer}"
        parameters[f"{name}.weight_ih"] = rng.normal(-0.02 * scale, scale, (400, 600))
        parameters[f"{name}.bias_ih"] = rng.normal(0, scale, 400)
    picture = histograms_figure(layers_of(parameters), "Mean gradient over 1000 training examples", "∂L/∂w")
    drawn, page = labels(picture)
    assert sum("weight_ih: 240,000" in text for text, _ in drawn) == min(count, 12)
    assert [(a, b) for (a, one), (b, other) in combinations(drawn, 2) if overlap(one, other)] == []
    assert [text for text, box in drawn if box.x0 < -1 or box.x1 > page.width + 1] == []
    name = {1e-5: "∂L/∂w (10⁻⁵)", 1.0: "∂L/∂w", 1e3: "∂L/∂w"}[scale]
    assert name in [text for text, _ in drawn]
