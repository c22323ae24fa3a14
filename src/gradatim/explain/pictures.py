"""Arrays as pictures inside the page: PNG data URIs, scaled by one rule so that they can be compared."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

import numpy as np

from gradatim.checks import UsageError

LARGEST = 128  # pixels on the longer side
COARSE = 64  # below it single pixels are shown as squares


@dataclass(frozen=True)
class Picture:
    """A PNG as a data URI, its size in pixels, and whether these are few enough to be shown as squares."""

    uri: str
    width: int
    height: int
    coarse: bool


def pictures(arrays: Sequence[np.ndarray], largest: int = LARGEST) -> list[Picture]:
    """One picture for each array; the least value of all of them is black and the greatest is white.

    One that is larger than `largest` on a side is reduced.

    Shapes: each (C, H, W), with C 1 (grey) or 3 (red, green, blue).
    """
    arrays = [_checked(array) for array in arrays]
    low = min((float(array.min()) for array in arrays), default=0.0)
    high = max((float(array.max()) for array in arrays), default=1.0)
    return [picture_of(to_bytes(array, low, high), largest) for array in arrays]


def to_bytes(array: np.ndarray, low: float, high: float) -> np.ndarray:
    """Values from `low` to `high` as 0 to 255; a middle grey if there is no difference.

    Shapes: (C, H, W) → (H, W) for one channel, (H, W, 3) for three.
    """
    span = high - low
    scaled = (array - low) * (255 / span) if span > 0 else np.full(array.shape, 128.0)
    pixels = np.rint(scaled).astype(np.uint8)
    return pixels[0] if len(pixels) == 1 else pixels.transpose(1, 2, 0)


def _checked(array: np.ndarray) -> np.ndarray:
    """As finite floats, if the shape is that of a picture."""
    if array.ndim != 3 or array.shape[0] not in (1, 3) or 0 in array.shape:
        raise UsageError(f"a picture has the shape (1, H, W) or (3, H, W); this array has {array.shape}")
    return np.nan_to_num(np.asarray(array, dtype=np.float64))


def picture_of(pixels: np.ndarray, largest: int = LARGEST) -> Picture:
    """Bytes (H, W) or (H, W, 3) as a PNG that is at most so large on a side."""
    from PIL import Image, PngImagePlugin  # noqa: F401  with this writer pillow need not look for the others

    image = Image.fromarray(pixels)
    if max(image.size) > largest:
        image.thumbnail((largest, largest))
    file = BytesIO()
    image.save(file, "PNG")
    uri = "data:image/png;base64," + b64encode(file.getvalue()).decode("ascii")
    return Picture(uri, *image.size, coarse=max(image.size) < COARSE)
