"""D11 to D20 as pictures: the blocks a lecture would draw, and a well-formed SVG of them."""

from xml.etree import ElementTree

import pytest

from gradatim.explain.architecture import draw
from gradatim.explain.architecture_blocks import columns
from gradatim.models.costs import costs

SVG = "{http://www.w3.org/2000/svg}"


def blocks(name, **arguments):
    return columns(costs(name, arguments)["layers"])


def words(svg):
    return ["".join(text.itertext()) for text in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def test_fifty_layers_are_the_paper_s_four_stages():
    """Table 1 of He et al. 2015: three, four, six and three bottlenecks, the first of a stage by itself."""
    found = blocks("resnet50")
    assert [b.name for b in found[:3]] == ["conv1", "maxpool", "layer1.0"]
    inside = [b for b in found if b.name.startswith("layer")]
    assert all(b.shortcut for b in inside)
    stages: dict[str, int] = {}
    for b in inside:
        stages[b.name[:6]] = stages.get(b.name[:6], 0) + b.count
    assert stages == {"layer1": 3, "layer2": 4, "layer3": 6, "layer4": 3}
    assert inside[0].units == ["1×1, 64", "3×3, 64", "1×1, 256"]
    assert inside[1].units[0] == "1×1, 128 /2"
    assert found[-1].units == ["1,000 units"]
    assert sum(b.parameters for b in found) == 25_557_032


def test_vgg16_is_thirteen_convolutions_five_pools_and_three_dense_layers():
    found = blocks("vgg16")
    counts = {
        kind: sum(b.count for b in found if b.kind == kind) for kind in ("convolution", "pool", "dense")
    }
    assert counts == {"convolution": 13, "pool": 5, "dense": 3}
    assert [b.output for b in found if b.kind == "pool"][-1] == [512, 7, 7]


def test_branches_and_growth_have_the_channels_of_what_is_put_together():
    found = {b.name: b for b in blocks("googlenet")}
    assert found["inception3a"].units == ["4 branches"] and found["inception3a"].output == [256, 28, 28]
    assert found["inception5b"].output == [1024, 7, 7]
    dense = next(b for b in blocks("densenet121") if b.name == "denseblock1")
    assert (dense.count, dense.output) == (6, [256, 56, 56])


@pytest.mark.parametrize("name", ["lenet5", "resnet50", "fcn8s", "c3d", "resnet1202", "googlenet"])
def test_the_picture_is_well_formed_and_says_every_block(name):
    arguments = {"depth": 110} if name == "resnet1202" else {}
    found = costs("resnet_cifar" if name == "resnet1202" else name, arguments)
    svg = draw(name, found, "A & B, <Networks> (2015)")
    said = words(svg)
    assert said[0] == name and said[2] == "A & B, <Networks> (2015)"
    assert f"{found['parameters']:,} parameters" in said[1]
    drawn = columns(found["layers"])
    for block in drawn:
        assert " × ".join(map(str, block.output)) in said
        assert block.count == 1 or f"× {block.count}" in said
    root = ElementTree.fromstring(svg)
    width, height = float(root.get("width", 0)), float(root.get("height", 0))
    assert width <= 2 * 40 + 116 * 13 and height > 0  # wide networks go on in another row
    for text in root.iter(f"{SVG}text"):
        assert 0 <= float(text.get("x", -1)) <= width


def test_a_small_dense_network_is_drawn_unit_by_unit():
    arguments = {"in_features": 4, "hidden": (5, 30), "out_features": 3, "dropout": 0.2}
    svg = draw("mlp", costs("mlp", arguments))
    circles = [one for one in ElementTree.fromstring(svg).iter(f"{SVG}circle")]
    assert len(circles) == 4 + 5 + 11 + 3  # of 30 the first six and the last five, and dots
    lines = [path.get("d").count("M") for path in ElementTree.fromstring(svg).iter(f"{SVG}path")]
    assert sum(lines) == 4 * 5 + 5 * 11 + 11 * 3
    said = words(svg)
    for word in ("inputs: 4", "hidden 1: 5", "hidden 2: 30", "outputs: 3", "relu", "Dropout 0.2", "⋮"):
        assert word in said
    assert [word for word in said if word.endswith(" parameters")] == [
        "25 parameters", "180 parameters", "93 parameters"
    ]  # fmt: skip


def test_a_network_with_convolutions_is_drawn_in_blocks():
    assert "circle" not in draw("lenet5", costs("lenet5", {}))


def test_our_own_convolutions_are_drawn_with_kernel_and_stride():
    found = blocks("conv_autoencoder", in_channels=3, input_size=17, channels=[4, 6], code=0)
    units = [unit for block in found for unit in block.units]
    assert units == ["3×3, 4 /2", "3×3, 6 /2", "up 3×3, 4 /2", "up 3×3, 3 /2"]
