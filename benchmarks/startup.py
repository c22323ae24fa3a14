"""Claim: `gradatim --help`, `train --help` and `list` answer within 0.35 s and import no heavy library.

    python benchmarks/startup.py

Each command is a process of its own; the median of 15 wall times after one warm-up is printed. Beside it
stands the interpreter alone (`python -c pass`), which no command can beat.
"""

import statistics
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

HEAVY = ("torch", "numpy", "sklearn", "matplotlib", "polars", "rich")
REPEATS = 15
LIMIT = 0.35


def median_seconds(command: list[str]) -> float:
    times = []
    for _ in range(REPEATS + 1):
        started = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        times.append(time.perf_counter() - started)
    return statistics.median(times[1:])


def heavy_imports(arguments: list[str]) -> list[str]:
    """Which heavy libraries a command imports, by running it inside an interpreter that looks afterwards."""
    script = (
        "import sys\nfrom gradatim.cli.main import main\n"
        f"sys.argv = ['gradatim', *{arguments!r}]\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return eval(done.stderr.strip().splitlines()[-1])


def main() -> None:
    gradatim = str(Path(sysconfig.get_path("scripts")) / "gradatim")
    print(f"python -c pass            {median_seconds([sys.executable, '-c', 'pass']):.3f} s")
    worst = 0.0
    for arguments in (["--help"], ["train", "--help"], ["list"]):
        seconds, heavy = median_seconds([gradatim, *arguments]), heavy_imports(arguments)
        worst = max(worst, seconds)
        name = " ".join(["gradatim", *arguments])
        print(f"{name:<25} {seconds:.3f} s   heavy imports: {', '.join(heavy) or 'none'}")
    print(f"{'met' if worst <= LIMIT else 'MISSED'}: at most {LIMIT} s")


if __name__ == "__main__":
    main()
