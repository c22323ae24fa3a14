"""The weights of a run are those that its description names, whole and finite, at any moment."""

import json
import threading

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from gradatim import files
from gradatim.by_hand.network import Network
from gradatim.checks import GradatimError
from gradatim.data.encoders.plain import Plain
from gradatim.models.building import build
from gradatim.problems.classes import Classes
from gradatim.runs.folder import Folder
from gradatim.runs.tensors import DIGEST, KEY, read_digest, read_tensors, write_tensors
from gradatim.runs.trained import Trained, load_trained, save_trained
from gradatim.runs.weights import replace_weights, settle

PROBLEM = Classes(("no", "yes"), "cross_entropy")
NETWORK = {"name": "mlp", "in_features": 3, "out_features": 2, "hidden": [4]}


def trained(seed=0, by_hand=False, **facts):
    entries = [
        {"name": "dense", "in_features": 3, "out_features": 4}, {"name": "relu"},
        {"name": "dense", "in_features": 4, "out_features": 2},
    ]  # fmt: skip
    network = {"name": "stack", "layers": entries} if by_hand else NETWORK
    model = Network(entries, seed) if by_hand else build(NETWORK, seed)
    return Trained(model, network, None, PROBLEM, Plain(), (3,), facts=facts)


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path)


@pytest.mark.parametrize("by_hand", [True, False])
def test_a_changed_bit_anywhere_in_the_weights_is_noticed(folder, by_hand):
    save_trained(folder, trained(by_hand=by_hand))
    whole = folder.model.read_bytes()
    described = load_trained(folder).model.state_dict()
    for at in range(0, len(whole), 3):
        changed = bytearray(whole)
        changed[at] ^= 1 << at % 8
        folder.model.write_bytes(changed)
        with pytest.raises(GradatimError) as error:
            load_trained(folder)
        assert "\n" not in str(error.value) and "model.safetensors" in str(error.value)
    folder.model.write_bytes(whole)
    assert all((load_trained(folder).model.state_dict()[n] == t).all() for n, t in described.items())


def test_the_digest_is_of_every_name_type_shape_number_and_order_does_not_matter(tmp_path):
    a, b = torch.arange(6.0).reshape(2, 3), torch.ones(2, dtype=torch.int64)
    digest = write_tensors(tmp_path / "a", {"a": a, "b": b}, {"n": 1})
    for tensors, numbers, same in (
        ({"b": b, "a": a}, {"n": 1}, True),
        ({"a": a.numpy(), "b": b.numpy()}, {"n": 1}, True),
        ({"a": a, "b": b}, {"n": 2}, False),
        ({"a": a.reshape(3, 2), "b": b}, {"n": 1}, False),
        ({"a": a, "b": b.int()}, {"n": 1}, False),
        ({"a": a, "c": b}, {"n": 1}, False),
        ({"a": a}, {"n": 1}, False),
    ):
        assert (write_tensors(tmp_path / "b", tensors, numbers) == digest) == same
        assert read_digest(tmp_path / "b", "model") == read_tensors_digest(tmp_path / "b")


def read_tensors_digest(path):
    with safe_open(path, framework="pt") as file:
        return json.loads(file.metadata()[KEY])[DIGEST]


@pytest.mark.parametrize(
    "tensor",
    [torch.zeros(0), torch.tensor(3.5), torch.tensor([True]), torch.zeros(2, 3, dtype=torch.bfloat16),
     torch.arange(12).reshape(3, 4).T, torch.zeros(3, dtype=torch.complex64)],
)  # fmt: skip
def test_every_kind_of_tensor_has_a_digest(tmp_path, tensor):
    digest = write_tensors(tmp_path / "a", {"a": tensor}, {})
    assert torch.equal(read_tensors(tmp_path / "a", "model")[0]["a"], tensor)
    assert read_digest(tmp_path / "a", "model") == digest


