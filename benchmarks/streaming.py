"""Pictures streamed from their files beside the same pictures in memory, and pillow's rate of decoding.

Makes JPEGs of natural-like textures, 64×64 to 96×96, in a temporary folder, trains one network on them at a
fixed size in memory and streamed, and says of each the pictures a second of an epoch after the first, what
share of it was spent waiting, and how often per second pillow decodes the same files in as many threads.

    python benchmarks/streaming.py --files 20000 --model resnet20 --threads 1
"""

import argparse
import json
import os
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np
from PIL import Image

import gradatim
from gradatim.data.decoding_ahead import decoding_threads

CLASSES = 4


def texture(rng: np.random.Generator, kind: int) -> Image.Image:
    """Noise whose spectrum falls off as 1/f, as photographs' do, with a tint and a slant of its class."""
    height, width = rng.integers(64, 97, 2)
    fy, fx = np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)
    slant = 1 + 2 * np.cos(np.arctan2(fy, fx + 1e-9) - np.pi * kind / CLASSES) ** 2
    spectrum = slant / np.maximum(np.hypot(fy, fx), 1 / max(height, width))
    noise = rng.normal(size=(3, *spectrum.shape)) + 1j * rng.normal(size=(3, *spectrum.shape))
    x = np.fft.irfft2(noise * spectrum, (height, width))
    x = 128 + 45 * x / x.std((1, 2), keepdims=True) + 10 * np.eye(CLASSES, 3)[kind][:, None, None]
    return Image.fromarray(np.moveaxis(x.clip(0, 255).astype(np.uint8), 0, 2))


def make(folder: Path, files: int) -> None:
    """A folder of `files` JPEGs of quality 90, a sub-folder a class."""
    rng = np.random.default_rng(0)
    for kind in range(CLASSES):
        (folder / f"class{kind}").mkdir(parents=True)
    for number in range(files):
        texture(rng, number % CLASSES).save(
            folder / f"class{number % CLASSES}" / f"{number:06d}.jpg", quality=90
        )


def decoding_rate(folder: Path, size: int, threads: int, repeats: int) -> float:
    """Pictures a second that pillow opens, decodes and scales, in so many threads, nothing beside it."""
    paths = sorted(folder.rglob("*.jpg"))

    def decode(some: list[Path]) -> None:
        for path in some:
            with Image.open(path) as image:
                np.asarray(image.convert("RGB").resize((size, size), Image.Resampling.BILINEAR))

    rates = []
    for _ in range(repeats):
        began = perf_counter()
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(decode, [paths[at : at + 16] for at in range(0, len(paths), 16)]))
        rates.append(len(paths) / (perf_counter() - began))
    return median(rates)


def epochs(folder: Path, streaming: str, asked: argparse.Namespace, out: Path) -> list[dict]:
    """The records of the epochs of a run after its first."""
    gradatim.train(
        str(folder), model=asked.model, input_size=asked.size, streaming=streaming, epochs=asked.epochs + 1,
        batch_size=asked.batch_size, seed=0, engine="torch", threads=asked.threads, augment=asked.augment,
        valid=0, test=0.1, baselines=False, quiet=True, out=out,
    )  # fmt: skip
    lines = [json.loads(line) for line in (out / "metrics.jsonl").read_text().splitlines()]
    return [line for line in lines if "epoch" in line][1:]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--model", default="resnet20")
    parser.add_argument("--size", type=int, default=32)
    parser.add_argument("--batch-size", type=int, default=128)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--epochs", type=int, default=3, help="that are measured, after one that is not")
    parser.add_argument("--augment", default=None)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "pictures"
        make(folder, asked.files)
        train = round(0.9 * asked.files)
        print(
            f"{asked.files:,} JPEGs to {asked.size}×{asked.size}, {asked.model}, batches of "
            f"{asked.batch_size}, augment {asked.augment}; {asked.threads} thread(s) train, "
            f"{decoding_threads()} decode; {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
        )
        alone = decoding_rate(folder, asked.size, decoding_threads(), asked.epochs)
        print(f"pillow alone: {alone:,.0f} pictures a second")
        found = {}
        for streaming in ("no", "yes"):
            records = epochs(folder, streaming, asked, Path(place) / f"run-{streaming}")
            found[streaming] = median(train / record["seconds"] for record in records)
            waiting = median(record.get("waiting", 0.0) for record in records)
            losses = [record["train_loss"] for record in records]
            name = "streamed" if streaming == "yes" else "in memory"
            print(
                f"{name}: {found[streaming]:,.0f} pictures a second, waiting {100 * waiting:.1f} %, "
                f"losses {', '.join(f'{loss:.6f}' for loss in losses)}"
            )
        possible = min(found["no"], alone)
        print(
            f"streamed/in memory {found['yes'] / found['no']:.3f}; streamed/the slower of pillow alone and "
            f"memory {found['yes'] / possible:.3f}; load {os.getloadavg()[0]:.1f}"
        )


if __name__ == "__main__":
    main()
