"""What a network of music played at several stages of training, as piano rolls."""

from typing import Any

from markupsafe import Markup

from gradatim.data.rolls import roll_of_text
from gradatim.explain.roll_drawing import roll_svg
from gradatim.problems.evidence import RollSamples


def context(evidence: RollSamples, report: Any) -> dict[str, Any]:
    """A roll for each stage."""
    step = report.problem.step
    drawn = [
        (epoch, Markup(roll_svg(roll_of_text(text).frames, step, f"a piece played after epoch {epoch}")))
        for epoch, text in evidence.stages
    ]
    return {"drawn": drawn}
