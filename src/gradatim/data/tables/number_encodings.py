"""How a column of numbers is encoded: one of these, by the name in its record.

| encoding | a number x becomes |
|---|---|
| standard | (x − mean) / deviation |
| robust | (x − median) / (upper − lower quartile), bent towards ±3 |
| quantile | the normal score of the share of examples that are smaller |
| piecewise | as robust, and how far it has come in each of up to 63 bins |
| periodic | as robust, and its sines and cosines of 16 frequencies |
| combined | standard, or quantile where that suits it; beside it piecewise: members of an ensemble read one |
| | The standard one goes no further than a whole range beyond what training holds |

A missing value is the training examples' median in all of them.
"""

from typing import Any

import numpy as np

from gradatim.data.tables.periodic import frequencies, wave_names, waves
from gradatim.data.tables.piecewise import bin_names, fit_edges, piecewise
from gradatim.data.tables.scaling import bounds, fit_scaler, scale

Record = dict[str, Any]


def fit_number(values: np.ndarray, name: str, columns: int = 1) -> Record:
    """The record of one of so many columns from the training examples (N,), where NaN is missing.

    `auto` is standard, or quantile where few values decide mean and deviation.
    """
    if name == "combined":
        itself = {**fit_scaler(values, "auto"), "bounds": bounds(values)}
        return {**itself, "piecewise": fit_number(values, "piecewise", columns)}
    if name not in ("piecewise", "periodic"):
        return fit_scaler(values, name)
    record = {**fit_scaler(values, "robust"), "scaler": name}
    if name == "periodic":
        return {**record, "frequencies": frequencies()}
    filled = np.where(np.isnan(values), record["fill"], values)
    return {**record, "edges": fit_edges(filled, columns) if len(filled) else [0.0, 0.0]}


def encode_number(column: Record, values: np.ndarray, out: np.ndarray) -> None:
    """Values (N,) into their columns of out (N, width)."""
    out[:, 0] = scaled = scale(column, values)
    if column["scaler"] == "piecewise":
        piecewise(np.where(np.isnan(values), column["fill"], values), column["edges"], out[:, 1:])
    if column["scaler"] == "periodic":
        waves(scaled, column["frequencies"], out[:, 1:])
    if "piecewise" in column:
        encode_number(column["piecewise"], values, out[:, 1:])


def number_names(column: Record) -> list[str]:
    """What each of the numbers of a column is; the first is the number itself."""
    name = column["name"]
    if column.get("scaler") == "piecewise":
        return [name, *bin_names(name, column["edges"])]
    if column.get("scaler") == "periodic":
        return [name, *wave_names(name, column["frequencies"])]
    if "piecewise" in column:
        return [name, *number_names({**column["piecewise"], "name": f"{name} (bent)"})]
    return [name]
