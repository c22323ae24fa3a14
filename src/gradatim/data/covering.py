"""Where the pixels of a picture go when it is scaled to cover a size, and where they came from."""

from typing import NamedTuple

import numpy as np


class Covering(NamedTuple):
    """The part of a picture that is seen, and how many times larger it is seen.

        x′ = (x − left) across,   y′ = (y − top) down

    As `picture_files.scale_to_cover` scales: until the size is covered, what sticks out cut off at both sides
    alike.
    """

    left: float
    top: float
    across: float
    down: float

    @classmethod
    def of(cls, own: tuple[int, int], size: tuple[int, int]) -> "Covering":
        """Of a picture's own height and width, and those that it is scaled to.

        >>> Covering.of((100, 300), (50, 50))
        Covering(left=100.0, top=0.0, across=0.5, down=0.5)
        """
        (height, width), (high, wide) = own, size
        shape = wide / high
        seen_wide, seen_high = (shape * height, height) if width / height >= shape else (width, width / shape)
        return cls((width - seen_wide) / 2, (height - seen_high) / 2, wide / seen_wide, high / seen_high)

    def there(self, boxes: np.ndarray) -> np.ndarray:
        """Boxes (…, 4) of the picture as they are in what is seen of it."""
        return (boxes - self._corner) * self._scale

    def back(self, boxes: np.ndarray) -> np.ndarray:
        """Boxes (…, 4) in what is seen as they are in the picture itself."""
        return boxes / self._scale + self._corner

    @property
    def _corner(self) -> np.ndarray:
        return np.array([self.left, self.top, self.left, self.top])

    @property
    def _scale(self) -> np.ndarray:
        return np.array([self.across, self.down, self.across, self.down])
