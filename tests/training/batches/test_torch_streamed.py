"""Batches of streamed pictures beside those of the same pictures in memory: the same bits, the same order."""

import threading

import numpy as np
import pytest
import torch
from PIL import Image

from box_drawings import coco
from clip_drawings import draw_strip
from gradatim.data.augmentation.augmentation import Augmentation
from gradatim.data.augmentation.operation import Pictures
from gradatim.data.encoders.standardise import Standardise
from gradatim.data.sources.source import request_of, source_of
from gradatim.models.building import build
from gradatim.problems.choose import pose
from gradatim.training.batches.layout import BatchSettings
from gradatim.training.batches.torch_rows import TorchRows
from gradatim.training.batches.torch_streamed import TensorsOfFiles, TorchStreamed
from gradatim.training.training import Training

NETWORK = {"name": "small_cnn", "in_channels": 3, "num_classes": 3, "stages": 2, "width": 4}


def in_both_ways(folder):
    """The same pictures as an engine takes them, in memory and streamed."""
    found = []
    for how in ("no", "yes"):
        data = source_of(folder).read(folder, request_of(streaming=how))
        encoder = Standardise.fit(data)
        found.append(encoder.prepare(data, pose(data.question, data.y), np.float32))
    return found


@pytest.fixture(scope="module")
def boxed(tmp_path_factory):
    """20 pictures with a box each."""
    rng = np.random.default_rng(0)
    corners = rng.integers(0, 12, (20, 2)).tolist()
    some = {f"{i:02}.png": ((20, 20), [("cat", (x, y, x + 7, y + 8))]) for i, (x, y) in enumerate(corners)}
    return in_both_ways(coco(tmp_path_factory.mktemp("streamed") / "boxes", some))


@pytest.fixture(scope="module")
def masked(tmp_path_factory):
    """20 pictures with masks of three values."""
    folder, rng = tmp_path_factory.mktemp("streamed") / "masks", np.random.default_rng(0)
    for name, most in (("image", 256), ("label", 3)):
        (folder / name).mkdir(parents=True)
        for i in range(20):
            pixels = rng.integers(0, most, (12, 14), dtype=np.uint8)
            Image.fromarray(pixels).save(folder / name / f"{i:02}.png")
    return in_both_ways(folder)


