"""At most some twenty lines for any number of epochs, the first, the last and the best among them."""

import io
import sys

import pytest

import gradatim
from gradatim.jobs.display import LONG, Display
from gradatim.jobs.thinning import MOST, epochs_to_show
from gradatim.training.record import Record


def lines_of(monkeypatch, epochs, best, ended=None):
    """What a log shows of a run whose validation loss is lowest in the epoch `best`."""
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    with Display(quiet=False) as display:
        for epoch in range(1, (ended or epochs) + 1):
            loss = 1.0 + abs(epoch - best) / epochs
            display.show(epoch, epochs, Record(epoch, epoch, 1.0, 0.1, 0.0, {"loss": loss}))
        display.finish()
        return sys.stderr.getvalue().splitlines()


@pytest.mark.parametrize(
    ("epochs", "best", "ended", "count"),
    [(1, 1, None, 1), (5, 3, None, 5), (20, 7, None, 20), (60, 34, None, 18), (60, 60, None, 17),
     (1000, 700, None, 18), (1000, 300, 420, 11), (10**6, 123, 2000, 6)],
)  # fmt: skip
def test_a_log_has_few_lines_for_any_number_of_epochs(monkeypatch, epochs, best, ended, count):
    lines = lines_of(monkeypatch, epochs, best, ended)
    assert len(lines) == count <= MOST
    said = [line.removeprefix("lowest valid loss: ").split("  ")[0] for line in lines]
    assert said[0] == "epoch 1"
    assert len(set(said)) == len(said)
    assert {f"epoch {best}", f"epoch {ended or epochs}"} <= set(said)


@pytest.mark.parametrize("epochs", [1, 2, 20, 21, 60, 1000, 10**6])
def test_the_first_and_the_last_epoch_are_among_the_regular_ones(epochs):
    assert {1, epochs} <= epochs_to_show(epochs)
    assert len(epochs_to_show(epochs)) <= MOST


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_long_epoch_shows_its_loss_so_far_on_a_terminal_only(monkeypatch):
    monkeypatch.setattr(sys, "stderr", Terminal())
    with Display(quiet=False) as display:
        display.show(0.1, 2, None, lambda: pytest.fail("an epoch that has just begun is not asked"))
        display._began -= LONG
        display.show(0.5, 2, None, lambda: 0.25)
        assert display._progress.tasks[0].fields["facts"] == "this epoch so far: train loss 0.2500"
        display.show(1, 2, Record(1, 1, 0.5, 0.1, 3.0, {}))
        assert display._progress.tasks[0].fields["facts"] == "train loss 0.5000"
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    with Display(quiet=False) as display:
        display._began -= LONG
        display.show(0.5, 2, None, lambda: 0.25)
        assert sys.stderr.getvalue() == ""


def test_what_runs_after_training_is_said_with_its_time(capsys, tmp_path):
    (tmp_path / "t.csv").write_text(
        "a,b,y\n" + "".join(f"{i},{i % 7},{i * 0.5 + i % 7}\n" for i in range(80))
    )
    gradatim.train(tmp_path / "t.csv", target="y", epochs=60, out=tmp_path / "run", threads=1)
    lines = capsys.readouterr().err.splitlines()
    assert sum("epoch " in line for line in lines) <= MOST
    for what in ("training the models beside the network", "measuring which columns matter"):
        [line] = [line for line in lines if line.startswith(what)]
        assert line.removeprefix(f"{what} … ").removesuffix(" s").replace(".", "").isdigit()


def test_the_loss_so_far_is_the_mean_over_the_steps_of_the_epoch():
    import numpy as np

    from gradatim.by_hand.network import Network
    from gradatim.training.training import Training

    x = np.random.default_rng(0).normal(size=(40, 3))
    network = Network([{"name": "dense", "in_features": 3, "out_features": 2}], 0, np.float64)
    training = Training(
        network, (x, (x[:, 0] > 0).astype(int)), epochs=1, batch_size=10, lr=1e-12, precision="float64"
    )
    assert training.loss_so_far() is None
    training.advance(0.0)
    first = training.loss_so_far()
    record = training.advance()
    assert first is not None and record is not None and first > 0
    assert record.step == 4
    assert training.loss_so_far() is None
