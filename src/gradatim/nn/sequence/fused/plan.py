"""A recorded step on a device: its passes, and what they are asked to do."""

from abc import ABC, abstractmethod
from typing import NamedTuple

import torch
from torch import Tensor

from gradatim.nn.sequence.cell.record import Program
from gradatim.nn.sequence.cell.step import Step
from gradatim.nn.sequence.fused.operands import Operands
from gradatim.nn.sequence.fused.pass_program import Place, places_written
from gradatim.nn.sequence.fused.passes import Passes

Buffers = dict[Place, Tensor]
GRADIENTS = ("dproduct", "dstep", "doperand", "dvector")


class Request(NamedTuple):
    """What a pass is asked for: steps, sequences, direction, which steps count, autocast's dtype if any."""

    steps: int
    batch: int
    reverse: bool
    mask: Tensor | None
    narrow: torch.dtype | None


class Plan(ABC):
    """What a recorded step became; `why` says why it has no kernel, if so. Raises CannotFuse.

    `said` tells what runs, and `said_narrow` what more under autocast. `settled` means that the passes
    run faster in memory they have run in before, so all of it is leased and what leaves is copied.
    """

    why = ""
    said = ""
    said_narrow = "; under autocast the large products outside the loop are bfloat16's"
    settled = False

    def __init__(self, program: Program):
        self.program = program
        self.dtype: torch.dtype = program.dtypes[0]
        self.step = Step(program)
        self.passes, self.operands = Passes(self.step), Operands(self.step)
        self.gradient_places = [at for at in places_written(self.passes.backward) if at[0] in GRADIENTS]

    @abstractmethod
    def forward(self, buffers: Buffers, asked: Request) -> None:
        """Run the steps: fills product, operand and state."""

    @abstractmethod
    def backward(self, buffers: Buffers, asked: Request) -> None:
        """Run them backward: fills dproduct, dstep and dstate, and adds to dvector."""

    @abstractmethod
    def team(self, asked: Request) -> int:
        """How many add up the gradient of a vector, each in a row of its own."""
