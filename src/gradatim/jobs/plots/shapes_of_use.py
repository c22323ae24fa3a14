"""The five shapes of use as a picture."""

from gradatim.checks import UsageError
from gradatim.explain.figures.shapes_of_use import shapes_figure
from gradatim.jobs.plots.request import Drawing, PlotRequest
from gradatim.models.shapes_of_use import SHAPES


def shapes(asked: PlotRequest) -> Drawing:
    """All five side by side; the facts are who learns each."""
    if asked.things:
        raise UsageError("plot shapes draws all five: it takes no name")
    who = {one.name: {"network": one.network, "problem": one.problem} for one in SHAPES}
    return Drawing(shapes_figure(), {"shapes": who})
