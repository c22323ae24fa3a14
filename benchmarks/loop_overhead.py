"""Claims: Training costs at most 5 % over a bare torch loop doing the same steps; with a run folder, at most
10 %.

    python benchmarks/loop_overhead.py

One thread. Digits, 64-64-10, ReLU, softmax, Adam, batch 32, float32. The bare loop is the plainest fast one:
shuffle, index, forward, backward, torch's own Adam with its fused kernel. Both are timed in turn in one
process, and the ratio is taken pair by pair; the median of 9 pairs of 40 epochs is printed. The run folder's
cost is the wall time of
`gradatim.train` without validation over that of Training alone, for runs of more than 10 s.
"""

import statistics
import tempfile
import time
from pathlib import Path

import torch

import gradatim
from gradatim.data.encoders.encoder import fit_encoder

EPOCHS, PAIRS, LONG_EPOCHS = 40, 9, 1200
NETWORK = {"name": "mlp", "in_features": 64, "out_features": 10, "hidden": [64]}


def examples() -> tuple[torch.Tensor, torch.Tensor, gradatim.Dataset]:
    train = gradatim.split(gradatim.load_data("digits"), valid=0).train
    x = fit_encoder(train).inputs(train)
    return torch.from_numpy(x), torch.from_numpy(train.y), train


def bare(x: torch.Tensor, y: torch.Tensor, epochs: int) -> float:
    model = gradatim.build(NETWORK)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)
    started = time.perf_counter()
    for _ in range(epochs):
        for rows in torch.randperm(len(x)).split(32):
            optimizer.zero_grad()
            loss = torch.nn.functional.cross_entropy(model(x[rows]), y[rows])
            loss.backward()
            optimizer.step()
    return time.perf_counter() - started


def ours(x: torch.Tensor, y: torch.Tensor, epochs: int) -> float:
    training = gradatim.Training(gradatim.build(NETWORK), (x, y), lr=1e-3, epochs=epochs, batch_size=32)
    started = time.perf_counter()
    for _ in training:
        pass
    return time.perf_counter() - started


def with_folder(data: gradatim.Dataset, epochs: int) -> float:
    """From the first step to the last checkpoint: the sum that metrics.jsonl does not know is what is
    measured.
    """
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        gradatim.train(
            data, test=data.take(range(32)), valid=0.0, epochs=epochs, batch_size=32, lr=1e-3, hidden=64,
            dropout=0.0, schedule="constant", threads=1, out=Path(folder) / "run", quiet=True,
            engine="torch",
        )  # fmt: skip
        return time.perf_counter() - started


def main() -> None:
    torch.set_num_threads(1)
    x, y, data = examples()
    bare(x, y, 5), ours(x, y, 5)
    pairs = [(bare(x, y, EPOCHS), ours(x, y, EPOCHS)) for _ in range(PAIRS)]
    steps = EPOCHS * -(-len(x) // 32)
    ratio = statistics.median(mine / plain for plain, mine in pairs)
    print(
        f"bare loop {statistics.median(p for p, _ in pairs) / steps * 1e6:.0f} µs a step, Training "
        f"{statistics.median(m for _, m in pairs) / steps * 1e6:.0f} µs; ratio {ratio:.3f}; "
        f"{'met' if ratio <= 1.05 else 'MISSED'}: at most 1.05"
    )
    with_folder(data, 2)
    pairs = [(bare(x, y, LONG_EPOCHS), with_folder(data, LONG_EPOCHS)) for _ in range(3)]
    ratio = statistics.median(mine / plain for plain, mine in pairs)
    print(
        f"bare loop {statistics.median(p for p, _ in pairs):.1f} s, gradatim.train with a run folder "
        f"{statistics.median(m for _, m in pairs):.1f} s; ratio {ratio:.3f}; "
        f"{'met' if ratio <= 1.1 else 'MISSED'}: at most 1.10"
    )


if __name__ == "__main__":
    main()
