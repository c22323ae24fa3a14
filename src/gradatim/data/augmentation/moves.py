"""Affine maps of places: composed, and applied to pictures, masks and boxes.

A map (2, 3) says where the number of a place comes from, in pixels from the middle of the picture, y first:

    source = A p + b,   map = [A | b]

so that maps of operations one behind the other are one map, and a picture is interpolated once.
"""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from torch import Tensor

BORDERS = ("zeros", "reflection")  # what lies beyond a picture
LEFT = 0.25  # of a box, of which less in the picture is no object any more
NONE = -1  # the class of no object


def identity(n: int) -> np.ndarray:
    """Maps that change nothing, (n, 2, 3)."""
    return np.repeat(np.eye(2, 3)[None], n, 0)


def linear(a: np.ndarray) -> np.ndarray:
    """Maps without a shift of matrices (N, 2, 2)."""
    return np.concatenate([a, np.zeros((len(a), 2, 1))], 2)


def shift(dy: np.ndarray, dx: np.ndarray) -> np.ndarray:
    """Maps by which every place shows what is dy below it and dx to its right."""
    maps = identity(len(dy))
    maps[:, 0, 2], maps[:, 1, 2] = dy, dx
    return maps


def rotation(degrees: np.ndarray) -> np.ndarray:
    """Maps by which pictures turn counterclockwise."""
    turned = np.deg2rad(np.asarray(degrees, dtype=np.float64))
    c, s = np.cos(turned), np.sin(turned)
    return linear(np.stack([np.stack([c, s], 1), np.stack([-s, c], 1)], 1))


def quarter_turns(count: np.ndarray) -> np.ndarray:
    """Maps by which pictures turn counterclockwise by so many right angles: whole numbers, exact."""
    c, s = np.array([1, 0, -1, 0])[count % 4], np.array([0, 1, 0, -1])[count % 4]
    return linear(np.stack([np.stack([c, s], 1), np.stack([-s, c], 1)], 1).astype(np.float64))


def then(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """The maps of one operation and another behind it: source = A₁(A₂ p + b₂) + b₁.

    >>> right, mirror = shift(np.array([0]), np.array([1])), linear(np.diag([1.0, -1.0])[None])
    >>> then(right, mirror)[0].tolist()
    [[1.0, 0.0, 0.0], [0.0, -1.0, 1.0]]
    """
    a = first[:, :, :2]
    return np.concatenate([a @ second[:, :, :2], a @ second[:, :, 2:] + first[:, :, 2:]], 2)


def move_pictures(x: "Tensor", maps: np.ndarray, border: str = "zeros", whole: bool = False) -> "Tensor":
    """Pictures whose places show what their maps say, between pixels by bilinear interpolation.

    Where all maps are `whole`, pixels are copied: every number is one of the picture's, to the last bit.
    Beyond the border there are zeros, which are each channel's mean where inputs are standardised; or the
    picture again, mirrored at its edge.

    Shapes: x (N, C, H, W), maps (N, 2, 3) → (N, C, H, W).
    """
    import torch.nn.functional as F

    mode = "nearest" if whole else "bilinear"
    return F.grid_sample(x, _grid(x, maps), mode=mode, padding_mode=border, align_corners=False)


def move_masks(y: "Tensor", maps: np.ndarray, x: "Tensor") -> "Tensor":
    """Masks moved with their pictures x: a place gets the class of the nearest pixel; beyond the border the
    mask is mirrored, so that every place has a class.

    Shapes: y (N, H, W) → (N, H, W).
    """
    return move_pictures(y[:, None].to(x.dtype), maps, "reflection", whole=True)[:, 0].round().to(y.dtype)


def _grid(x: "Tensor", maps: np.ndarray) -> "Tensor":
    """Where each place's number comes from as torch counts places, from −1 to 1 over a side, (N, H, W, 2)."""
    import torch

    height, width = x.shape[2:]
    theta = torch.from_numpy(maps * [[[2 / height], [2 / width]]]).to(x.device, x.dtype)
    rows = torch.arange(height, device=x.device, dtype=x.dtype) - (height - 1) / 2
    columns = torch.arange(width, device=x.device, dtype=x.dtype) - (width - 1) / 2
    grid = x.new_empty(len(x), height, width, 2)
    for axis, place in ((0, 1), (1, 0)):  # torch has x first
        down = theta[:, axis, :1] * rows + theta[:, axis, 2:]
        across = theta[:, axis, 1:2] * columns
        torch.add(down[:, :, None], across[:, None], out=grid[..., place])
    return grid


def move_boxes(boxes: np.ndarray, maps: np.ndarray, size: tuple[int, int], cut: bool = True) -> np.ndarray:
    """The upright boxes around what boxes hold after their pictures have moved, with `cut` cut off at the
    border.

    The corners of a box go where the inverse map says; a box that leaves the picture has no area.

    Shapes: boxes (N, 4), left, top, right and bottom edge in pixels, a map for each; size (H, W).

    >>> mirror = linear(np.diag([1.0, -1.0])[None])
    >>> move_boxes(np.array([[1.0, 2.0, 4.0, 8.0]]), mirror, (10, 10)).tolist()
    [[6.0, 2.0, 9.0, 8.0]]
    """
    height, width = size
    middle = np.array([height / 2, width / 2])
    left, top, right, bottom = np.asarray(boxes, dtype=np.float64).T
    corners = np.stack([np.stack([y, x], 1) for y in (top, bottom) for x in (left, right)], 2)  # (N, 2, 4)
    sources = corners - middle[:, None] - maps[:, :, 2:]
    moved = np.linalg.solve(maps[:, :, :2], sources) + middle[:, None]
    low, high = moved.min(2), moved.max(2)
    if cut:
        low, high = np.clip(low, 0, size), np.clip(high, 0, size)
    return np.stack([low[:, 1], low[:, 0], high[:, 1], high[:, 0]], 1)


def move_objects(y: "Tensor", maps: np.ndarray, size: tuple[int, int]) -> "Tensor":
    """The objects of pictures after these have moved, cut off at the border; one of which less than a quarter
    of its box is left in the picture is no object any more, of class −1.

    Shapes: y (N, M, 5), left, top, right and bottom edge as shares of the sides, and the class; size (H, W).
    """
    import torch

    sides = np.array([size[1], size[0], size[1], size[0]], dtype=np.float64)
    each = y.detach().cpu().numpy().astype(np.float64)
    boxes = each[..., :4].reshape(-1, 4) * sides
    of_each = np.repeat(maps, y.shape[1], 0)
    whole = move_boxes(boxes, of_each, size, cut=False)
    seen = np.clip(whole, 0, [size[1], size[0], size[1], size[0]])
    kinds = each[..., 4].reshape(-1)
    kinds[_areas(seen) < LEFT * _areas(whole)] = NONE
    seen[kinds == NONE] = 0
    moved = np.concatenate([seen / sides, kinds[:, None]], 1).reshape(each.shape)
    return torch.from_numpy(moved).to(y.device, y.dtype)


def _areas(boxes: np.ndarray) -> np.ndarray:
    return (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
