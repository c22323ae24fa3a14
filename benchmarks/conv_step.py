"""Claim: a training step of a CNN through Training takes no longer than the best bare torch loop.

    python benchmarks/conv_step.py --network resnet20 --batch 128 --threads 2

ResNet-20 on 3×32×32 (D16) and LeNet-5 in its modern form on 1×28×28 (D11), cross-entropy, Adam. Against
`gradatim.Training`, whose steps include the shuffle, the gathering of the batch, the check that the loss is
finite and the epoch's sums, stand loops with nothing in them but torch: the same network of torch's own
layers, examples in memory, a shuffled batch by index, set_to_none, fused Adam; parameters and pictures in
torch's usual order of memory and with channels last. Then the same in bfloat16 (autocast). All take turns in
one process; each ratio is the median over the rounds of a pair of the same round.
"""

import argparse
import statistics
import time
from collections.abc import Callable, Iterator

import torch
import torch.nn.functional as F
from torch import Tensor, nn

import gradatim

EXAMPLES, ROUNDS = 40, 9  # batches in the data, rounds of all in turn
SHAPES = {"resnet20": (3, 32, 32), "lenet5_modern": (1, 28, 28)}
ORDERS = {"": torch.contiguous_format, ", channels last": torch.channels_last}


class Block(nn.Module):
    def __init__(self, inputs: int, outputs: int, stride: int):
        super().__init__()
        self.stride, self.more = stride, outputs - inputs
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn1, self.bn2 = nn.BatchNorm2d(outputs), nn.BatchNorm2d(outputs)

    def forward(self, x: Tensor) -> Tensor:
        f = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)), inplace=True)))
        if self.more:
            x = F.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, 0, self.more))
        f += x
        return F.relu(f, inplace=True)


def resnet20() -> nn.Module:
    layers: list[nn.Module] = [nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU(True)]
    for inputs, outputs in ((16, 16), (16, 32), (32, 64)):
        layers += [Block(inputs, outputs, outputs // inputs)]
        layers += [Block(outputs, outputs, 1) for _ in range(2)]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))


def lenet5_modern() -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(),
        nn.MaxPool2d(2), nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(),
        nn.Linear(84, 10),
    )  # fmt: skip


def bare(
    model: nn.Module, x: Tensor, y: Tensor, batch: int, order: torch.memory_format, low: bool
) -> Callable:
    model = model.to(memory_format=order).train()
    x = x.contiguous(memory_format=order)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)

    def batches() -> Iterator[Tensor]:
        while True:
            yield from torch.randperm(len(x)).split(batch)

    rows = batches()

    def step() -> None:
        at = next(rows)
        optimizer.zero_grad(set_to_none=True)
        if low:
            with torch.autocast("cpu", torch.bfloat16):
                a = model(x[at])
            loss = F.cross_entropy(a.float(), y[at])
        else:
            loss = F.cross_entropy(model(x[at]), y[at])
        loss.backward()
        optimizer.step()

    return step


def ours(name: str, x: Tensor, y: Tensor, batch: int, precision: str) -> Callable:
    entry = {"name": name, "in_channels": x.shape[1], "num_classes": 10}
    entry |= {"input_size": 28} if name == "lenet5_modern" else {}
    training = gradatim.Training(
        gradatim.build(entry), (x, y), epochs=10**6, batch_size=batch, lr=1e-3, precision=precision
    )
    return lambda: training.advance(0)


def contenders(name: str, batch: int) -> dict[str, Callable]:
    torch.manual_seed(0)
    x, y = torch.randn(EXAMPLES * batch, *SHAPES[name]), torch.randint(0, 10, (EXAMPLES * batch,))
    make = {"resnet20": resnet20, "lenet5_modern": lenet5_modern}[name]
    found: dict[str, Callable] = {}
    for precision in ("float32", "bfloat16"):
        found[f"{precision} Training"] = ours(name, x, y, batch, precision)
        for said, order in ORDERS.items():
            found[f"{precision} bare{said}"] = bare(make(), x, y, batch, order, precision == "bfloat16")
    return found


def block(step: Callable, steps: int) -> float:
    """Milliseconds a step."""
    started = time.perf_counter()
    for _ in range(steps):
        step()
    return (time.perf_counter() - started) / steps * 1e3


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--network", choices=SHAPES, default="resnet20")
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--threads", type=int, default=1)
    asked = parser.parse_args()
    torch.set_num_threads(asked.threads)
    every = contenders(asked.network, asked.batch)
    first = {name: block(step, 3) for name, step in every.items()}
    steps = max(1, round(200 / min(first.values())))  # of the quickest, about 0.2 s
    times: dict[str, list[float]] = {name: [] for name in every}
    for _ in range(ROUNDS):
        for name, step in every.items():
            times[name].append(block(step, steps))
    print(
        f"{asked.network}, batch {asked.batch}, {asked.threads} thread(s), {ROUNDS} rounds of {steps} steps"
    )
    for name, found in times.items():
        print(f"{name:32s} {statistics.median(found):8.2f} ms a step")
    for precision in ("float32", "bfloat16"):
        best = list(
            map(min, *(found for name, found in times.items() if name.startswith(f"{precision} bare")))
        )
        ratio = statistics.median(b / o for b, o in zip(best, times[f"{precision} Training"], strict=True))
        print(f"{precision}: best bare of the round / Training  {ratio:.3f}")
    pairs = zip(times["float32 Training"], times["bfloat16 Training"], strict=True)
    print(f"Training: float32 / bfloat16  {statistics.median(a / b for a, b in pairs):.2f}")


if __name__ == "__main__":
    main()
