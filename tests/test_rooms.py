"""Public names of rooms: complete, lazy, the same things as in their files, and known to editors."""

import inspect
import pkgutil
import subprocess
import sys
from importlib import import_module
from types import ModuleType

import numpy as np
import pytest
import torch

import gradatim
from gradatim import catalog
from gradatim.by_hand.twins import TWINS
from gradatim.models.building import build
from gradatim.rooms import public_names
from room_stubs import ROOMS, stub_of

NAMES = [(room, name) for room in ROOMS for name in public_names(import_module(f"gradatim.{room}"))]


def run(script):
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.mark.parametrize(("room", "name"), NAMES, ids=[f"{room}.{name}" for room, name in NAMES])
def test_a_public_name_is_a_thing_and_no_file(room, name):
    module = getattr(gradatim, room)
    value = getattr(module, name)
    assert not isinstance(value, ModuleType)
    assert callable(value) or name in ("BOX_LOSSES", "LOSSES", "MASK_LOSSES", "TWINS")
    assert name in dir(module) and name in module.__all__


@pytest.mark.parametrize("room", ROOMS)
def test_editors_and_type_checkers_know_the_same_names(room):
    path, text = stub_of(room)
    assert path.read_text(encoding="utf-8") == text, "run: python tests/room_stubs.py"


@pytest.mark.parametrize("row", catalog.entries(), ids=lambda row: f"{row.kind}-{row.name}")
def test_every_row_of_the_catalogue_is_handed_on_by_its_room(row):
    module, _, attribute = row.home.partition(":")
    room = module.split(".")[1]
    if room in ROOMS and (row.kind, row.name) != ("schedule", "step"):  # the activation of that name is
        value = getattr(import_module(f"gradatim.{room}"), attribute)
        assert value is row.load() or row.kind == "network"


@pytest.mark.parametrize("room", ROOMS)
def test_the_names_that_files_have_too_are_said(room):
    module = import_module(f"gradatim.{room}")
    files = {found.name for found in pkgutil.iter_modules(module.__path__)}
    assert files & public_names(module).keys() == set(module.__dict__["_over"])


def test_a_file_that_is_imported_does_not_hide_the_thing_of_its_name():
    assert (
        run(
            "import gradatim.functional.focal, gradatim.data.digits, gradatim.models.mlp\n"
            "from gradatim.functional.focal import Focal\n"
            "print(callable(gradatim.functional.focal), callable(gradatim.data.digits), end=' ')\n"
            "print(callable(gradatim.models.mlp), Focal is gradatim.functional.Focal)"
        )
        == "True True True True"
    )
    assert inspect.ismodule(import_module("gradatim.functional.clipping"))
    assert gradatim.functional.clipping is import_module("gradatim.functional.clipping")


def test_names_cost_nothing_before_they_are_used():
    assert (
        run(
            "import sys, gradatim, gradatim.functional, gradatim.nn, gradatim.estimators, gradatim.by_hand\n"
            "dir(gradatim.nn); gradatim.optim.__all__\n"
            "print([name for name in ('torch', 'numpy', 'sklearn') if name in sys.modules])\n"
            "import gradatim.rooms\n"
        )
        == "[]"
    )


def test_a_file_of_a_room_is_found_without_the_catalogue():
    assert (
        run(
            "import sys\n"
            "from gradatim.functional import axes\n"
            "print(axes.__name__, 'gradatim.catalog.functional' in sys.modules)"
        )
        == "gradatim.functional.axes False"
    )


@pytest.mark.parametrize(
    ("room", "name", "said"),
    [
        ("nn", "Lstm", "module 'gradatim.nn' has no attribute 'Lstm': did you mean LSTM?"),
        ("nn", "Linear", "module 'gradatim.nn' has no attribute 'Linear'"),
        ("optim", "adam_w", "module 'gradatim.optim' has no attribute 'adam_w': did you mean AdamW?"),
        ("functional", "mse", "has no attribute 'mse': did you mean squared_error?"),
        ("models", "resnet21", "has no attribute 'resnet21': did you mean "),
    ],
)
def test_a_name_that_is_not_there_is_answered(room, name, said):
    with pytest.raises(AttributeError, match=said.replace("?", r"\?")):
        getattr(getattr(gradatim, room), name)
    with pytest.raises(ImportError, match=f"cannot import name '{name}'"):
        exec(f"from gradatim.{room} import {name}")


@pytest.mark.parametrize(
    ("name", "settings", "theirs"),
    [
        ("huber", {"delta": 0.7}, torch.nn.HuberLoss(delta=0.7)),
        ("squared_error", {}, torch.nn.MSELoss()),
        ("absolute_error", {}, torch.nn.L1Loss()),
    ],
)
def test_losses_as_functions_are_torchs_means(name, settings, theirs):
    draws = np.random.default_rng(0).standard_normal((2, 9))
    a, y = torch.tensor(draws)
    loss = getattr(gradatim.functional, name)
    torch.testing.assert_close(loss(a[:, None], y, **settings), theirs(a, y))


def test_weights_of_examples_weigh_their_losses():
    a, y, w = torch.tensor([[1.0], [2.0]]), torch.zeros(2), torch.tensor([3.0, 1.0])
    assert float(gradatim.functional.squared_error(a, y, w)) == (3 * 1 + 4) / 4


def test_networks_as_functions_are_those_of_their_descriptions():
    network = gradatim.models.resnet20(num_classes=7, width=0.25, seed=3)
    other = build({"name": "resnet20", "num_classes": 7, "width": 0.25}, 3)
    for mine, theirs in zip(network.state_dict().values(), other.state_dict().values(), strict=True):
        assert torch.equal(mine, theirs)
    assert "num_classes" in inspect.signature(gradatim.models.resnet20).parameters


def test_every_layer_by_hand_has_a_name():
    by_hand = import_module("gradatim.by_hand")
    for twin in TWINS.values():
        assert getattr(by_hand, twin.__name__) is twin
