"""What to read, row by row of the curriculum: the papers of the catalogue's entries."""

import re

from gradatim import catalog
from gradatim.explain.traces.record import Line, Table, Trace


def reading_list() -> Trace:
    """Every paper behind an entry of the catalogue, once for each row of the curriculum it serves, by row and
    year; with the entries it is behind.
    """
    found = papers()
    return Trace("A reading list", "I11", "", [
        Line(f"{len({paper for _, paper, _ in found})} papers; `gradatim show NAME` explains an entry."),
        Table("By row of the curriculum", ["row", "year", "paper", "behind"], [
            [row, str(year), paper, ", ".join(names)] for (row, paper, year), names in found.items()
        ]),
    ])  # fmt: skip


def papers() -> dict[tuple[str, str, int], list[str]]:
    """(row, paper, year) → the names of the entries, in the curriculum's order."""
    found: dict[tuple[str, str, int], list[str]] = {}
    for entry in catalog.entries():
        for row in entry.rows.split() if entry.paper else ():
            found.setdefault((row, entry.paper, entry.year), []).append(entry.name)
    return dict(sorted(found.items(), key=lambda item: (_place(item[0][0]), item[0][2], item[0][1])))


def _place(row: str) -> tuple[str, int]:
    letter, number = re.fullmatch(r"([A-Z])(\d+)", row).groups()  # type: ignore[union-attr]
    return letter, int(number)
