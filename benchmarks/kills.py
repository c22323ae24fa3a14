"""Claim: training that is killed or interrupted at any moment, and resumed, ends in the same bits.

    python benchmarks/kills.py                      # 200 trials
    python benchmarks/kills.py --signal INT         # the same with SIGINT
    python benchmarks/kills.py --trials 5

One thread. Each trial trains on digits (dropout, Adam, cosine schedule, weights, early stopping's best), is
hit at a random moment, resumed, hit again up to twice more, and resumed to the end. Parameters, optimiser
state and the records (all but seconds) must equal those of a run that was left alone. Checkpoints are written
every 20 ms instead of every 2 to 60 s, so that most hits fall between, before or inside one. Children are
forked from one process that has imported everything; a hit before the run's config is written leaves nothing
to resume, and the trial starts again.
"""

import argparse
import hashlib
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback
from pathlib import Path

import torch

import gradatim
import gradatim.jobs.train
from gradatim.checks import Interrupted
from gradatim.runs.tensors import read_tensors

SETTINGS = {
    "epochs": 8,
    "hidden": 64,
    "dropout": 0.3,
    "threads": 1,
    "class_weight": "balanced",
    "accumulate": 2,
}


def train(folder: Path, engine: str) -> None:
    """Begin the run, or go on with it if it has begun."""
    how = (
        {"resume": folder}
        if (folder / "config.json").exists()
        else {"data": "digits", "out": folder, "engine": engine, **SETTINGS}
    )
    gradatim.train(**how, quiet=True, checkpoint_seconds=(0.02, 0.02))


def child(folder: Path, engine: str) -> int:
    """Train in a forked process; its number."""
    process = os.fork()
    if process:
        return process
    status = 1
    try:
        train(folder, engine)
        status = 0
    except (Interrupted, KeyboardInterrupt):
        status = 130
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)


def fingerprint(folder: Path) -> str:
    """Everything that must be equal: model, checkpoint, records."""
    digest = hashlib.sha256((folder / "model.safetensors").read_bytes())
    tensors, numbers = read_tensors(folder / "checkpoint.safetensors", "checkpoint")
    for name in sorted(tensors):
        digest.update(name.encode() + tensors[name].numpy().tobytes())
    numbers.pop("metrics_bytes")
    digest.update(json.dumps(numbers, sort_keys=True).encode())
    for line in (folder / "metrics.jsonl").read_text().splitlines():
        record = json.loads(line)
        record.pop("seconds")
        digest.update(json.dumps(record, sort_keys=True).encode())
    return digest.hexdigest()


def trial(
    folder: Path, engine: str, number: signal.Signals, span: float, rng: random.Random
) -> tuple[int, list[int]]:
    """Hit up to three times, then leave alone; how often the process was hit, and the exit statuses."""
    statuses: list[int] = []
    for _ in range(rng.choice((1, 1, 2, 3))):
        process = child(folder, engine)
        time.sleep(rng.uniform(0, span))
        os.kill(process, number)
        statuses.append(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]))
    process = child(folder, engine)
    statuses.append(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]))
    return len(statuses) - 1, statuses


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--trials", type=int, default=200)
    parser.add_argument("--signal", choices=("KILL", "INT"), default="KILL")
    parser.add_argument("--engine", choices=("numpy", "torch"), default="numpy")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    torch.set_num_threads(1)
    number = signal.Signals[f"SIG{asked.signal}"]
    rng = random.Random(asked.seed)
    with tempfile.TemporaryDirectory() as place:
        alone = Path(place) / "alone"
        started = time.perf_counter()
        os.waitpid(child(alone, asked.engine), 0)
        span = time.perf_counter() - started
        expected = fingerprint(alone)
        hits = equal = trials = 0
        while trials < asked.trials:
            folder = Path(place) / "run"
            count, statuses = trial(folder, asked.engine, number, span, rng)
            hits, trials = hits + count, trials + 1
            same = statuses[-1] == 0 and fingerprint(folder) == expected
            allowed = {0, -number} if number is signal.SIGKILL else {0, 130}
            if not same or not set(statuses) <= allowed:
                kept = Path(tempfile.mkdtemp()) / "different"
                shutil.copytree(folder, kept) if folder.exists() else None
                print(f"DIFFERENT in trial {trials}: statuses {statuses}; kept in {kept}")
            else:
                equal += 1
            shutil.rmtree(folder, ignore_errors=True)
    print(
        f"{trials} trials with {hits} {number.name}s, {asked.engine} engine, 1 thread, {span:.2f} s a run: "
        f"{equal} identical ends"
    )
    sys.exit(0 if equal == trials else 1)


if __name__ == "__main__":
    main()
