"""What a check found about one submission, as a record, a text and JSON."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from gradatim.checking.case import shown_name
from gradatim.checking.compare import Comparison, Difference

RIGHT, DIFFERS, FAILED = "right", "differs", "failed"


@dataclass(frozen=True)
class Verdict:
    """`status` is right, differs, or failed: it did not run, and `failure` says why."""

    file: str
    name: str
    against: str
    status: str
    failure: str = ""
    numbers: str = ""  # numpy or torch
    cases: int = 0
    kind: str = ""  # of the definition
    comparison: Comparison | None = None

    @property
    def gradients(self) -> bool:
        """Whether gradients were compared."""
        return self.comparison is not None and any(one.startswith("grad") for one in self.comparison.names)

    def as_json(self) -> dict[str, Any]:
        """Everything, in full precision; what is not finite by its name."""
        found: dict[str, Any] = {
            "file": self.file, "name": self.name, "against": self.against, "status": self.status,
            "failure": self.failure, "numbers": self.numbers, "cases": self.cases,
        }  # fmt: skip
        if self.comparison is not None:
            found |= {"compared": self.comparison.compared, "gradients": self.gradients,
                      "formula": self.comparison.formula, "hint": self.comparison.hint}  # fmt: skip
            difference = self.comparison.difference
            if difference is not None:
                record = asdict(difference) | {"name": shown_name(difference.name)}
                hers = record["hers"]
                record["hers"] = str(hers) if hers is not None and not np.isfinite(hers) else hers
                found["difference"] = record
        return found

    def __str__(self) -> str:
        """A few lines for a terminal."""
        lines = [f"{self.file}:{self.name} against {self.against}: {self.status}"]
        if self.failure:
            lines.append(f"  {self.failure}")
        if self.comparison is None:
            return "\n".join(lines)
        if self.comparison.difference is not None:
            lines += _differs(self.comparison, self.comparison.difference)
        if self.comparison.compared:
            count, names = self.comparison.compared, _listed(self.comparison.names)
            right = f"{count} numbers of {self.cases} cases are right: {names}"
            lines.append(
                f"  {right}" if self.status == RIGHT else f"  right so far   {count} numbers: {names}"
            )
        if not self.gradients and self.status == RIGHT and self.kind != "optimizer":
            lines.append("  Only outputs were compared: it has no backward, and is no torch module.")
        return "\n".join(lines)


def _listed(names: Sequence[str]) -> str:
    """What was compared; steps by their first and last."""
    steps = [one for one in names if one.startswith("step")]
    if len(steps) > 1:
        return f"{shown_name(steps[0])} … {steps[-1].partition(' ')[2]}"
    return ", ".join(map(shown_name, names))


def _differs(comparison: Comparison, found: Difference) -> list[str]:
    lines = [f"  case           {found.case}"]
    if found.hers is None:
        lines.append(f"  shape          {found.said}")
    else:
        place = f"[{', '.join(map(str, found.place))}]" if found.place else ""
        lines += [
            f"  number         {shown_name(found.name)}{place}, the first that differs",
            f"  yours          {found.hers:.10g}", f"  the definition {found.definition:.10g}",
        ]  # fmt: skip
    formula = comparison.formula.splitlines()
    lines += [f"  {'formula' if not k else '':<14} {line.strip()}" for k, line in enumerate(formula)]
    return lines + ([f"  hint           {comparison.hint}"] if comparison.hint else [])


def table_of(verdicts: Sequence[Verdict]) -> str:
    """A table: a row for each submission."""
    rows = []
    for one in verdicts:
        difference = one.comparison.difference if one.comparison is not None else None
        said = one.failure or (difference and _short(difference)) or ""
        hint = one.comparison.hint if one.comparison is not None else ""
        gradients = "yes" if one.gradients else "–"
        rows.append([f"{one.file}:{one.name}", one.status, gradients, hint or said])
    head = ["submission", "verdict", "gradients", "what"]
    widths = [max(len(row[k]) for row in [head, *rows]) for k in range(3)]
    lines = [
        "  ".join([*(text.ljust(width) for text, width in zip(row, widths, strict=False)), row[3]]).rstrip()
        for row in [head, ["-" * width for width in widths] + ["----"], *rows]
    ]
    right = sum(one.status == RIGHT for one in verdicts)
    return "\n".join([*lines, "", f"{right} of {len(verdicts)} right"])


def _short(found: Difference) -> str:
    if found.hers is None:
        return found.said
    place = f"[{', '.join(map(str, found.place))}]" if found.place else ""
    return f"{shown_name(found.name)}{place} is {found.hers:.6g}; the definition {found.definition:.6g}"
