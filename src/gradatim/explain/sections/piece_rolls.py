"""What a frame of each piece costs, and one piece beside what the network expected."""

from typing import Any

import numpy as np
from markupsafe import Markup

from gradatim.explain.headline import course
from gradatim.explain.number_format import measure, percent
from gradatim.explain.roll_drawing import MOST, roll_svg
from gradatim.problems.evidence import PieceRolls

LISTED = 4  # pieces of the least cost, of that in the middle, and of the largest


def context(evidence: PieceRolls, report: Any) -> dict[str, Any]:
    """Some pieces by their cost, and the roll of the one in the middle."""
    order = np.argsort(evidence.nats, kind="stable")
    n = len(order)
    middle = max((n - LISTED) // 2, 0)
    places = sorted(
        {*range(min(LISTED, n)), *range(middle, min(middle + LISTED, n)), *range(max(n - LISTED, 0), n)}
    )
    listed = [
        {"place": place + 1, "name": evidence.names[i], "nats": float(evidence.nats[i])}
        for place, i in ((place, order[place]) for place in places)
    ]
    said = f"the notes of {evidence.shown}, and the probabilities that the network gave to them"
    drawn = Markup(roll_svg(evidence.p, evidence.step, said, evidence.true))
    return {"listed": listed, "drawn": drawn, "cut": len(evidence.true) > MOST, "most": MOST, "pieces": n}


def headline(evidence: PieceRolls, report: Any) -> str:
    """What a frame costs, and how many notes are right."""
    nats, right = measure(report.metrics["nll_per_frame"]), percent(report.metrics["accuracy"])
    return (
        f"A frame of the {report.word} pieces costs {nats} nats to guess; of the notes that sound or are "
        f"expected, {right} are both{course(report.records)}."
    )
