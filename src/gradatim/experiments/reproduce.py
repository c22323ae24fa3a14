"""Reproduce: run the experiment of a claim, seed by seed, and say what comes of it."""

import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

from gradatim import catalog, files
from gradatim.checks import whole
from gradatim.device import threads
from gradatim.experiments.claim import Claim
from gradatim.experiments.kept_seeds import SeedResult, plain, read_seed, settings_of, write_seed
from gradatim.experiments.reproduction import Reproduction, statement
from gradatim.explain.number_format import duration, measure
from gradatim.planning.versions import versions
from gradatim.printable import printable

FOLDER = Path("reproduced")
THREADS = 1
Say = Callable[[str], None]


def reproduce(
    name: str, *, seeds: int | None = None, full: bool = False, out: str | Path | None = None,
    force: bool = False, quiet: bool = False, before: Say | None = None,
) -> Reproduction:  # fmt: skip
    """Run the experiment of a claim, and keep its table, figure and verdict in a folder.

    What is returned prints the statement, the table and the verdict, and shows itself in a notebook. A seed
    that an earlier call has finished with the same settings is not run again.

    Parameters
    ----------
    name : of an experiment; `gradatim list experiment` shows them.
    seeds : how many, from 0 on; as many as the claim states when None.
    full : whether the larger form runs, where the experiment has one.
    out : the folder; `reproduced/NAME` when None.
    force : whether kept seeds run again.
    quiet : whether nothing is said on stderr.
    before : told the statement before anything runs.

    Raises UsageError for an unknown name, a number of seeds below 1, or a larger form that there is not.
    """
    row = catalog.find(name, "experiment")
    claim: Claim = row.load()()
    size = claim.size(full)
    count = claim.seeds if seeds is None else whole("seeds", seeds, at_least=1, at_most=1000)
    if before is not None:
        before(statement(name, row.rows, claim, size, count))
    folder = FOLDER / name if out is None else Path(out)
    with files.refusals(folder):
        folder.mkdir(parents=True, exist_ok=True)
    command = f"gradatim reproduce {name} --seeds {count}{' --full' if full else ''}"
    with files.lock(folder):
        results = _run_seeds(name, claim, size, count, folder, force, _silent if quiet else _say)
        around = {**versions("numpy"), "threads": str(THREADS)}
        found = Reproduction(name, row.rows, claim, size, results, command, around, folder)
        found.write()
    return found


def _run_seeds(
    name: str, claim: Claim, size: dict, count: int, folder: Path, force: bool, say: Say
) -> dict[int, SeedResult]:
    """Every seed's result, kept or new; a stop keeps what has ended."""
    settings = plain(settings_of(name, claim, size))
    results: dict[int, SeedResult] = {}
    try:
        for seed in range(count):
            kept, why = (None, "") if force else read_seed(folder, seed, settings)
            if why:
                say(f"note: {why}")
            if kept is None:
                began = perf_counter()
                with threads("numpy", THREADS):  # quickest for small networks, and the same bits everywhere
                    measures = plain(claim.run(seed, **size))
                kept = SeedResult(measures, perf_counter() - began)
                write_seed(folder, seed, settings, kept)
                say(_line(claim, seed, count, kept, duration(kept.seconds)))
            else:
                say(_line(claim, seed, count, kept, "kept from before"))
            results[seed] = kept
    except BaseException:  # Ctrl-C too, which is no Exception
        if results:
            say(f"{len(results)} of {count} seeds are kept in {folder}; the same command goes on from there")
        raise
    return results


def _line(claim: Claim, seed: int, count: int, result: SeedResult, how: str) -> str:
    """How a seed ended: whether every threshold holds, or which does not and by what number."""
    fails = [
        f"{one} ({measure(result.measures[one.key], 3)})"
        for one in claim.thresholds
        if not one.holds(result.measures)
    ]
    said = f"fails: {'; '.join(fails)}" if fails else "every threshold holds"
    return f"seed {seed} ({seed + 1} of {count}), {how}: {said}"


def _say(text: str) -> None:
    print(printable(text), file=sys.stderr, flush=True)


def _silent(_: str) -> None:
    """Nothing."""
