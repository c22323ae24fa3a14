"""One folder of pictures with boxes, written as COCO, Pascal VOC and YOLO write it."""

import json
from pathlib import Path

import numpy as np
from PIL import Image

Objects = list[tuple[str, tuple[float, float, float, float]]]
CLASSES = ("cat", "dog")
THREE: dict[str, tuple[tuple[int, int], Objects]] = {  # width and height; whole edges, which all formats hold
    "a.png": ((40, 30), [("dog", (4, 3, 20, 24)), ("cat", (22, 6, 38, 26))]),
    "b.png": ((40, 30), []),
    "c.png": ((40, 30), [("cat", (0, 0, 40, 30))]),
}


def pictures(folder: Path, some: dict = THREE) -> None:
    """The pictures, bright where an object is."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, (size, objects) in some.items():
        x = np.zeros(size[::-1], np.uint8)
        for _, box in objects:
            if np.isfinite(box).all():
                left, top, right, bottom = (max(0, int(edge)) for edge in box)
                x[top:bottom, left:right] = 200
        Image.fromarray(x).save(folder / name)


def coco_content(some: dict = THREE) -> dict:
    """What the JSON holds."""
    names = list(some)
    annotations = [
        {"id": i, "image_id": names.index(name) + 1, "category_id": 10 * CLASSES.index(kind) + 1,
         "iscrowd": 0, "bbox": [box[0], box[1], box[2] - box[0], box[3] - box[1]]}
        for i, (name, (kind, box)) in enumerate((name, one) for name in names for one in some[name][1])
    ]  # fmt: skip
    return {
        "images": [{"id": i + 1, "file_name": name} for i, name in enumerate(names)],
        "categories": [{"id": 10 * k + 1, "name": name} for k, name in enumerate(CLASSES)],
        "annotations": annotations,
    }


def coco(folder: Path, some: dict = THREE) -> Path:
    """annotations.json beside the pictures."""
    pictures(folder, some)
    (folder / "annotations.json").write_text(json.dumps(coco_content(some)))
    return folder


def voc(folder: Path, some: dict = THREE) -> Path:
    """Annotations/*.xml beside JPEGImages/; pixels are counted from 1."""
    pictures(folder / "JPEGImages", some)
    (folder / "Annotations").mkdir()
    for name, (size, objects) in some.items():
        each = "".join(
            f"<object><name>{kind}</name><bndbox><xmin>{box[0] + 1}</xmin><ymin>{box[1] + 1}</ymin>"
            f"<xmax>{box[2]}</xmax><ymax>{box[3]}</ymax></bndbox></object>"
            for kind, box in objects
        )
        text = f"<annotation><size><width>{size[0]}</width></size>{each}</annotation>"
        (folder / "Annotations" / name).with_suffix(".xml").write_text(text)
    return folder


def yolo(folder: Path, some: dict = THREE, names: str = "names: [cat, dog]\n", part: str = "") -> Path:
    """labels/*.txt beside images/, and data.yaml."""
    pictures(folder / "images" / part, some)
    (folder / "labels" / part).mkdir(parents=True)
    for name, ((width, height), objects) in some.items():
        lines = [
            f"{CLASSES.index(kind)} {(box[0] + box[2]) / 2 / width:.8f} {(box[1] + box[3]) / 2 / height:.8f} "
            f"{(box[2] - box[0]) / width:.8f} {(box[3] - box[1]) / height:.8f}"
            for kind, box in objects
        ]
        if lines:
            (folder / "labels" / part / name).with_suffix(".txt").write_text("\n".join(lines) + "\n")
    if names:
        (folder / "data.yaml").write_text(names)
    return folder
