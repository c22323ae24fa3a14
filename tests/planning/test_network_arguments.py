"""The work of a step, by which threads are chosen; and what is said of the axes of pictures."""

import numpy as np
import pytest

import gradatim
from gradatim.checks import UsageError
from gradatim.planning.network_arguments import axes_notices, work_of

CONV = {"name": "conv2d", "in_channels": 1, "out_channels": 8, "kernel_size": 3, "padding": 1, "bias": False}
DENSE = {"name": "dense", "in_features": 512, "out_features": 10}


def test_a_convolution_works_at_every_place_and_a_dense_layer_once():
    stack = {"name": "stack", "layers": [CONV, {"name": "flatten"}, DENSE]}
    assert work_of(stack, (1, 8, 8), 72 + 5130) == 72 * 64 + 5130
    assert work_of({"name": "stack", "layers": [DENSE]}, (512,), 5130) == 5130


def test_resnet20_has_its_41_million_multiply_adds():
    assert round(work_of({"name": "resnet20"}, (3, 32, 32), 269722) / 1e6) == 41


@pytest.mark.parametrize(
    ("model", "shape", "said"),
    [
        ("small_cnn", (8, 9, 3), "(8, 9, 3) is read as 8 channels of 9×3; if its channels stand last, give "),
        ("small_cnn", (28, 28, 1), "(28, 28, 1) is read as 28 channels of 28×1; "),
        ("c3d", (16, 32, 32, 3), "(16, 32, 32, 3) is read as 16 channels of 32×32×3; "),
        ("small_cnn", (3, 8, 9), ""),
        ("small_cnn", (1, 8, 3), "(1, 8, 3) is read as 1 channels of 8×3; "),
        ("small_cnn", (3, 8, 3), "(3, 8, 3) is read as 3 channels of 8×3; "),
        ("small_cnn", (4, 8, 9), ""),
        ("mlp", (8, 9, 3), ""),
        ("small_cnn", None, ""),
    ],
)
def test_channels_that_seem_to_stand_last_are_told_of(model, shape, said):
    found = axes_notices(model, shape)
    assert [notice.removeprefix("an example of the shape ").startswith(said) for notice in found] == (
        [True] if said else []
    )


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64])
def test_grey_pictures_of_other_numbers_than_bytes_say_what_to_add(dtype, tmp_path):
    x, y = np.random.default_rng(0).integers(0, 255, (40, 8, 9)).astype(dtype), np.arange(40) % 2
    with pytest.raises(
        UsageError, match=r"shape \(8, 9\): give the axis of channels, too, such as x\[:, None"
    ):
        gradatim.train((x, y), model="small_cnn", epochs=1, quiet=True, out=tmp_path / "grey")


def test_a_cell_that_was_asked_for_reaches_the_network_or_is_refused(tmp_path):
    """A recipe's settings are left out where a network has no use for them; a cell was asked for."""
    (tmp_path / "book.txt").write_text("to be or not to be\n" * 20)
    asked = {"epochs": 1, "hidden": 4, "window": 8, "quiet": True, "out": tmp_path / "run"}
    run = gradatim.train(tmp_path / "book.txt", cell="gru", **asked)
    assert run.config["network"]["entry"]["cell"] == "gru" and run.config["settings"]["cell"] == "gru"
    with pytest.raises(UsageError, match="mlp takes no argument 'cell'"):
        gradatim.train("digits", model="mlp", cell="gru", epochs=1, quiet=True)
    with pytest.raises(UsageError, match=r"cell must be rnn or rnn_sigmoid or .*; it is 'gruu'"):
        gradatim.train(tmp_path / "book.txt", cell="gruu", **asked)
