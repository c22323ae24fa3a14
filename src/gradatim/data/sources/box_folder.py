"""Folders of pictures with boxes around the objects in them."""

from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from gradatim.checks import UsageError
from gradatim.data.box_files import format_of, read_boxes
from gradatim.data.boxes import BOX_FOLDER, BoxedPictures
from gradatim.data.dataset import Dataset
from gradatim.data.files_in_folders import files_below
from gradatim.data.picture_examples import is_picture_file
from gradatim.data.picture_files import read_pictures
from gradatim.data.sources.picture_folder import like_first, shape_of
from gradatim.data.sources.source import New, Request, Source, found_at, path_of

TASKS = ("detection", "localisation")


class BoxFolderSource(Source):
    """annotations.json or annotations/instances_train.json beside pictures (COCO); Annotations/*.xml beside
    JPEGImages/ (Pascal VOC); labels/*.txt beside images/, and data.yaml or classes.txt (YOLO).

    >>> BoxFolderSource().takes(".")  # where no boxes stand beside pictures
    False
    """

    kind: ClassVar[str] = BOX_FOLDER

    def takes(self, data: Any) -> bool:
        """Whether it is a folder with boxes in a format that is known, or pictures with boxes in memory."""
        if isinstance(data, BoxedPictures):
            return True
        path = path_of(data)
        return path is not None and path.is_dir() and format_of(path) is not None

    def read(self, data: Any, asked: Request) -> BoxedPictures:
        """The pictures and the objects in them; `--task localisation` asks for the one object of each."""
        task = asked.roles.task or ""
        if isinstance(data, BoxedPictures):
            asked.allow("task")
            return data if not task else _asked(data, task)
        asked.allow("task", "input_size", "streaming")
        found = read_boxes(Path(data), None, asked.input_size, streaming=asked.streaming or "auto")
        more = asked.of_pictures()
        return found_at(_asked(found, task) if task else found, data, **more)

    def read_like(self, data: Any, first: Any) -> BoxedPictures:
        """Pictures in the size of the first, their classes by its names."""
        if isinstance(data, BoxedPictures):
            return _recoded(data, first)
        if format_of(Path(data)) is None:
            raise UsageError(f"{data} holds no boxes to compare with: the network answers with boxes")
        task = first.task or "detection"
        found = read_boxes(Path(data), shape_of(first), None, first.classes, task, like_first(first))
        return found_at(found, data)

    def read_new(self, data: Any, first: Any) -> New:
        """Every picture in the folder, at whatever depth."""
        folder = Path(data)
        paths = [path for path in files_below(folder) if is_picture_file(path)]
        found = read_pictures(paths, shape_of(first), most_lost=1.0, streaming="auto")
        names = tuple(str(paths[number].relative_to(folder)) for number in found.kept)
        new = Dataset(found.x, name=folder.resolve().name, notices=found.notices, files=names)
        return New(found_at(new, folder))


def _asked(found: BoxedPictures, task: str) -> BoxedPictures:
    """The pictures with the task that was asked for; UsageError for one that is not of boxes."""
    if task not in TASKS:
        raise UsageError(f"pictures with boxes are for --task detection or localisation, not for {task}")
    return replace(found, task=task)


def _recoded(found: BoxedPictures, first: Any) -> BoxedPictures:
    """The same, their classes counted as the first examples count them."""
    if not first.classes or found.classes == first.classes:
        return found
    place = {str(name): number for number, name in enumerate(first.classes)}
    strange = [name for name in found.classes if str(name) not in place]
    if strange:
        raise UsageError(f"{found.name} has objects of the class {strange[0]!r}, which the network lacks")
    assert found.y is not None
    y, table = found.y.copy(), np.array([place[str(name)] for name in found.classes])
    there = y[..., 4] >= 0
    y[there, 4] = table[y[there, 4].astype(np.int64)]
    return replace(found, y=y, classes=first.classes)
