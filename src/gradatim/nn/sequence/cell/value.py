"""A value of a recorded step, by torch and as a node of the loop."""

from dataclasses import dataclass, field
from typing import Any

import torch

from gradatim.nn.sequence.cell.count import Shape
from gradatim.nn.sequence.cell.graph import Node
from gradatim.nn.sequence.cell.record import Instruction


@dataclass(frozen=True, eq=False)
class Call:
    """A value that torch computes outside the loop: an instruction's output, something given or captured."""

    function: Any  # "given" and "captured" name what is there
    args: tuple = ()  # Calls among them
    kwargs: tuple[tuple[str, Any], ...] = ()
    out: int = 0


@dataclass(eq=False)
class Value:
    """One value of the program, as far as it is needed: by torch, and as a node of the loop."""

    kind: str
    shape: Shape
    dtype: torch.dtype
    call: Call | None = None
    node: Node | None = None
    parts: list["Value"] = field(default_factory=list)  # of a concatenation
    source: tuple[Instruction, int] | None = None
    by_row: Call | None = None  # the call's columns in rows
