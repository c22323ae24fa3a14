"""A network's layers put together as a lecture's slide would: what is drawn as one block."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

CONTAINERS = ("features", "backbone", "classifier", "dense", "stem")  # parts of names that name no block
KINDS = (  # how a layer's description begins, and what it is drawn as; others belong to the block before them
    ("Conv", "convolution"), ("TableConv", "convolution"), ("Upsampling", "upsampling"),
    ("MaxPool", "pool"), ("AvgPool", "pool"), ("Subsampling", "pool"), ("AdaptiveAvgPool", "mean"),
    ("Linear", "dense"), ("Dense", "dense"), ("RBF", "dense"), ("sum", "join"), ("concatenation", "join"),
)  # fmt: skip


@dataclass
class Column:
    """One block: its layers in words, its output's shape, and how many like it follow each other."""

    name: str
    kind: str
    output: list[int]
    units: list[str] = field(default_factory=list)
    branches: int = 0
    shortcut: bool = False
    count: int = 1
    parameters: int = 0
    group: str = ""

    def is_like(self, other: "Column") -> bool:
        """Whether the other is the same block with the same size once more."""
        same = (self.kind, self.units, self.shortcut, self.branches, self.output[1:])
        return same == (other.kind, other.units, other.shortcut, other.branches, other.output[1:])


def columns(layers: Sequence[dict[str, Any]]) -> list[Column]:
    """The blocks of the rows that `show` gives, equal ones that follow each other counted.

    >>> conv = {"layer": "Conv2d 3×3, padding 1", "output": [8, 5, 5], "parameters": 80}
    >>> [column.count for column in columns([{"name": "features.0", **conv}, {"name": "features.2", **conv}])]
    [2]
    """
    found: list[Column] = []
    for row in layers:
        kind = _kind(row["layer"])
        group, branch = _group(row["name"])
        if kind == "join":
            group = ".".join(part for part in row["name"].split(".") if part not in CONTAINERS)
        inside = bool(found) and found[-1].group == group and group != ""
        if kind and not (inside and ("." in row["name"] or kind == "join")):
            found.append(Column(_title(group), kind, list(row["output"]), group=group))
        if not found:
            continue
        _add(found[-1], row, kind, branch)
    return _counted(found)


def _add(column: Column, row: dict[str, Any], kind: str, branch: str) -> None:
    """A row as a part of a block."""
    column.parameters += row["parameters"]
    if kind:
        column.output = list(row["output"])
    if kind == "join":
        column.shortcut = column.kind != "join" and row["layer"] == "sum"
    elif kind and "downsample" not in row["name"] and "shortcut" not in row["name"]:
        column.units.append(_words(row["layer"], row["output"], kind))
    if branch:
        column.branches = max(column.branches, int(branch))


def _counted(found: list[Column]) -> list[Column]:
    """Equal neighbours as one, with the last's output."""
    counted: list[Column] = []
    for column in found:
        if counted and counted[-1].is_like(column):
            counted[-1].count += 1
            counted[-1].output = column.output
            counted[-1].parameters += column.parameters
        else:
            counted.append(column)
    for column in counted:
        if column.branches:
            column.units = [f"{column.branches} branches"]
    return counted


def _kind(layer: str) -> str:
    return next((kind for begins, kind in KINDS if layer.startswith(begins)), "")


def _group(name: str) -> tuple[str, str]:
    """The block that a layer belongs to by its name, and the number of its branch."""
    parts = [part for part in name.split(".") if part not in CONTAINERS]
    for place, part in enumerate(parts):
        if part.startswith("branch") and part[6:].isdigit():
            return ".".join(parts[:place]), part[6:]
    for place, part in enumerate(parts[:-1]):
        if part.isdigit() and place:
            return ".".join(parts[: place + 1]), ""
    return ".".join(parts[:-1] if len(parts) > 1 and not parts[-1].isdigit() else parts), ""


def _title(group: str) -> str:
    parts = [part for part in group.split(".") if not part.startswith("denselayer")]
    return "" if all(part.isdigit() for part in parts) else ".".join(parts)


def _words(layer: str, output: list[int], kind: str) -> str:
    """`3×3, 64` for a convolution, `/2` where it halves."""
    if kind in ("dense", "mean"):
        return f"{output[0]:,} units" if kind == "dense" else "mean"
    words = layer.split(" ", 1)[1].split(", ") if " " in layer else [layer]
    words = [word.rstrip(")").replace("=", " ") for word in words]  # a layer of ours says kernel_size=3
    own = next((word.split(" ")[1] for word in words if word.startswith("kernel_size ")), "")
    stride = next((word.split(" ")[1] for word in words if word.startswith("stride ")), "")
    halves = f" /{stride}" if stride else ""
    groups = next((f", {word.split(' ')[1]} groups" for word in words if word.startswith("groups")), "")
    kernel = (
        f"{own}×{own}"
        if own.isdigit()
        else words[0]
        if words[0][:1].isdigit()
        else "5×5"
        if layer.startswith("TableConv")
        else "2×2"
    )
    if kind == "pool":
        return f"pool {kernel}{halves}"
    up = "up " if kind == "upsampling" or layer.startswith("ConvTranspose") else ""
    return f"{up}{kernel}, {output[0]}{halves}{groups}"
