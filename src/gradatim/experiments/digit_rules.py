"""What a person can say of an 8×8 picture of a digit: holes, strokes, ink; and rules that name the digit."""

import numpy as np

SIDE = 8
INK = 0.4  # a pixel above it belongs to a stroke


def holes(picture: np.ndarray) -> list[tuple[int, float]]:
    """The parts of the background that strokes enclose: of each its pixels and the mean of its rows.

    >>> ring = np.zeros((8, 8)); ring[2:5, 2:5] = 1; ring[3, 3] = 0
    >>> holes(ring)
    [(1, 3.0)]
    """
    from scipy.ndimage import label

    background = np.pad(picture <= INK, 1, constant_values=True)
    numbers, count = label(background)
    outside = numbers[0, 0]
    rows = np.arange(-1, SIDE + 1)[:, None] * np.ones(SIDE + 2)
    parts = [numbers == k for k in range(1, count + 1) if k != outside]
    return [(int(part.sum()), float(rows[part].mean())) for part in parts]


def digit_by_rules(x: np.ndarray) -> np.ndarray:
    """The digit of each picture of x (N, 64) by rules that a person wrote down; nothing is learned."""
    return np.array([_rules(picture) for picture in np.reshape(x, (-1, SIDE, SIDE))])


def _rules(p: np.ndarray) -> int:
    """First by holes, then by where the ink lies."""
    inside = holes(p)
    if len(inside) >= 2:
        return 8
    if len(inside) == 1:
        ((size, row),) = inside
        if size >= 6:
            return 0
        if row >= 4.2:
            return 6
        return 9 if row <= 3.2 else 4
    return _without_holes(p)


def _without_holes(p: np.ndarray) -> int:
    ink = p > INK
    width = int(ink.any(0).sum())
    top, bottom = p[:2].sum(), p[6:].sum()
    upper_left, upper_right = p[2:4, :4].sum(), p[2:4, 4:].sum()
    lower_left, lower_right = p[4:6, :4].sum(), p[4:6, 4:].sum()
    if width <= 4 and p[:, 2:6].sum() > 0.85 * p.sum():
        return 1
    if bottom < 0.55 * top and lower_left + lower_right > 0:
        return 7
    if top < 0.6 * p[3:6].sum() / 2 and upper_left > upper_right:
        return 4 if lower_right >= 0.6 * lower_left else 6
    if upper_left > 1.3 * upper_right:
        return 5 if lower_right >= lower_left else 6
    if lower_left > 1.1 * lower_right:
        return 2
    return 3


def designed_features(x: np.ndarray) -> np.ndarray:
    """What a person thinks tells digits apart, of each picture of x (N, 64): (N, 40).

    Ink of each row and column (16), of each 2×2 zone (16), how alike the halves are, left and right, above
    and below (2), the centre of the ink (2), its spread (2), and the number and size of holes (2).
    """
    p = np.reshape(x, (-1, SIDE, SIDE))
    ink = np.maximum(p.sum((1, 2)), 1e-9)
    place = np.arange(SIDE)
    rows, columns = p.sum(2), p.sum(1)
    centre = np.stack([rows @ place, columns @ place], 1) / ink[:, None]
    squares = np.stack([rows @ place**2, columns @ place**2], 1) / ink[:, None]
    zones = p.reshape(-1, 4, 2, 4, 2).mean((2, 4)).reshape(-1, 16)
    mirrored = [np.abs(p - p[:, :, ::-1]).sum((1, 2)) / ink, np.abs(p - p[:, ::-1]).sum((1, 2)) / ink]
    inside = [holes(picture) for picture in p]
    of_holes = np.array([[len(one), sum(size for size, _ in one)] for one in inside], dtype=float)
    return np.column_stack([rows, columns, zones, *mirrored, centre, squares - centre**2, of_holes])
