"""An option is a number, whoever's it is: Python's, NumPy's, or a tensor of one."""

import json

import numpy as np
import pytest
import torch

from gradatim.by_hand.network import Network
from gradatim.models.building import build
from gradatim.models.mlp import mlp
from gradatim.planning.training_options import settings_from
from gradatim.training.training import Training

rng = np.random.default_rng(0)
EXAMPLES = rng.standard_normal((16, 3)), rng.integers(0, 2, 16)
SHAPE = {"in_features": 3, "out_features": 2, "hidden": [4]}
NUMBERS = {  # powers of two, exact in every type
    "lr": 0.25, "l1": 2.0**-8, "l2": 2.0**-6, "weight_decay": 2.0**-5, "label_smoothing": 0.125, "ema": 0.5,
    "clip_norm": 0.5, "clip_value": 0.25, "max_minutes": 64.0,
}  # fmt: skip
COUNTS = {"epochs": 2, "batch_size": 4, "accumulate": 2, "seed": 3, "patience": 2}
KINDS = {
    "float32": np.float32, "float64": np.float64, "an array of one": np.array, "a tensor": torch.tensor,
    "a tensor of one in a row": lambda value: torch.tensor([value]),
}  # fmt: skip


def trained(engine, options, settings):
    if engine == "numpy":
        model = Network(mlp(**SHAPE), 1, np.float64)
    else:
        model = build({"name": "mlp", **SHAPE}, 1, torch.float64)
    training = Training(
        model, EXAMPLES, "cross_entropy", "momentum", valid=EXAMPLES, settings=settings, precision="float64",
        **options,
    )  # fmt: skip
    for _ in training:
        pass
    tensors, numbers = training.state()
    json.dumps(numbers)  # as a checkpoint's
    return {name: np.asarray(value) for name, value in tensors.items()}


@pytest.mark.parametrize("engine", ["numpy", "torch"])
@pytest.mark.parametrize("kind", KINDS)
def test_options_of_training(engine, kind):
    """Every number of the checkpoint is the same, bit for bit."""
    cast = KINDS[kind]
    plain = trained(engine, {**NUMBERS, **COUNTS}, {"momentum": 0.5})
    options = {name: cast(value) for name, value in NUMBERS.items()}
    options |= {name: np.int64(value) for name, value in COUNTS.items()}
    other = trained(engine, options, {"momentum": cast(0.5)})
    assert plain.keys() == other.keys()
    for name, value in plain.items():
        np.testing.assert_array_equal(other[name], value, err_msg=name)


def test_a_number_of_single_precision_means_what_it_is():
    """.1 in single precision is .10000000149 everywhere: in no place it makes a sum single."""
    tenth = np.float32(0.1)
    for engine in ("numpy", "torch"):
        one, other = (
            trained(engine, {"lr": value, "weight_decay": value, "epochs": 3}, {"momentum": value})
            for value in (tenth, float(tenth))
        )
        for name, value in one.items():
            np.testing.assert_array_equal(other[name], value, err_msg=name)


@pytest.mark.parametrize("hidden", [np.array([4, 2]), [np.int64(4), np.int16(2)], (torch.tensor(4), 2)])
def test_settings_of_a_run_are_json(hidden):
    options = {"lr": np.float32(0.25), "epochs": np.int64(2), "dropout": torch.tensor(0.5), "hidden": hidden}
    asked = settings_from(options).as_dict()
    plain = settings_from({"lr": 0.25, "epochs": 2, "dropout": 0.5, "hidden": [4, 2]}).as_dict()
    assert json.loads(json.dumps(asked)) == plain
