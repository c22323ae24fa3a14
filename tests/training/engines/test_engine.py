"""What training asks of an engine is written down once, and nothing else is public in any engine."""

import inspect

import numpy as np
import pytest
import torch

from gradatim.by_hand.network import Network
from gradatim.checks import UsageError
from gradatim.models.building import build
from gradatim.training.engines.engine import Engine
from gradatim.training.engines.make_engine import make_engine
from gradatim.training.penalties_and_clipping import Shaping

LAYER = {"name": "dense", "in_features": 3, "out_features": 2}
NETWORKS = {"numpy": lambda: Network([LAYER], 0, "float64"), "torch": lambda: build(LAYER, 0, torch.float64)}
EACH = pytest.mark.parametrize("name", NETWORKS)


def engine(name):
    return make_engine(NETWORKS[name](), "cross_entropy", "adam", 0.1, {}, 3, Shaping(), "cpu", "float64")


def public(thing) -> set[str]:
    return {name for name in dir(thing) if not name.startswith("_")}


def members() -> set[str]:
    return public(Engine) | set(Engine.__annotations__)


@EACH
def test_every_public_member_of_an_engine_is_in_the_protocol_and_the_other_way_round(name):
    of_loops = {"training_loss", "outputs", "outputs_at", "precise", "loss_of_batch"}  # of domains, of tasks
    assert public(engine(name)) - (of_loops if name == "torch" else set()) == members()


def test_every_member_has_a_docstring():
    """Of an attribute, the line behind it."""
    text = inspect.getsource(Engine)
    for name in Engine.__annotations__:
        behind = text.partition(f"\n    {name}: ")[2].split("\n")[1]
        assert behind.strip().startswith('"""'), name
    for name in public(Engine):
        member = inspect.getattr_static(Engine, name)
        assert member.__doc__, name


@EACH
def test_the_signatures_are_the_protocol_s(name):
    for member in public(Engine):
        ours = inspect.getattr_static(Engine, member)
        if callable(ours):
            theirs = inspect.signature(getattr(type(engine(name)), member))
            assert list(theirs.parameters) == list(inspect.signature(ours).parameters), member


@EACH
def test_both_hold_rows_and_say_which_layouts_they_have(name):
    class Graph:
        layout = "graphs"

    held = engine(name)
    with pytest.raises(UsageError, match="engine has no batches of graphs examples; it has those of rows"):
        held.hold(Graph(), 4)

    from gradatim.data.dataset import Dataset

    x, y = np.arange(15.0).reshape(5, 3), np.array([0, 1, 0, 1, 1])
    rows = held.hold(Dataset(x, y), 2)
    assert len(rows) == 3 and not rows.foreign
    rows.shuffled = False
    found = np.concatenate([np.asarray(x) for x, _, _ in rows.epoch(0, 1)])
    np.testing.assert_array_equal(found, x[2:])
