"""Learning curves, epoch by epoch."""

from typing import Any

from gradatim.explain.charts.as_svg import as_svg
from gradatim.explain.charts.free_energies import free_energy_chart, has_free_energies, parting
from gradatim.explain.charts.learning_curves import Course, learning_curves


def context(evidence: None, report: Any) -> dict[str, Any]:
    """The curves there are data for, as SVG; of a Boltzmann machine the free energies too."""
    course = Course(report.name, report.records, report.best_epoch)
    drawn = as_svg(learning_curves([course]))
    if not has_free_energies(report.records):
        return {"curves": drawn, "energies": ""}
    return {
        "curves": drawn + as_svg(free_energy_chart(report.records, "")), "energies": _energies(report.records)
    }  # fmt: skip


def _energies(records: list[dict[str, Any]]) -> str:
    """What the free energies mean."""
    epoch = parting(records)
    found = (
        "They do not part." if epoch is None
        else f"They part in epoch {epoch}: the machine finds what it has not seen less probable, it overfits."
    )  # fmt: skip
    return (
        "The mean free energies of as many examples of training as of validation: Z cancels in their "
        f"difference, which is the likelihood that is lost on new examples. {found}"
    )
