"""E1, E5, E6, E9: a character model of every cell against a plain loop in NumPy, and the state it carries."""

from pathlib import Path

import numpy as np
import pytest
import torch

import gradatim
from gradatim.by_hand.layers.jordan import Jordan as JordanByHand
from gradatim.by_hand.network import Network
from gradatim.checks import UsageError
from gradatim.decoding.network_step import step_of
from gradatim.models.building import build
from gradatim.models.cells import CELLS, recurrent
from gradatim.models.char_lm import CharLM
from gradatim.nn.input_to_every_layer import InputToEveryLayer
from gradatim.nn.jordan import Jordan
from gradatim.runs.checkpoints import Checkpoints
from recurrence_in_numpy import H, K, by_a_loop, made, symbols

SHAPES = [{}, {"num_layers": 2}, {"input_to": "every", "num_layers": 3, "embedding_size": 3}]


@pytest.mark.parametrize("how", SHAPES)
@pytest.mark.parametrize("cell", CELLS)
def test_scores_are_those_of_a_plain_loop(cell, how):
    """To 1e-12, of one layer, of two, and of three that all see the input."""
    if cell == "jordan" and how:
        how = {"embedding_size": 3}
    model = made(cell, **how)
    found = model.scores(symbols())[0].detach().numpy()
    wanted = by_a_loop(model, cell, symbols(), how.get("input_to") == "every")
    np.testing.assert_allclose(found, wanted, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("cell", CELLS)
def test_a_step_after_the_other_scores_as_the_whole_text(cell):
    """What sampling does, and what windows do that go on from the carried state."""
    how = {} if cell == "jordan" else {"input_to": "every", "num_layers": 2}
    model, x = made(cell, **how), symbols(9, 1)
    whole = model.scores(x)[0].detach()
    step, state = step_of(model), None
    for t, token in enumerate(x[:, 0].tolist()):
        scores, state = step(token, state)
        np.testing.assert_allclose(scores, whole[t, 0], rtol=1e-12, atol=1e-13)
    parts = torch.cat([model(x[:4]), model(x[4:5]), model(x[5:])])
    torch.testing.assert_close(parts, whole[:, 0], rtol=1e-12, atol=1e-13)
    assert all(not part.requires_grad for part in model.carried)


@pytest.mark.parametrize("feedback", ["identity", "softmax"])
def test_jordan_by_gradients(feedback):
    """Autograd's gradients by every parameter against central differences, which `gradcheck` takes."""
    layer = Jordan(3, 4, output_size=2, feedback=feedback).double()
    x = torch.randn(5, 2, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    names, values = zip(*layer.named_parameters(), strict=True)
    wanted = [v.detach().clone().requires_grad_() for v in values]
    call = lambda *p: torch.func.functional_call(layer, dict(zip(names, p, strict=True)), (x,))  # noqa: E731
    assert torch.autograd.gradcheck(call, wanted)


def test_jordan_is_its_twin_by_hand():
    layer = Jordan(3, 4, output_size=2).double()
    x = np.random.default_rng(0).standard_normal((6, 2, 3))
    network = Network(
        [{"name": "jordan", "input_size": 3, "hidden_size": 4, "output_size": 2}], 0, np.float64
    )
    twin = network.layers[0]
    assert isinstance(twin, JordanByHand)
    places = {"weight_ih_l0", "bias_l0", "weight_yh", "weight_hy", "bias_y"}
    assert set(twin.shapes) == places
    with torch.no_grad():
        for name in places:
            own = getattr(layer, name if name.endswith("_l0") else f"{name}_l0")
            own.uniform_(-0.7, 0.7, generator=torch.Generator().manual_seed(len(name)))
            twin.parameters[name][...] = own.numpy()
    found = layer(torch.from_numpy(x))[0].detach().numpy()
    np.testing.assert_allclose(found, network.forward(x), rtol=1e-12, atol=1e-13)


def test_a_jordan_layer_has_directions_and_ragged_rows():
    """Outputs of 4 numbers in either direction, 0 at padding: as of each sequence alone."""
    layer = recurrent("jordan", 3, 4, 2, batch_first=True, bidirectional=True).double()
    x = torch.randn(2, 5, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    found, _ = layer(x, lengths=torch.tensor([5, 2]))
    alone, _ = layer(x[1:, :2])
    torch.testing.assert_close(found[1, :2], alone[0], rtol=1e-12, atol=1e-13)
    assert not found[1, 2:].any() and found.shape == (2, 5, 8)


@pytest.mark.parametrize("cell", ["rnn", "jordan", "peephole", "gru_before"])
def test_a_stopped_run_of_any_cell_goes_on_exactly(cell, in_a_folder_of_its_own, monkeypatch):
    """The run that stops in mid-epoch ends with the bits of the one that does not."""
    Path("fox.txt").write_text("the quick brown fox jumps over the lazy dog\n" * 20)
    asked = {"cell": cell, "hidden": 6, "epochs": 2, "batch_size": 4, "window": 10, "lr": 0.02, "quiet": True}
    whole = gradatim.train("fox.txt", out="whole", **asked)
    save = Checkpoints.save_if_due

    def killed(self, training):
        if training.step == 11:
            raise RuntimeError("killed")
        return save(self, training)

    monkeypatch.setattr(Checkpoints, "save_if_due", killed)
    with pytest.raises(RuntimeError, match="killed"):
        gradatim.train("fox.txt", out="part", checkpoint_seconds=(0, 0), **asked)
    monkeypatch.setattr(Checkpoints, "save_if_due", save)
    again = gradatim.train(resume="part", quiet=True)
    assert again.config["network"]["entry"]["cell"] == cell
    for name, value in whole.model.state_dict().items():
        assert torch.equal(value, again.model.state_dict()[name]), name
    assert gradatim.load("part").sample("the ", length=20) == whole.sample("the ", length=20)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("name", ["tagger", "sequence_classifier"])
def test_networks_of_sequences_take_every_cell(name, cell):
    """Both directions, and padding that changes no score."""
    entry = {"name": name, "vocabulary_size": K, "num_classes": 3, "hidden_size": H, "cell": cell}
    model = build(entry, 0, torch.float64).eval()
    x, lengths = torch.tensor([[3, 1, 4, 1], [2, 0, 4, 4]]), torch.tensor([4, 2])
    one, two = model(x, lengths), model(x[1:, :2], lengths[1:])
    torch.testing.assert_close(one[4:] if name == "tagger" else one[1:], two, rtol=1e-12, atol=1e-13)


def test_weights_of_the_usual_cell_keep_their_names():
    """Runs of earlier versions have them in their files."""
    assert {name.split(".")[0] for name in CharLM(K, H).state_dict()} == {"lstm", "head"}
    assert {name.split(".")[0] for name in CharLM(K, H, cell="gru").state_dict()} == {"recurrent", "head"}


def test_dropout_of_a_jordan_network_falls_on_what_it_reads():
    """Its outputs are the scores, of which none is dropped; in evaluation mode it does nothing."""
    model, without = made("jordan", dropout=0.5), made("jordan")
    torch.testing.assert_close(model.scores(symbols())[0], without.scores(symbols())[0], rtol=0, atol=0)
    found = model.train().scores(symbols(200))[0]
    assert (found != 0).all() and not torch.allclose(found, model.scores(symbols(200))[0])


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: CharLM(5, cell="elman"), "unknown cell 'elman'"),
        (lambda: CharLM(5, input_to="last"), "input_to must be first or every; it is 'last'"),
        (lambda: CharLM(5, 4, 2, cell="jordan"), "a Jordan network is one layer, since its outputs are the"),
        (lambda: CharLM(5, 4, cell="jordan", input_to="every"), "a Jordan network is one layer, since its"),
        (lambda: Jordan(3, 4, feedback="tanh"), "feedback must be identity or softmax; it is 'tanh'"),
        (lambda: Jordan(3, 4, output_size=0), "output_size must be a whole number of at least 1; it is 0"),
        (lambda: InputToEveryLayer(3, 4, cell="elman"), "cell must be lstm or gru or rnn or jordan or "),
    ],
)
def test_misuse_is_refused(call, sentence):
    with pytest.raises(UsageError) as error:
        call()
    assert str(error.value).startswith(sentence)
