"""Whether a Boltzmann machine overfits: its free energies of training and validation, side by side."""

from gradatim.checks import UsageError
from gradatim.explain.charts.as_figure import as_figure
from gradatim.explain.charts.free_energies import free_energy_chart, has_free_energies, parting
from gradatim.jobs.plots.request import Drawing, PlotRequest, name_of


def free_energy(asked: PlotRequest) -> Drawing:
    """Both energies by epoch; the epoch in which they part."""
    run = asked.run()
    if not has_free_energies(run.records):
        raise UsageError(
            f"{run.path} has no free energies of training and validation; a Boltzmann machine that learns "
            "with validation examples has: gradatim train digits --model rbm"
        )
    chart = free_energy_chart(run.records, f"Free energies of {name_of(run)}")
    return Drawing(as_figure(chart), {"parted": parting(run.records)})
