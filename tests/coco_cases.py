"""Random pictures with objects and answers, hard ones too, on which COCO's evaluation is followed."""

import numpy as np

from gradatim.problems.average_precision import Objects

KINDS = ("usual", "ties", "crowded", "empty", "halves")


def case(kind: str, seed: int) -> tuple[list[Objects], list[Objects], int]:
    """Answers and truths of 12 pictures, and the number of classes; the last class is never there."""
    rng = np.random.default_rng([seed, KINDS.index(kind)])
    classes, answers, truths = 4, [], []
    for _ in range(12):
        most = {"crowded": 30, "empty": 1}.get(kind, 5)
        n = int(rng.integers(0, most + 1))
        boxes = _boxes(rng, n, kind)
        kinds = rng.integers(0, classes - 1, n)
        m = int(rng.integers(0, 140 if kind == "crowded" else most + 4))
        said, guessed = _boxes(rng, m, kind), rng.integers(0, classes, m)
        if n:  # most answers are near an object
            which, is_near = rng.integers(0, n, m), rng.random(m) < 0.8
            said = np.where(is_near[:, None], boxes[which] + rng.normal(0, 1.5, (m, 4)), said)
            guessed = np.where(is_near & (rng.random(m) < 0.9), kinds[which], guessed)
        said[:, 2:] = np.maximum(said[:, 2:], said[:, :2] + 1)
        scores = rng.random(m)
        if kind in ("ties", "halves"):
            scores, said = np.round(scores, 1), np.round(said / 4) * 4
            said[:, 2:] = np.maximum(said[:, 2:], said[:, :2] + 4)
        answers.append(Objects(said, guessed, scores))
        truths.append(Objects(boxes, kinds, np.ones(n)))
    return answers, truths, classes


def _boxes(rng: np.random.Generator, n: int, kind: str) -> np.ndarray:
    corner, sides = rng.uniform(0, 60, (n, 2)), rng.uniform(4, 40, (n, 2))
    boxes = np.concatenate([corner, corner + sides], 1)
    if kind in ("ties", "halves"):
        boxes = np.round(boxes / 8) * 8
        boxes[:, 2:] = np.maximum(boxes[:, 2:], boxes[:, :2] + 8)
    return boxes


def by_pycocotools(answers: list[Objects], truths: list[Objects], classes: int) -> np.ndarray:
    """The average precision (T, K) by COCOeval, NaN where a class has no objects."""
    import contextlib
    import io

    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    def listed(some: list[Objects], scored: bool) -> list[dict]:
        found = []
        for picture, one in enumerate(some):
            for box, k, score in zip(one.boxes, one.classes, one.scores, strict=True):
                left, top, right, bottom = map(float, box)
                sides = right - left, bottom - top
                record = {"image_id": picture + 1, "category_id": int(k) + 1, "bbox": [left, top, *sides]}
                record |= {"id": len(found) + 1, "area": sides[0] * sides[1], "iscrowd": 0}
                found.append(record | ({"score": float(score)} if scored else {}))
        return found

    with contextlib.redirect_stdout(io.StringIO()):
        truth, answer = COCO(), COCO()
        base = {
            "images": [{"id": picture + 1} for picture in range(len(truths))],
            "categories": [{"id": k + 1} for k in range(classes)],
        }
        truth.dataset = base | {"annotations": listed(truths, False)}
        answer.dataset = base | {"annotations": listed(answers, True)}
        truth.createIndex()
        answer.createIndex()
        found = COCOeval(truth, answer, "bbox")
        found.evaluate()
        found.accumulate()
    precision = found.eval["precision"][:, :, :, 0, -1]  # (T, R, K)
    return np.where(precision[:, 0] < 0, np.nan, precision.mean(1))
