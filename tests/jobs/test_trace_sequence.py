"""E2, E3, E9, E11: a run on a text, on tagged words or on sequences traced, beside torch in float64."""

import json
from copy import deepcopy
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch.nn import functional as F

import gradatim
from gradatim.checks import UsageError
from gradatim.explain.traces.page import as_page
from gradatim.jobs.trace_sequence_twin import MAKERS, Row
from gradatim.runs.tensors import read_tensors

RNG = np.random.default_rng(3)
STEPS = [RNG.standard_normal((n, 2)) for n in RNG.integers(2, 7, 60).tolist()]
SYMBOLS = [RNG.integers(0, 5, len(one)) for one in STEPS]
SIGN = np.array([int(one.sum() > 0) for one in STEPS])
SUM = np.array([one.sum() for one in STEPS])
TEXT = "The cat sat on the mat. The dog ran home, and a bird sang in a tree.\n" * 20
TAGGED = "the DET\ncat NOUN\nsleeps VERB\n\na DET\ndog NOUN\nruns VERB\nhome ADV\n\n" * 20
CELLS = {"num_classes": 3, "hidden_size": 3, "embedding_size": 4}
RUNS = {  # data; what they are trained with
    "text": (TEXT, {"hidden": [5], "dropout": 0.0}),
    "text, embedded, two layers": (
        TEXT,
        {"model": {"name": "char_lm", "vocabulary_size": len(set(TEXT)), "hidden_size": 4,
                   "embedding_size": 3, "num_layers": 2}},
    ),
    "tags": (TAGGED, {"hidden": [4], "task": "tagging", "model": "tagger", "dropout": 0.0}),
    "numbers, one class": ((STEPS, SIGN), {"hidden": [3], "dropout": 0.0}),
    "numbers, one number, two layers": ((STEPS, SUM), {"hidden": [3, 3], "dropout": 0.0}),
    "numbers, a class a step": ((STEPS, [one[:, 0] > 0 for one in STEPS]), {"hidden": [3], "dropout": 0.0}),
    "numbers, a number a step": ((STEPS, [one[:, 0] for one in STEPS]), {"hidden": [3], "dropout": 0.0}),
    "symbols, gru, mean": (
        (SYMBOLS, np.array([one.sum() % 3 for one in SYMBOLS])),
        {"model": {"name": "sequence_classifier", "vocabulary_size": 6, "cell": "gru", "pooling": "mean",
                   **CELLS}},
    ),
    "symbols, gru, a class a step": (
        (SYMBOLS, [one % 3 for one in SYMBOLS]),
        {"model": {"name": "tagger", "vocabulary_size": 6, "cell": "gru", "num_layers": 2, **CELLS}},
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """Any of RUNS by its name, trained once."""
    found = {}

    def run_of(name, **more):
        key = (name, *more.items())
        if key not in found:
            folder = tmp_path_factory.mktemp("runs")
            data, options = RUNS[name]
            if isinstance(data, str):
                (folder / "data.txt").write_text(data)
                data = folder / "data.txt"
            found[key] = gradatim.train(
                data, epochs=1, out=folder / "run", quiet=True, baselines=False, **{**options, **more}
            )
        return found[key]

    return run_of


def loss_of_torch(run, model, number):
    """The loss of example or window `number`, by the run's own network in float64."""
    trained = run.trained
    part = run.data.valid if run.data.judged_on == "valid" else run.data.test
    if part.layout == "streams":
        window, tokens = trained.encoder.window, torch.from_numpy(part.tokens)
        place = slice((number - 1) * window, number * window)
        x, y = tokens[:-1][place], tokens[1:][place]
        return F.cross_entropy(model.scores(x[:, None])[0][:, 0], y)
    one = trained.encoder.prepare(part.take(np.array([number - 1])), trained.problem, np.float64)
    values = torch.from_numpy(one.values)
    a = model(values[None], torch.tensor([len(values)]))
    y = torch.from_numpy(np.asarray(one.y))
    if run.config["loss"] == "cross_entropy":
        return F.cross_entropy(a, y.long())
    if run.config["loss"] == "binary_cross_entropy":
        return F.binary_cross_entropy_with_logits(a[:, 0], y.double())
    return F.mse_loss(a.reshape(-1), y.double().reshape(-1))


def steps_of(run):
    """The optimizer's steps at the last checkpoint."""
    return read_tensors(run.folder.checkpoint, "checkpoint", "np")[1]["training"]["step"]


def in_torch_s_order(run, arrays):
    """A trace's arrays beside the parameters of torch: both go through the layers in order."""
    order = [name for name, _ in run.model.named_parameters()]
    row = Row()
    MAKERS[type(run.model)](row, run.model)
    by_name = dict(zip(row.names.values(), arrays.values(), strict=True))
    return [np.array(by_name[name]) for name in order]


@pytest.mark.parametrize("name", RUNS)
def test_every_gradient_and_the_update_are_torch_s(trained, name):
    """Adam with what the checkpoint remembers, its gradient clipped as the run clips it; 1e-12."""
    run = trained(name)
    found = gradatim.trace(run, example=2).values
    model = deepcopy(run.model).double().eval()
    model.zero_grad()  # of training
    loss = loss_of_torch(run, model, 2)
    loss.backward()
    parameters = list(model.parameters())
    assert found["loss"] == pytest.approx(loss.item(), rel=1e-12)
    for p, g in zip(parameters, in_torch_s_order(run, found["gradients"]), strict=True):
        np.testing.assert_allclose(g, p.grad.numpy(), rtol=0, atol=1e-12)
    clip = run.config["settings"]["clip_norm"]
    if clip is not None:
        torch.nn.utils.clip_grad_norm_(parameters, clip)
    optimizer = torch.optim.Adam(parameters, lr=run.config["settings"]["lr"])
    steps = torch.tensor(float(steps_of(run)))
    state = {key: in_torch_s_order(run, of) for key, of in found["state"].items()}
    for k, p in enumerate(parameters):
        g = p.grad
        m = (torch.from_numpy(state["exp_avg"][k]) - 0.1 * g) / 0.9
        v = (torch.from_numpy(state["exp_avg_sq"][k]) - 0.001 * g * g) / 0.999
        optimizer.state[p] = {"step": steps.clone(), "exp_avg": m, "exp_avg_sq": v}
    assert max(float(s["exp_avg"].abs().max()) for s in optimizer.state.values()) > 0  # it remembers
    optimizer.step()
    for p, new in zip(parameters, in_torch_s_order(run, found["new_parameters"]), strict=True):
        np.testing.assert_allclose(new, p.detach().numpy(), rtol=0, atol=1e-12)
    assert found["next_loss"] == pytest.approx(loss_of_torch(run, model, 2).item(), rel=1e-11)


def flat(found):
    return " ".join(str(found).split())


def test_a_window_of_a_text_says_where_it_begins_and_what_it_reads(trained):
    run = trained("text")
    part, window = run.data.valid, run.trained.encoder.window
    found = gradatim.trace(run, example=3)
    read = part.characters(2 * window, 3 * window)
    quoted = read.replace("\n", "\\n")
    assert f'The window is "{quoted}", {window} steps' in flat(found)
    assert f"Window 3 of the {-(-(len(part) - 1) // window)} of the valid part" in flat(found)
    assert "is read from a state of zeros" in flat(found)
    losses = found.table("The loss, step by step")
    letters = ["space" if c == " " else "new line" if c == "\n" else c for c in read]
    assert losses.column("reads") == letters and losses.column("target")[:-1] == letters[1:]
    assert np.mean(losses.column("loss")) == pytest.approx(found.values["loss"], rel=1e-12)
    assert losses.column("loss")[4] == pytest.approx(-np.log(losses.column("p of it")[4]), rel=1e-12)


def test_the_last_window_may_be_shorter(trained):
    run = trained("text")
    part, window = run.data.valid, run.trained.encoder.window
    last = -(-(len(part) - 1) // window)
    assert len(gradatim.trace(run, example=last).values["x"]) == len(part) - 1 - (last - 1) * window
    with pytest.raises(UsageError, match=f"has {last} windows; there is no window {last + 1}"):
        gradatim.trace(run, example=last + 1)
    assert "of the train part" in flat(gradatim.trace(run, split="train", example=2))


def test_the_words_and_tags_of_a_sentence(trained):
    found = gradatim.trace(trained("tags"), example=1)
    table = found.table("The loss, step by step")
    tags = dict(the="DET", cat="NOUN", sleeps="VERB", a="DET", dog="NOUN", runs="VERB", home="ADV")
    assert table.column("target") == [tags[word] for word in table.column("reads")]
    assert f'the sequence "{" ".join(table.column("reads"))}" has'.lower() in flat(found).lower()
    after = found.table("The next pass")
    assert after.column("loss before") == pytest.approx(table.column("loss"), abs=1e-12)


def test_a_direction_that_reads_backwards_begins_at_the_last_step(trained):
    run = trained("numbers, a class a step")
    whole = gradatim.trace(run, example=2)
    steps, size = len(whole.values["x"]), 3
    h = np.array(whole.values["layers"]["h2"]["h"])[:, 0]
    for unit, order in ((2, range(steps)), (size + 2, range(steps - 1, -1, -1))):
        opened = gradatim.trace(run, example=2, unit=f"h2.{unit}")
        way = "forwards" if unit <= size else "backwards"
        table = opened.table(f"h2.{unit}, step by step, reading {way}")
        assert table.column("t") == [t + 1 for t in order]
        np.testing.assert_allclose(table.column("h"), [h[t, unit - 1] for t in order], rtol=0, atol=1e-15)
        o, C = np.array(table.column("o")), np.array(table.column("C"))
        np.testing.assert_allclose(table.column("h"), o * np.tanh(C), rtol=0, atol=1e-15)
    at_two = gradatim.trace(run, example=2, unit="h2.t2").table("h2 at step 2, reading backwards")
    assert at_two.column("h") == pytest.approx(h[1, size:], abs=1e-15)


def test_what_each_step_sends_back_through_time_is_autograd_s(trained):
    """‖∂L/∂h_t‖ of all that h_t reaches: its own scores, and every later step."""
    run = trained("text")
    table = gradatim.trace(run, example=1).table("h1: back through time")
    model, part = deepcopy(run.model).double().eval(), run.data.valid
    tokens = torch.from_numpy(part.tokens[: run.trained.encoder.window + 1])
    lstm = model.lstm
    own = SimpleNamespace(weight_ih=lstm.weight_ih_l0, weight_hh=lstm.weight_hh_l0, bias=lstm.bias_l0)
    state, hidden = tuple(torch.zeros(2, 1, lstm.hidden_size, dtype=torch.float64)), []
    for x in F.one_hot(tokens[:-1], model.vocabulary_size).double():
        state = lstm.step(own, x[None], *state)
        state[0].retain_grad()
        hidden.append(state[0])
    F.cross_entropy(model.head(torch.cat(hidden)), tokens[1:]).backward()
    assert table.column("t") == list(range(len(hidden), 0, -1))
    right = [float(h.grad.norm()) for h in reversed(hidden)]
    np.testing.assert_allclose(table.column("‖∂L/∂h_t‖"), right, rtol=0, atol=1e-12)


def test_a_unit_of_the_scores_at_one_step(trained):
    run = trained("text")
    values = gradatim.trace(run, example=2).values
    table = gradatim.trace(run, example=2, unit="y.t4").table(f"y at step 4{reading(run, 2, 4)}")
    np.testing.assert_allclose(table.column("z"), values["output"][3][0], rtol=0, atol=1e-15)
    over = gradatim.trace(run, example=2, unit="y.3.4")
    assert over.table("y.3, step by step").column("z")[3] == values["output"][3][0][2]
    assert "∂L/∂w_i = Σ_t δ_t x_ti" in flat(over)
    with pytest.raises(UsageError, match="there are 32 steps"):
        gradatim.trace(run, unit="y.t33")


def reading(run, window, step):
    """What stands at a step of a window, as a caption has it."""
    at = (window - 1) * run.trained.encoder.window + step - 1
    return f" ({run.data.valid.characters(at, at + 1).replace(' ', 'space')})"


def test_dropout_is_part_of_the_step(trained):
    found = gradatim.trace(trained("tags", dropout=0.5), example=1)
    assert "drop1" in flat(found) and "are dropped by the mask of seed" in flat(found)


def test_a_page_of_a_text_run_is_small_enough_and_opens_units_and_steps(tmp_path):
    (tmp_path / "book.txt").write_text(TEXT)
    run = gradatim.train(
        tmp_path / "book.txt", epochs=1, hidden=[200], window=64, out=tmp_path / "run", quiet=True
    )
    page = as_page(gradatim.trace(run))
    assert len(page.encode()) <= 2_000_000
    assert "h1.t1" in page and "largest of 200" in page


def test_on_the_command_line(trained, command):
    run = trained("text")
    out, err = command("trace", run.path, "--example", "2", "--set", "h1.bias_l0.3=0.5", "--json")
    content = json.loads(out)
    assert err == "" and content["values"]["parameters"]["h1.bias_l0"][2] == 0.5
    assert content["before"]["values"]["loss"] != content["values"]["loss"]
    out, _ = command("trace", run.path, "--example", "2", "--unit", "h1.3.5", "--delta=-dL/da")
    assert "of h1.3 at t = 5:" in out and "δ = −∂L/∂z" in out


def test_a_cell_without_a_twin_is_named(tmp_path):
    class Pyramid(torch.nn.Module):
        layout = "padded"

        def __init__(self):
            super().__init__()
            self.cells = gradatim.nn.Pyramid(2, 4, num_layers=1, batch_first=True)
            self.head = gradatim.nn.Dense(8, 1)

        def forward(self, values, lengths):
            return self.head(self.cells(values, lengths)[0].mean(1))

    run = gradatim.train(
        (STEPS, SUM), epochs=1, model=Pyramid(), out=tmp_path / "run", quiet=True,
        batch_size=60,
    )  # fmt: skip
    with pytest.raises(UsageError, match=r"Pyramid\w* \(cells[\w.]* of .*Pyramid\) has no twin by hand"):
        gradatim.trace(run)


@pytest.mark.parametrize("cell", ["rnn", "rnn_relu", "gru_before", "coupled"])
def test_a_text_of_other_cells_is_traced_by_its_twin(tmp_path, cell):
    """The loss of the twin's pass is torch's, to 1e-6 of a float32 network."""
    (tmp_path / "book.txt").write_text(TEXT)
    asked = {"epochs": 1, "hidden": 5, "window": 16, "quiet": True}
    run = gradatim.train(tmp_path / "book.txt", cell=cell, out=tmp_path / "run", **asked)
    found = gradatim.trace(run, example=1)
    tokens = torch.from_numpy(run.data.valid.tokens[:17])
    with torch.no_grad():
        scores, _ = run.model.scores(tokens[:-1, None])
    assert found.values["loss"] == pytest.approx(F.cross_entropy(scores[:, 0], tokens[1:]).item(), rel=1e-6)


def test_a_text_of_cells_without_a_twin_is_refused(tmp_path):
    (tmp_path / "book.txt").write_text(TEXT)
    asked = {"epochs": 1, "hidden": 5, "window": 16, "quiet": True}
    run = gradatim.train(tmp_path / "book.txt", cell="peephole", out=tmp_path / "run", **asked)
    with pytest.raises(UsageError, match=r"PeepholeLSTM \(recurrent\) has no twin by hand, which a trace"):
        gradatim.trace(run)


def test_a_network_of_one_s_own_is_refused_by_what_is_unknown_of_it(tmp_path):
    class Own(torch.nn.Module):
        layout = "padded"

        def __init__(self):
            super().__init__()
            self.lstm = gradatim.nn.LSTM(2, 4, batch_first=True)
            self.head = gradatim.nn.Dense(4, 1)

        def forward(self, values, lengths):
            return self.head(self.lstm(values, lengths=lengths)[1][0][-1])

    run = gradatim.train((STEPS, SUM), epochs=1, model=Own(), out=tmp_path / "run", quiet=True)
    with pytest.raises(UsageError, match="knows char_lm, sequence_classifier and tagger"):
        gradatim.trace(run)


def test_a_tagger_that_reads_the_spelling_names_the_one_that_is_traced(tmp_path):
    (tmp_path / "tags.txt").write_text(TAGGED)
    how = {"task": "tagging", "hidden": [4], "epochs": 1, "quiet": True}
    run = gradatim.train(tmp_path / "tags.txt", out=tmp_path / "run", **how)
    with pytest.raises(UsageError, match=r"word_tagger has no twin by hand.*train with --model tagger"):
        gradatim.trace(run)


def test_attention_over_steps_is_refused_by_a_sentence(tmp_path):
    steps = [np.full((n, 2), n / 4) for n in (2, 3, 4) * 12]
    how = {"network": {"pooling": "attention"}, "epochs": 1, "hidden": 4, "quiet": True}
    data = (steps, [len(one) % 2 for one in steps])
    run = gradatim.train(data, model="sequence_classifier", out=tmp_path / "run", **how)
    with pytest.raises(UsageError, match="attention over the steps has no twin by hand"):
        gradatim.trace(run, example=1)
