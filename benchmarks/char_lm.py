"""Claim: the character model learns Tiny Shakespeare to 1.55 nats in 3 minutes, and to 1.47 in 45.

    GRADATIM_DATA=… python benchmarks/char_lm.py [short|long] [--threads N] [--epochs N]

Validation loss in nats on the last tenth of the text, read in one piece. `short`: the recipe of `gradatim
train tinyshakespeare` (an LSTM of 320 units) for so many epochs, through `Training`; then the same network,
initial weights, batches and updates with torch.nn.LSTM in a bare loop; seconds without validation. `long`:
two layers of 320 units with dropout, 26 epochs, as `gradatim train` runs them; seconds with validation.
"""

import argparse
import tempfile
import time
from math import log
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn

from gradatim.data.books import tinyshakespeare
from gradatim.data.streams import Windows
from gradatim.data.text import Text, split_text
from gradatim.functional.schedules import cosine
from gradatim.jobs.train import train as train_job
from gradatim.models.building import build
from gradatim.planning.defaults import recipe_for
from gradatim.training.training import Training

RECIPE = recipe_for("texts", 1_000_000)
WINDOW, MANY, CLIP = (RECIPE.settings[name] for name in ("window", "batch_size", "clip_norm"))
HIDDEN, LEARNING_RATE = RECIPE.settings["hidden"][0], RECIPE.lr["adam"]
LONG = {"hidden": [320, 320], "dropout": 0.4, "window": 64, "lr": 4e-3}
ASKED = 1.47  # nats, of the long run


def ours(train: Windows, epochs: int) -> tuple[float, nn.Module]:
    """Seconds and the trained network."""
    network = build({"name": "char_lm", "vocabulary_size": len(train.text.vocabulary), "hidden_size": HIDDEN})
    how = {"epochs": epochs, "batch_size": MANY, "lr": LEARNING_RATE, "schedule": "cosine", "clip_norm": CLIP}
    started = time.perf_counter()
    for record in Training(network, train, **how):
        print(f"  {record}", flush=True)
    return time.perf_counter() - started, network.eval()


class Peer(nn.Module):
    """The same with torch.nn.LSTM, from the same weights."""

    def __init__(self, network: nn.Module):
        super().__init__()
        self.K, own = network.vocabulary_size, network.lstm
        self.lstm, self.head = nn.LSTM(self.K, HIDDEN), network.head
        with torch.no_grad():
            self.lstm.weight_ih_l0.copy_(own.weight_ih_l0)
            self.lstm.weight_hh_l0.copy_(own.weight_hh_l0)
            self.lstm.bias_ih_l0.copy_(own.bias_l0)
            self.lstm.bias_hh_l0.zero_()
        self.lstm.bias_hh_l0.requires_grad_(False)  # one bias, as ours

    def scores(self, x: torch.Tensor, state: tuple | None = None) -> tuple:
        hidden, state = self.lstm(F.one_hot(x, self.K).float(), state)
        return self.head(hidden), state


def torch_s(train: Windows, epochs: int) -> tuple[float, nn.Module]:
    """Seconds and the trained network."""
    peer = Peer(
        build({"name": "char_lm", "vocabulary_size": len(train.text.vocabulary), "hidden_size": HIDDEN})
    )
    x, y = (torch.from_numpy(part) for part in train.streams(MANY))
    learned = [p for p in peer.parameters() if p.requires_grad]
    adam = torch.optim.Adam(learned, lr=LEARNING_RATE, fused=True)
    steps, step = epochs * -(-len(x) // WINDOW), 0
    started = time.perf_counter()
    for _ in range(epochs):
        state = None
        for first in range(0, len(x), WINDOW):
            scores, state = peer.scores(x[first : first + WINDOW], state)
            state = tuple(part.detach() for part in state)
            loss = F.cross_entropy(scores.flatten(0, 1), y[first : first + WINDOW].reshape(-1))
            adam.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(learned, CLIP)
            adam.param_groups[0]["lr"] = LEARNING_RATE * cosine(step, steps)
            adam.step()
            step += 1
    return time.perf_counter() - started, peer.eval()


@torch.no_grad()
def nats(network: nn.Module, text: Text) -> float:
    """The mean loss over a text that is read once, in one stream."""
    x, y = (torch.from_numpy(part) for part in Windows(text, WINDOW).streams(1))
    state, loss = None, 0.0
    for first in range(0, len(x), WINDOW):
        scores, state = network.scores(x[first : first + WINDOW], state)
        target = y[first : first + WINDOW, 0]
        loss += float(F.cross_entropy(scores[:, 0].double(), target, reduction="sum"))
    return loss / len(x)


def short(threads: int, epochs: int) -> None:
    torch.set_num_threads(threads)
    train, valid = split_text(tinyshakespeare())
    for name, trained in (("gradatim", ours), ("torch.nn.LSTM", torch_s)):
        seconds, network = trained(Windows(train, WINDOW), epochs)
        loss = nats(network, valid)
        print(f"{name:<14} {seconds:6.1f} s  {loss:.4f} nats  {loss / log(2):.4f} bits")


def long(threads: int, epochs: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        run = train_job(
            "tinyshakespeare", threads=threads, epochs=epochs, out=Path(folder) / "run", quiet=True, **LONG
        )
        whole, spent = time.perf_counter() - started, 0.0
        for line in run.records:
            spent += line["seconds"]
            print(f"epoch {line['epoch']:2d}  {spent:7.1f} s  valid {line['valid_loss']:.4f} nats")
        print(f"{whole:.1f} s in all; in one piece {run.metrics['loss']:.4f} nats (asked: {ASKED})")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("which", nargs="?", default="short", choices=("short", "long"))
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--epochs", type=int)
    asked = parser.parse_args()
    epochs = asked.epochs or (4 if asked.which == "short" else 26)
    print(f"Tiny Shakespeare, {epochs} epochs, {asked.threads} thread{'s' if asked.threads > 1 else ''}")
    (short if asked.which == "short" else long)(asked.threads, epochs)


if __name__ == "__main__":
    main()
