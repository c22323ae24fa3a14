"""Claim: the character model learns Tiny Shakespeare to 1.55 nats in 3 minutes, at torch's pace or better.

    GRADATIM_DATA=… python benchmarks/char_lm.py [THREADS] [EPOCHS]

The recipe of `gradatim train tinyshakespeare` (an LSTM of 320 units) for so many epochs, through `Training`;
then the same network, initial weights, batches and updates with torch.nn.LSTM in a bare loop. Validation loss
in nats on the last tenth of the text, read in one piece; seconds of training without validation.
"""

import sys
import time

import torch
import torch.nn.functional as F
from torch import nn

from gradatim.data.books import tinyshakespeare
from gradatim.data.text import split_text
from gradatim.data.windows import Windows
from gradatim.functional.schedules import cosine
from gradatim.jobs.text_plan import LR_OF_TEXTS, MANY, RECIPE
from gradatim.jobs.texts import measure_text
from gradatim.models.building import build
from gradatim.training.training import Training

WINDOW, HIDDEN, CLIP = RECIPE["window"], RECIPE["hidden"][0], RECIPE["clip_norm"]
LEARNING_RATE = LR_OF_TEXTS["adam"]


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


def main() -> None:
    given = [int(argument) for argument in sys.argv[1:3]]
    threads, epochs = [*given, *(1, 4)[len(given) :]]
    torch.set_num_threads(threads)
    train, valid = split_text(tinyshakespeare())
    print(f"Tiny Shakespeare, {epochs} epochs, {threads} thread{'s' if threads > 1 else ''}")
    for name, trained in (("gradatim", ours), ("torch.nn.LSTM", torch_s)):
        seconds, network = trained(Windows(train, WINDOW), epochs)
        found = measure_text(network, valid, WINDOW).metrics
        print(
            f"{name:<14} {seconds:6.1f} s  {found['loss']:.4f} nats  {found['bits_per_character']:.4f} bits"
        )


if __name__ == "__main__":
    main()
