"""What a table holds that its schema does not say."""

import numpy as np

from gradatim.checks import UsageError
from gradatim.data.tables.input_values import are_unreadable
from gradatim.data.tables.inputs import Input
from gradatim.data.tables.kinds import count_text
from gradatim.data.tables.table import Table


def check_schema(table: Table, inputs: tuple[Input, ...], x: np.ndarray) -> list[str]:
    """A sentence on each column of the inputs x (N, D) with values that are not what its schema says.

    Raises UsageError where more than half of its values are not.
    """
    said = []
    for one, values in zip(inputs, x.T, strict=True):
        column = table.columns[one.name]
        lost = are_unreadable(column, values)
        n = int(lost.sum()) + column.strange + column.infinite
        if not n:
            continue
        present = len(column) - int(column.missing.sum()) + column.strange + column.infinite
        row, text = column.first or (int(lost.argmax()), column.written()[int(lost.argmax())])
        first = f"first {text!r:.40} in row {row + 1}"
        if n > present / 2:
            raise UsageError(
                f"column {one.name!r} is a {one.kind} in the schema, but {n:,} of its {present:,} values are "
                f"none, {first}"
            )
        what = f"{count_text(n, 'value')} taken as missing, being no {one.kind}"
        said.append(f"column {one.name!r}: {what}{', ' + first if column.first or lost.any() else ''}")
    return said