@pytest.mark.parametrize("by_hand", [True, False])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_weight_that_is_not_finite_is_named(folder, by_hand, value):
    one = trained(by_hand=by_hand)
    name = list(one.model.state_dict())[1]
    state = one.model.state_dict()
    state[name][2] = value
    replace_weights(folder, state, one.as_dict())
    with pytest.raises(GradatimError, match=rf"model\.safetensors is damaged: {name} holds {value}$"):
        load_trained(folder)


def test_a_weight_of_a_checkpoint_or_of_an_older_file_is_looked_at_too(folder):
    one = trained()
    files.write_json(folder.model_json, one.as_dict())
    state = {f"model.{name}": tensor for name, tensor in one.model.state_dict().items()}
    state["model.1.bias"][0] = torch.nan
    write_tensors(folder.checkpoint, state, {"training": {"step": 1, "epoch": 1}})
    with pytest.raises(GradatimError, match=r"checkpoint\.safetensors is damaged: 1\.bias holds nan$"):
        load_trained(folder)
    plain = {name.removeprefix("model."): tensor for name, tensor in state.items()}
    save_file(plain, folder.model, metadata={KEY: '{"format": 1}'})
    with pytest.raises(GradatimError, match=r"model\.safetensors is damaged: 1\.bias holds nan$"):
        load_trained(folder)


class Masked(torch.nn.Module):
    """A buffer may be infinite; a running mean may not be NaN."""

    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(2, 2)
        self.register_buffer("mask", torch.tensor([0.0, -torch.inf]))


def test_an_infinite_buffer_is_no_damage_and_nan_in_one_is(folder):
    own = Trained(model := Masked(), None, "mine.Masked", PROBLEM, Plain())
    save_trained(folder, own)
    assert load_trained(folder, {"Masked": Masked}).model.mask[1] == -torch.inf
    model.mask[0] = torch.nan
    save_trained(folder, own)
    with pytest.raises(GradatimError, match="mask holds nan"):
        load_trained(folder, {"Masked": Masked})


def test_weights_of_another_network_are_not_taken_for_those_described(folder, tmp_path):
    save_trained(folder, trained(seed=1))
    (other := tmp_path / "other").mkdir()
    save_trained(Folder(other), trained(seed=2))
    folder.model.write_bytes((other / "model.safetensors").read_bytes())
    with pytest.raises(
        GradatimError, match=r"does not hold the weights that .*model\.json describes: one of "
    ):
        load_trained(folder)


def test_while_networks_are_replaced_every_reader_sees_one_that_was_whole(folder):
    biases = {seed: trained(seed).model.state_dict()["1.weight"] for seed in range(4)}
    save_trained(folder, trained(0, mark=0))
    done = threading.Event()

    def write():
        for number in range(60):
            save_trained(folder, trained(number % 4, mark=number % 4))
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    seen = []
    while not done.is_set():
        found = load_trained(folder)
        assert torch.equal(found.model.state_dict()["1.weight"], biases[found.facts["mark"]])
        seen.append(found.facts["mark"])
    writer.join()
    assert len(set(seen)) > 1, "the test must see several of them to mean anything"


@pytest.mark.parametrize("named", [True, False])
def test_left_over_weights_count_if_they_are_named(folder, named):
    save_trained(folder, trained(1))
    before = folder.model.read_bytes()
    save_trained(folder, trained(2))
    after = folder.model.read_bytes()
    if not named:
        files.write(folder.model, before)
        save_trained(folder, trained(1))
    folder.staged.write_bytes(after)
    folder.model.write_bytes(before)
    assert torch.equal(
        load_trained(folder).model.state_dict()["1.weight"], trained(2 if named else 1).model[1].weight
    )
    settle(folder)
    assert not folder.staged.exists() and folder.model.read_bytes() == (after if named else before)


def test_left_over_weights_that_are_damaged_go(folder):
    save_trained(folder, trained(1))
    before = folder.model.read_bytes()
    folder.staged.write_bytes(b"half")
    settle(folder)
    assert not folder.staged.exists() and folder.model.read_bytes() == before
