"""Augmentation of the training pictures and clips: what the network sees of an example in an epoch."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np

from gradatim.checks import UsageError
from gradatim.data.augmentation import moves
from gradatim.data.augmentation.draws import Draws
from gradatim.data.augmentation.operation import Change, Mixture, Move, Operation, Pictures
from gradatim.data.augmentation.policies import operations_of
from gradatim.device import channels_last
from gradatim.functional.void import VOID
from gradatim.random import permutation

if TYPE_CHECKING:
    from torch import Tensor

Examples = tuple[Any, Any, Any]  # pictures, targets, and weights or None
Named = tuple[str, Any]  # an operation, or moves that are one map, with the name that its draws bear


class Augmentation:
    """The training pictures on their device, changed by a policy: a function of (seed, epoch, example).

        x, y, w = augmentation(epoch, rows)

    The batch that an example is in has no part in what becomes of it. Moves that stand side by side are one
    map, so that pictures are interpolated once. Masks and boxes move with their pictures; beyond the border
    pictures with masks are mirrored, and others zero. A mixture takes an example's partner from the whole
    training part, each example being the partner of one, as it is after the operations before; weights of
    examples weigh what they bring into it.

    Of a clip every frame gets what is drawn for the clip: the same map, strength, rectangle and share. What
    an operation reads off a picture, such as its mean or its darkest tone, is each frame's own.

    Parameters: `policy`, see `policies.operations_of`; `x` pictures (N, C, H, W) or clips (N, C, T, H, W), C
    1 or 3, a tensor or what is indexed and split as one; `y` (N, …); `w` (N,) or None;
    `has_void`, whether masks have pixels that are not known: then the weight of a picture is multiplied by
    the share of those that are known of what the network sees; `classes`, K where mixtures give class
    numbers as shares (N, K).

    Raises UsageError for a policy that cannot be, and for what are no pictures.
    """

    def __init__(
        self, policy: str, seed: int, x: "Tensor", y: "Tensor", w: "Tensor | None" = None,
        has_void: bool = False,
    ):  # fmt: skip
        if getattr(x, "ndim", 0) not in (4, 5) or x.shape[1] not in (1, 3):
            shape = f"of shape {tuple(x.shape[1:])}" if hasattr(x, "shape") else "several inputs"
            raise UsageError(
                "augmentation is for pictures, grey (1, H, W) or in colours (3, H, W), and for clips "
                f"(1, T, H, W) or (3, T, H, W); examples are {shape}"
            )
        if not x.is_floating_point():
            raise UsageError(f"pictures are augmented as fractions; these are {x.dtype}")
        self.operations = operations_of(policy)
        self.seed, self.x, self.y, self.w = seed, x, y, w
        self._channels_last = x.stride(1) == 1  # as `device.in_order` has put them
        self.frames = int(x.shape[2]) if x.ndim == 5 else 0  # of clips
        self.size = tuple(int(side) for side in x.shape[-2:])
        self.classes: int | None = None
        self.has_void = has_void
        self.has_masks = y.ndim == 3 and not y.is_floating_point() and not self.frames
        self.has_boxes = y.ndim == 3 and y.is_floating_point() and not self.frames
        for one in self.operations:
            one.check(self.size)  # type: ignore[arg-type]
            if self.has_boxes and isinstance(one, Mixture):
                raise UsageError(f"{one.name} cannot mix boxes: an object is there or not; take flip or crop")
            if self.has_masks and isinstance(one, Mixture) and not one.mixes_masks:
                raise UsageError(f"{one.name} cannot mix masks: a pixel is of one class; take cutmix")
        self._steps = list(_steps(self.operations))
        self._partners: dict[tuple[str, int], np.ndarray] = {}

    @property
    def mixes(self) -> bool:
        """Whether targets are mixed."""
        return not self.has_masks and any(isinstance(one, Mixture) for one in self.operations)

    def __call__(self, epoch: int, rows: np.ndarray) -> Examples:
        """The examples of these numbers as the network sees them in an epoch."""
        x, y, w = self._after(len(self._steps), epoch, np.asarray(rows))
        if self.has_void:
            known = (y != VOID).flatten(1).to(x.dtype).mean(1)
            w = known if w is None else w * known
        return channels_last(x) if self._channels_last else x.contiguous(), y, w

    def rows_needed(self, epoch: int, rows: np.ndarray) -> np.ndarray:
        """The numbers of the examples that these are made of in an epoch, in rising order."""
        needed = np.unique(rows)
        for name, step in reversed(self._steps):
            if isinstance(step, Mixture):
                needed = np.union1d(needed, self._partners_of(name, epoch)[needed])
        return needed

    def _after(self, steps: int, epoch: int, rows: np.ndarray) -> Examples:
        """The examples after so many steps."""
        if not steps:
            return self._as_they_are(rows)
        name, step = self._steps[steps - 1]
        x, y, w = self._after(steps - 1, epoch, rows)
        draws = Draws(self.seed, epoch, rows, name)
        if isinstance(step, Change):
            return self._joined(step.change(*self._apart(x, draws), self.pictures)), y, w
        if isinstance(step, Mixture):
            other = self._after(steps - 1, epoch, self._partners_of(name, epoch)[rows])
            return self._mixed(step, (x, y, w), other, draws)
        maps, whole = moves.identity(len(rows)), True
        for own, move in step:
            maps = moves.then(maps, move.maps(draws.for_operation(own), self.size))
            whole &= move.whole
        border = "reflection" if self.has_masks else "zeros"
        flat = x.flatten(1, 2) if self.frames else x  # frames beside the channels, which have one map
        moved = moves.move_pictures(flat, maps, border, whole).view(x.shape)
        if self.has_boxes:
            y = moves.move_objects(y, maps, (self.size[0], self.size[1]))
        return moved, moves.move_masks(y, maps, x) if self.has_masks else y, w

    def _as_they_are(self, rows: np.ndarray) -> Examples:
        """The examples without a change; classes as shares where they will be mixed."""
        import torch

        at = torch.from_numpy(rows).to(self.x.device)
        x, y, w = self.x[at], self.y[at], None if self.w is None else self.w[at]
        if self.mixes and not y.is_floating_point():
            shares = y if self.classes is None else torch.nn.functional.one_hot(y, self.classes)
            y = shares.to(x.dtype)
        return x, y, w

    def _partners_of(self, name: str, epoch: int) -> np.ndarray:
        """Whom each example is mixed with in an epoch."""
        if (name, epoch) not in self._partners:
            self._partners = {key: found for key, found in self._partners.items() if key[1] == epoch}
            self._partners[name, epoch] = permutation(self.seed, f"augment {name} {epoch}", len(self.x))
        return self._partners[name, epoch]

    def _mixed(self, step: Mixture, own: Examples, other: Examples, draws: Draws) -> Examples:
        """Pictures, targets and weights of a mixture.

            w′ = λ w_i + (1 − λ) w_j,   y′ = (λ w_i y_i + (1 − λ) w_j y_j)/w′

        so that w′ l(a, y′) = λ w_i l(a, y_i) + (1 − λ) w_j l(a, y_j) for a loss that is linear in targets.
        """
        import torch

        (x, y, w), (x_j, y_j, w_j) = own, other
        frames, of_each = self._apart(x, draws)
        mixed, share = step.mix(frames, self._apart(x_j, draws)[0], of_each)
        mixed, share = self._joined(mixed), share[:: self.frames or 1]
        if self.has_masks:
            return mixed, step.mix_masks(y, y_j, draws), w
        own_share = torch.from_numpy(share).to(x.device, x.dtype)
        if w is None or w_j is None:
            return mixed, torch.lerp(y_j, y, _beside(own_share, y)), None
        weight = torch.lerp(w_j, w, own_share)
        part = own_share * w / weight.clamp_min(torch.finfo(weight.dtype).tiny)
        return mixed, torch.lerp(y_j, y, _beside(part, y)), weight

    def _apart(self, x: "Tensor", draws: Draws) -> tuple["Tensor", Draws]:
        """Clips' frames as pictures (N T, C, H, W), and what is drawn for each: what is for its clip."""
        if not self.frames:
            return x, draws
        return x.transpose(1, 2).flatten(0, 1), draws.of(np.repeat(np.arange(len(x)), self.frames))

    def _joined(self, x: "Tensor") -> "Tensor":
        """The clips of these frames."""
        return x.unflatten(0, (-1, self.frames)).transpose(1, 2) if self.frames else x

    @cached_property
    def pictures(self) -> Pictures:
        """What operations know of all of them."""
        import torch

        def flat(x: "Tensor") -> "Tensor":
            return x.flatten(2, 3) if self.frames else x  # frames below each other

        if isinstance(self.x, torch.Tensor):
            found = Pictures.of(flat(self.x))
        else:
            found = Pictures.of_parts(map(flat, self.x.split(max(1, 1024 // (self.frames or 1)))))
        return replace(found, size=(self.size[0], self.size[1]))


def _beside(share: "Tensor", y: "Tensor") -> "Tensor":
    """A share for each example in the form of targets (N,) or (N, K)."""
    return share.view(-1, *(1,) * (y.ndim - 1))


def _steps(operations: tuple[Operation, ...]) -> Iterator[Named]:
    """Operations with the names of their draws, moves that stand side by side together.

    A name counts how often the operation has come: what else is in a policy changes none of its draws.
    """
    named = []
    for i, one in enumerate(operations):
        before = sum(other.name == one.name for other in operations[:i])
        named += [(f"{one.name} {before}" if before else one.name, part) for part in one.parts()]
    for moving, group in groupby(named, lambda pair: isinstance(pair[1], Move)):
        if moving:
            yield "", list(group)
        else:
            yield from group
