"""What several runs were told to do differently."""

from typing import Any

from gradatim.explain.number_format import measure

NONE = "–"


def context(evidence: None, report: Any) -> dict[str, Any]:
    """A row for each setting that is not the same for all."""
    names = list(dict.fromkeys(name for run in report.runs for name in run.facts))
    rows = []
    for name in names:
        values = [said(run.facts.get(name)) for run in report.runs]
        if len(set(values)) > 1:
            rows.append((name, values))
    return {"rows": rows}


def said(value: object) -> str:
    """A setting's value as a text; a list's values with commas between them."""
    if value is None:
        return NONE
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(map(said, value))
    return measure(value)
