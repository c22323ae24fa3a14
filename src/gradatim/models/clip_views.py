"""Views of clips: windows of frames, moved and mirrored while training, at even distances otherwise."""

from math import ceil

import torch
from torch import Tensor

from gradatim.checks import UsageError, real, truth, whole
from gradatim.nn.placed import Placed


class ClipViews(Placed):
    """Windows of F frames out of clips of T, and what remains when their own mean is taken away.

        training: one window, from a frame drawn evenly; all of it moved by up to `shift` of its height and
            width, made up to `zoom` larger or smaller, and with probability ½ seen in a mirror
        evaluation: V = 1 + ⌈2 (T − F)/F⌉ windows at even distances, as they are
        x̃_t = x_t − (1/F) Σ_s x_s   where `motion`: what stands still is 0

    The draws are functions of (seed, layer, step, clip), see `Placed`; a frame moved beyond its edge shows
    the edge again.

    Shapes: x (N, C, T, H, W) → (N V, C, F, H, W), a clip's windows one after the other, V = 1 in training;
    F is T in shorter clips. `mean` makes of answers (N V, K) those of the clips, (N, K).

    Raises UsageError for an argument that cannot be, and for clips of one frame where `motion` is asked for.

    >>> views = ClipViews(2).eval()
    >>> views(torch.arange(4.0).view(1, 1, 4, 1, 1))[:, 0, :, 0, 0].tolist()
    [[-0.5, 0.5], [-0.5, 0.5], [-0.5, 0.5]]
    """

    def __init__(
        self, window: int = 16, shift: float = 0.1, zoom: float = 0.1, mirror: bool = True,
        motion: bool = True,
    ):  # fmt: skip
        super().__init__()
        self.shift = real("shift", shift, at_least=0, below=1)
        self.zoom = real("zoom", zoom, at_least=0, below=1)
        self.mirror, self.motion = truth("mirror", mirror), truth("motion", motion)
        self.window = whole("window", window, 2 if motion else 1)

    def forward(self, x: Tensor) -> Tensor:
        """The windows."""
        if self.motion and x.shape[2] < 2:
            raise UsageError("in one frame nothing moves: give clips of two at least, or motion=false")
        seen = self._drawn(x) if self.training else self._even(x)
        return seen - seen.sum(2, keepdim=True) / seen.shape[2] if self.motion else seen

    def windows(self, frames: int) -> int:
        """V, of a clip of so many frames, in evaluation."""
        f = min(self.window, frames)
        return 1 + ceil(2 * (frames - f) / f)

    def mean(self, a: Tensor, frames: int) -> Tensor:
        """The mean of the answers (N V, K) of each clip's windows: (N, K)."""
        v = 1 if self.training else self.windows(frames)
        return a if v == 1 else a.view(-1, v, a.shape[1]).mean(1)

    def _even(self, x: Tensor) -> Tensor:
        v, f = self.windows(x.shape[2]), min(self.window, x.shape[2])
        starts = [i * (x.shape[2] - f) // max(v - 1, 1) for i in range(v)]
        return torch.stack([x[:, :, s : s + f] for s in starts], 1).flatten(0, 1)

    def _drawn(self, x: Tensor) -> Tensor:
        n, _, t, h, w = x.shape
        f = min(self.window, t)
        u = self.numbers(x.new_empty(n, 5)).to(x.device)  # start, down, across, larger, mirror; each [0, 1)
        start = (u[:, 0] * (t - f + 1)).long()
        frames = start[:, None] + torch.arange(f, device=x.device)  # (N, F)
        size = 1 + self.zoom * (2 * u[:, 3] - 1)
        rows = _places(h, (2 * u[:, 1] - 1) * self.shift * h, size)  # (N, H)
        columns = _places(w, (2 * u[:, 2] - 1) * self.shift * w, size)
        if self.mirror:
            columns = torch.where(u[:, 4:] < 0.5, columns.flip(1), columns)
        clip = torch.arange(n, device=x.device)[:, None, None, None]
        seen = x[clip, :, frames[:, :, None, None], rows[:, None, :, None], columns[:, None, None, :]]
        return seen.movedim(4, 1)  # of (N, F, H, W, C)

    def extra_repr(self) -> str:
        """What it draws."""
        return f"window={self.window}, shift={self.shift:g}, zoom={self.zoom:g}, mirror={self.mirror}"


def _places(size: int, by: Tensor, scale: Tensor) -> Tensor:
    """(N, size): the place, on an axis, whose number comes to each place when it is moved and scaled."""
    middle = (size - 1) / 2
    places = torch.arange(size, device=by.device, dtype=by.dtype) - middle
    return (places / scale[:, None] + middle - by[:, None]).round().long().clamp(0, size - 1)