@pytest.fixture(scope="module")
def moving(tmp_path_factory):
    """20 clips of 8 frames in colours."""
    folder, rng = tmp_path_factory.mktemp("streamed") / "acts", np.random.default_rng(0)
    for i in range(20):
        draw_strip(
            folder / "ab"[i % 2] / f"{i:02}.png", rng.integers(0, 256, (8, 10, 10, 3), dtype=np.uint8), "RGB"
        )
    return in_both_ways(folder)


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    """The same 50 pictures as an engine takes them, in memory and streamed."""
    folder, rng = tmp_path_factory.mktemp("streamed") / "photos", np.random.default_rng(0)
    for i in range(50):
        (folder / "abc"[i % 3]).mkdir(parents=True, exist_ok=True)
        pixels = rng.integers(0, 256, (12, 12, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / "abc"[i % 3] / f"{i:02d}.png")
    return in_both_ways(folder)


@pytest.mark.parametrize("augment", [None, "flip+crop", "colour+mixup", "cutmix+mixup"])
@pytest.mark.parametrize("start", [0, 2])
def test_the_batches_are_those_of_memory(pair, augment, start):
    how = BatchSettings(8, 3, torch.device("cpu"), torch.float32, augment=augment)
    held, streamed = TorchRows(pair[0], how), TorchStreamed(pair[1], how)
    assert len(held) == len(streamed) == 7
    for one, other in zip(held.epoch(4, start), streamed.epoch(4, start), strict=True):
        assert torch.equal(one[0], other[0]) and one[0].stride() == other[0].stride()
        assert torch.equal(one[1], other[1])
    for one, other in zip(held.in_order(), streamed.in_order(), strict=True):
        assert torch.equal(one[0], other[0]) and torch.equal(one[1], other[1])
    assert streamed.take_waited() >= 0 and streamed.take_waited() == 0


@pytest.mark.parametrize(
    "augment", [None, "flip+crop", "colour+rotate:degrees=9+mixup", "cutmix+cutout:size=3"]
)
def test_clips_are_those_of_memory(moving, augment):
    """Every frame of a clip gets what is drawn for the clip, from memory and from its file."""
    how = BatchSettings(8, 3, torch.device("cpu"), torch.float32, augment=augment)
    held, streamed = TorchRows(moving[0], how), TorchStreamed(moving[1], how)
    assert streamed.x.ndim == 5 and streamed.x.shape == (20, 3, 8, 10, 10)
    both = ([*rows.epoch(2, 1), *rows.in_order()] for rows in (held, streamed))
    for one, other in zip(*both, strict=True):
        assert torch.equal(one[0], other[0]) and one[0].stride() == other[0].stride()
        assert torch.equal(one[1], other[1])


@pytest.mark.parametrize("kind, augment", [
    ("boxed", None), ("boxed", "flip+rotate:degrees=20+crop"),
    ("masked", None), ("masked", "flip+rotate:degrees=20"), ("masked", "cutmix+colour"),
])  # fmt: skip
def test_boxes_and_masks_move_as_in_memory(kind, augment, request):
    pair = request.getfixturevalue(kind)
    how = BatchSettings(8, 3, torch.device("cpu"), torch.float32, augment=augment)
    held, streamed = TorchRows(pair[0], how), TorchStreamed(pair[1], how)
    both = ([*rows.epoch(1, 1), *rows.in_order()] for rows in (held, streamed))
    for one, other in zip(*both, strict=True):
        assert torch.equal(one[0], other[0]) and torch.equal(one[1], other[1])
        assert one[1].dtype == other[1].dtype == (torch.int64 if kind == "masked" else torch.float32)
    if kind == "masked":  # a byte a pixel but for those of a batch
        assert streamed.y.dtype == held.y.dtype == torch.uint8
        assert held.trial().y.dtype == torch.int64


def test_the_order_of_memory_is_the_network_s(pair):
    network = build({"format": 1, "network": NETWORK})
    how = BatchSettings(8, 3, torch.device("cpu"), torch.float32, network=network)
    makers = ((TorchRows, pair[0]), (TorchStreamed, pair[1]))
    one, other = (next(make(data, how).epoch(0))[0] for make, data in makers)
    assert one.stride() == other.stride() and torch.equal(one, other)


def test_threads_end_with_the_epoch(pair):
    how = BatchSettings(8, 3, torch.device("cpu"), torch.float32)
    batches = TorchStreamed(pair[1], how).epoch(0)
    next(batches)
    batches.close()
    assert not [one for one in threading.enumerate() if one.name.startswith("decoding")]


def test_what_operations_know_of_the_pictures(pair):
    x = torch.from_numpy(pair[0].x)
    how = BatchSettings(8, 3, torch.device("cpu"), torch.float32)
    one, other = Pictures.of(x), Pictures.of_parts(TensorsOfFiles(pair[1].x, how).split(7))
    assert one.size == other.size
    assert torch.equal(one.low, other.low) and torch.equal(one.high, other.high)
    np.testing.assert_allclose(other.covariance, one.covariance, rtol=0, atol=1e-13)


def test_what_operations_know_of_the_frames_of_clips(moving):
    how = BatchSettings(8, 3, torch.device("cpu"), torch.float32)
    y = torch.zeros(20)
    one = Augmentation("colour", 0, torch.from_numpy(moving[0].x), y).pictures
    other = Augmentation("colour", 0, TensorsOfFiles(moving[1].x, how), y).pictures
    assert one.size == other.size == (10, 10)
    assert torch.equal(one.low, other.low) and torch.equal(one.high, other.high)
    np.testing.assert_allclose(other.covariance, one.covariance, rtol=0, atol=1e-13)


def losses(data, valid, **more):
    model = build({"format": 1, "network": NETWORK}, seed=0)
    training = Training(model, data, epochs=2, batch_size=8, seed=1, valid=valid, lr=0.01, **more)
    return training, model


@pytest.mark.parametrize("augment", [None, "flip+crop+mixup"])
def test_training_has_the_losses_of_memory(pair, augment):
    held, _ = losses(pair[0], pair[0], augment=augment)
    streamed, _ = losses(pair[1], pair[1], augment=augment)
    for one, other in zip(held, streamed, strict=True):
        assert (one.train_loss, one.valid) == (other.train_loss, other.valid)
        assert one.waiting is None and other.waiting is not None and 0 <= other.waiting <= 1


def test_it_goes_on_in_mid_epoch_to_the_same_bits(pair):
    whole, model = losses(pair[1], None, augment="flip")
    list(whole)
    first, _ = losses(pair[1], None, augment="flip")
    for _ in range(9):  # into the second epoch
        first.advance(0)
    second, again = losses(pair[1], None, augment="flip")
    second.restore(*first.state())
    assert (second.epoch, second.batch) == (1, 1) or second.batch
    list(second)
    for one, other in zip(model.parameters(), again.parameters(), strict=True):
        assert torch.equal(one, other)
