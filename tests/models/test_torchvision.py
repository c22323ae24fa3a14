"""D12, D14 to D20: names, shapes, counts and outputs are torchvision's, for weights that anyone can rebuild.

The facts were read off torchvision 0.28.0. An input is sin(0.37 i) over the flattened index. An entry of the
state dict has its elements hashed from its name and their index: u in [−1, 1). Both are rounded to float32
before use.
"""

import gzip
import json
from functools import cache
from hashlib import sha256
from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from gradatim.models.building import make

FILE = Path(__file__).parents[1] / "oracles" / "torchvision_models.json.gz"
NAMES = {  # where the name there is another network here
    "alexnet": "alexnet_tv", "googlenet": "googlenet_tv", "resnet50": "resnet50_tv",
    "resnet101": "resnet101_tv", "resnet152": "resnet152_tv", "fcn_resnet50": "fcn_resnet50_tv",
}  # fmt: skip


@cache
def facts() -> dict[str, Any]:
    return json.loads(gzip.decompress(FILE.read_bytes()))


def value(name: str, shape: list[int]) -> torch.Tensor:
    """The entry of the state dict with this name."""
    n = int(np.prod(shape))
    if name.endswith("num_batches_tracked"):
        return torch.zeros(shape, dtype=torch.int64)
    k = np.arange(n, dtype=np.uint32)
    k *= np.uint32(2654435761)
    k += np.uint32(int.from_bytes(sha256(name.encode()).digest()[:4], "little"))
    k ^= k >> np.uint32(15)
    k *= np.uint32(2246822519)
    k ^= k >> np.uint32(13)
    u = k / 2.0**31 - 1
    if name.endswith("running_var"):
        u = 1 + 0.5 * u
    elif len(shape) >= 2:
        u *= 1.3 * sqrt(3 / (n // shape[0]))
    elif name.endswith("weight"):
        u = 1 + 0.3 * u
    else:
        u *= 0.1
    return torch.from_numpy(u.astype(np.float32).reshape(shape))


def example(shape: list[int]) -> torch.Tensor:
    """The input."""
    n = int(np.prod(shape))
    return torch.from_numpy(np.sin(0.37 * np.arange(n)).astype(np.float32).reshape(shape))


QUICK = ("resnet18", "densenet121", "googlenet_tv")  # about two seconds each
MODELS = [(name, NAMES.get(name, name)) for name in facts()]
MODELS += [(name, f"{name}_tv") for name in ("vgg11", "vgg13", "vgg16", "vgg19")]


def model(ours: str, dtype: torch.dtype, entries: list) -> torch.nn.Module:
    with torch.device("meta"):
        made = make({"name": ours})
    made.load_state_dict({name: value(name, shape) for name, shape in entries}, strict=True, assign=True)
    return made.to(dtype).eval()


@pytest.mark.parametrize(("theirs", "ours"), MODELS, ids=[ours for _, ours in MODELS])
def test_names_shapes_and_counts_are_torchvision_s(theirs, ours):
    with torch.device("meta"):
        made = make({"name": ours})
    found = [[name, list(tensor.shape)] for name, tensor in made.state_dict().items()]
    assert found == facts()[theirs]["state_dict"]
    assert sum(p.numel() for p in made.parameters()) == facts()[theirs]["parameters"]


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [pytest.param(*pair, marks=() if pair[1] in QUICK else pytest.mark.slow, id=pair[1]) for pair in MODELS],
)
@pytest.mark.parametrize(("dtype", "bound"), [(torch.float32, 1e-4), (torch.float64, 1e-9)], ids=["32", "64"])
def test_outputs_are_torchvision_s(theirs, ours, dtype, bound):
    fact = facts()[theirs]
    with torch.no_grad():
        out = model(ours, dtype, fact["state_dict"])(example(fact["input_shape"]).to(dtype)).double()
    assert list(out.shape) == fact["output_shape"]
    expected = torch.tensor(fact["output_float64"], dtype=torch.float64)
    found = out.flatten()[:: fact["stride"]][: len(expected)]
    assert (found - expected).norm() <= bound * expected.norm()
    assert abs(out.norm().item() - fact["output_norm"]) <= bound * fact["output_norm"]
