"""Claims: `gradatim train digits` takes at most 2.5 s from start to written report, imports neither torch
nor scikit-learn, and reaches 0.978 on the test split.

    python benchmarks/digits.py             # both
    python benchmarks/digits.py --time      # the time alone

Time: median wall time of 5 processes after one warm-up, defaults, 1 thread (the default's choice). Accuracy:
mean over seeds 0–9 on the fixed test split, and beside it over seeds 0–1 on 5 other splits, which shows the
luck in the split.
"""

import shutil
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path

import gradatim

TIME_LIMIT = 2.5
ACCURACY = 0.978


def seconds() -> None:
    command = [str(Path(sysconfig.get_path("scripts")) / "gradatim"), "train", "digits", "--quiet"]
    times = []
    for _ in range(6):
        folder = tempfile.mkdtemp()
        started = time.perf_counter()
        subprocess.run(command, check=True, cwd=folder, stdout=subprocess.DEVNULL)
        times.append(time.perf_counter() - started)
        assert (Path(folder) / "runs" / "digits-1" / "report.html").exists()
        shutil.rmtree(folder)
    median = statistics.median(times[1:])
    print(
        f"gradatim train digits, 1 thread: median {median:.2f} s, "
        f"{min(times[1:]):.2f} to {max(times[1:]):.2f}; "
        f"{'met' if median <= TIME_LIMIT else 'MISSED'}: at most {TIME_LIMIT} s"
    )


def imports() -> None:
    script = (
        "import sys, gradatim; gradatim.train('digits', quiet=True, out='run')\n"
        "print(*(name for name in ('torch', 'sklearn') if name in sys.modules))"
    )
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([sys.executable, "-c", script], check=True, cwd=folder, stdout=subprocess.PIPE)
    heavy = done.stdout.decode().strip()
    print(f"imports {heavy or 'neither torch nor scikit-learn'}: {'MISSED' if heavy else 'met'}")


def test_accuracy(folder: str, number: int, seed: int) -> float:
    parts = gradatim.split(gradatim.load_data("digits"), valid=0, number=number)
    out = Path(folder) / f"{number}-{seed}"
    return gradatim.train(parts.train, test=parts.test, seed=seed, out=out, quiet=True).metrics["accuracy"]


def accuracy() -> None:
    with tempfile.TemporaryDirectory() as folder:
        fixed = [
            gradatim.train("digits", seed=seed, out=f"{folder}/{seed}", quiet=True).metrics["accuracy"]
            for seed in range(10)
        ]
        others = {n: [test_accuracy(folder, n, seed) for seed in range(2)] for n in range(1, 6)}
    mean = statistics.mean(fixed)
    print("fixed split, seeds 0-9: " + " ".join(f"{a:.4f}" for a in fixed))
    print(
        f"mean {mean:.4f}, standard deviation {statistics.stdev(fixed):.4f}; "
        f"{'met' if mean >= ACCURACY else 'MISSED'}: at least {ACCURACY}"
    )
    for number, found in others.items():
        print(f"split {number}, seeds 0-1: " + " ".join(f"{a:.4f}" for a in found))
    print(f"mean over 5 other splits {statistics.mean(a for found in others.values() for a in found):.4f}")


if __name__ == "__main__":
    seconds()
    imports()
    if "--time" not in sys.argv:
        accuracy()
