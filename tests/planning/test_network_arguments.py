"""The work of a step, by which threads are chosen."""

from gradatim.planning.network_arguments import work_of

CONV = {"name": "conv2d", "in_channels": 1, "out_channels": 8, "kernel_size": 3, "padding": 1, "bias": False}
DENSE = {"name": "dense", "in_features": 512, "out_features": 10}


def test_a_convolution_works_at_every_place_and_a_dense_layer_once():
    stack = {"name": "stack", "layers": [CONV, {"name": "flatten"}, DENSE]}
    assert work_of(stack, (1, 8, 8), 72 + 5130) == 72 * 64 + 5130
    assert work_of({"name": "stack", "layers": [DENSE]}, (512,), 5130) == 5130


def test_resnet20_has_its_41_million_multiply_adds():
    assert round(work_of({"name": "resnet20"}, (3, 32, 32), 269722) / 1e6) == 41
