"""The pictures whose one object is answered worst, with its box and the answered one."""

from typing import Any

from gradatim.explain.headline import some_examples
from gradatim.explain.number_format import measure, percent
from gradatim.explain.sections import boxes
from gradatim.problems.evidence import OneBoxPairs

context = boxes.context


def headline(evidence: OneBoxPairs, report: Any) -> str:
    """The mean IoU beside that of the best constant box, and the share of right classes."""
    metrics = report.metrics
    return (
        f"The boxes overlap with the objects of {some_examples(report.size, report.word)} by "
        f"{measure(metrics['mean_iou'])} in the mean (the mean box of the commonest class would by "
        f"{measure(evidence.guess, 2)}); {percent(metrics['accuracy'])} of the classes are right."
    )
