"""Masks of pictures in the size that these have in their files."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gradatim.data.covering import Covering
from gradatim.data.picture_examples import as_example, look_at
from gradatim.data.pictures import HeldImage, read_with_facts
from gradatim.data.sources.mask_folder import named_pictures
from gradatim.runs.asking import dtype_of
from gradatim.runs.forward import forward
from gradatim.runs.tiles import tiled
from gradatim.runs.trained import Trained


@dataclass(frozen=True)
class OwnSize:
    """A network's outputs for pictures' files, (K, h, w) in the size of each.

    A picture is scaled until it covers the size that the network learned from, all of it; or with `tiles` it
    is read as it is. What is larger than a tile is read by tiles (see `runs.tiles`); the outputs are then
    scaled to the file's size by linear interpolation. A file that is not there has no such outputs.
    """

    trained: Trained
    paths: tuple[Path | HeldImage | None, ...]
    tiles: bool = False

    def outputs(self, number: int, a: np.ndarray) -> np.ndarray:
        """Those for the picture of a number; `a` (K, H, W) are those in the size that was learned from."""
        path, shape = self.paths[number], self.trained.input_shape
        if path is None or shape is None or look_at(path)[:2] == tuple(shape[1:]):
            return a
        x, _ = read_with_facts(path, may_round=True)
        own = x.shape[1:]
        scale = 1.0 if self.tiles else max(n / m for n, m in zip(shape[1:], own, strict=True))
        seen = as_example(x, (shape[0], *(max(1, round(scale * n)) for n in own)))
        return _scaled(self._of(seen), own)

    def in_words(self) -> str:
        """What a person should know of pictures that were made smaller; empty where none was."""
        shape = tuple(self.trained.input_shape or ())
        sizes = [look_at(path)[:2] for path in self.paths if path is not None]
        larger = [one for one in sizes if all(n > m for n, m in zip(one, shape[1:], strict=True))]
        if self.tiles or not larger:
            return ""
        count = f"{len(larger):,} of {len(sizes):,} pictures {'is' if len(larger) == 1 else 'are'}"
        return (
            f"{count} larger than {shape[1]}×{shape[2]}, which the network learned from, and predicted at "
            "that scale; with --tiles they are predicted at their own"
        )

    def _of(self, x: np.ndarray) -> np.ndarray:
        """The outputs (K, …) for a raw picture (C, H, W)."""
        trained = self.trained
        if trained.encoder.shape(x.shape)[1:] != x.shape[1:]:  # it scales pictures itself
            return self._network(x[None])[0]
        return tiled(self._network, x)

    def _network(self, x: np.ndarray) -> np.ndarray:
        encoded = self.trained.encoder.encode(x, dtype_of(self.trained))
        return forward(self.trained.model, encoded, self.trained.precision)


def own_size(trained: Trained, found: list[Any], tiles: bool) -> OwnSize | None:
    """The outputs in the size of the files that some examples were read from; None where they have none."""
    paths = _paths(found)
    return None if paths is None else OwnSize(trained, tuple(paths), tiles)


def coverings(trained: Trained, found: list[Any]) -> tuple[Covering | None, ...]:
    """Where the pixels that a network sees of each picture are in its file; None of one that is not there.
    Nothing where examples come from no files.
    """
    shape = trained.input_shape
    if shape is None:
        return ()
    size = (shape[1], shape[2])
    paths = _paths(found) or []
    return tuple(None if path is None else Covering.of(look_at(path)[:2], size) for path in paths)


def _paths(found: list[Any]) -> list[Path | None] | None:
    """The file of each example; None where examples come from no files."""
    paths: list[Path | None] = []
    for examples in found:
        names = getattr(examples, "files", ())
        if len(names) != len(examples):
            return None
        folder = Path(str(getattr(examples, "source", {}).get("path", "")))
        beside_masks = named_pictures(folder)
        paths += [beside_masks.get(name) or _at(folder, Path(name)) for name in names]
    return paths


def _at(folder: Path, name: Path) -> Path | None:
    """Where a picture lies that a source names by its path in a folder, or as it was given."""
    return next((path for path in (folder / name, folder / name.name, name) if path.is_file()), None)


def _scaled(a: np.ndarray, size: tuple[int, ...]) -> np.ndarray:
    """Outputs (K, H, W) in another size."""
    import torch
    import torch.nn.functional as F

    if a.shape[1:] == size:
        return a
    found = F.interpolate(torch.from_numpy(a)[None], size=size, mode="bilinear", align_corners=False)
    return found[0].numpy()
