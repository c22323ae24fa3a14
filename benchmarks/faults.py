"""Claim: whichever operation on files fails, kills or is interrupted, nothing is lost; a sentence says it.

    python benchmarks/faults.py                       # every operation, every fault: some minutes
    python benchmarks/faults.py --every 7             # every seventh
    python benchmarks/faults.py --faults KILL ENOSPC --work extending

Five pieces of work (a short training, extending a finished run, the same in a copy, a report, compiling a
kernel) are done again and again; the n-th operation on files meets a fault, for every n until there is none
left. The faults stand in tests/counted_faults.py. Afterwards a run that was begun is resumed, and must end in
the bits of one that was left alone; in between, `load` must give the network from before or the one from
after, and say so, or refuse in a sentence. A report is the old or the new one; a kernel is made.
"""

import argparse
import importlib.util
import json
import os
import shutil
import sys
import tempfile
import traceback
import warnings
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
import gradatim
from counted_faults import FAULTS, Faults
from gradatim.checks import GradatimError, Notice
from gradatim.kernels import cache
from gradatim.kernels import compile as kernels
from kills import fingerprint

SETTINGS = {"hidden": 4, "lr": 0.05, "threads": 1, "engine": "numpy", "threshold": "f1", "dropout": 0.2}
QUICK: dict[str, Any] = {"quiet": True, "checkpoint_seconds": (0.0, 0.0)}
SOURCE = "int answer(void) { return 42; }"


class Training:
    """A run of two epochs."""

    epochs = 2

    def __init__(self, place: Path):
        self.data = place / "data.npz"
        rng = np.random.default_rng(0)
        y = np.arange(80) % 3 // 2
        np.savez(self.data, x=rng.normal(size=(80, 3)) + y[:, None], y=y)
        self.x = np.load(self.data)["x"]
        self.before: Any = None
        self.after: Any = None

    def prepare(self, folder: Path) -> None:
        """What is there before."""

    def act(self, folder: Path) -> None:
        """Do it."""
        gradatim.train(str(self.data), out=folder / "run", epochs=self.epochs, **SETTINGS, **QUICK)

    def mend(self, folder: Path) -> None:
        """Do it again, or go on with it."""
        if not (folder / "run" / "config.json").exists():
            return self.act(folder)
        asked = json.loads((folder / "run" / "config.json").read_text())["settings"]["epochs"]
        more = {"epochs": self.epochs} if asked != self.epochs else {}
        gradatim.train(resume=folder / "run", **more, **QUICK)
        return None

    def answers(self, folder: Path) -> tuple[bytes, Any]:
        """What the network says of the examples, and what it decides by."""
        run = gradatim.load(folder / "run")
        return run.predict(self.x).probabilities.tobytes(), run.trained.facts.get("threshold")

    def look(self, folder: Path) -> str:
        """What `load` finds in between; AssertionError where it should not be so."""
        if not (folder / "run" / "config.json").exists():
            return "no run yet"
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            try:
                found = self.answers(folder)
            except GradatimError as error:
                assert self.before is None and "learned nothing yet" in str(error), error
                return "nothing learned yet"
        said = any(issubclass(one.category, Notice) for one in told)
        if found == self.after:
            return "the network after"
        assert said or self.before == found, "an unfinished network is not told of"
        assert self.before in (None, found), "neither the network before nor the one after"
        config = json.loads((folder / "run" / "config.json").read_text())
        assert said or config["settings"]["epochs"] != self.epochs, "a run that goes on is not told of"
        return "the network before" if self.before else "a network on the way"

    def state(self, folder: Path) -> str:
        """All that must be equal in the end."""
        left = [
            path.name for path in (folder / "run").iterdir() if path.name[0] == "." and path.name != ".lock"
        ]
        assert not left + list((folder / "run").glob("model-next*")), f"left over: {left}"
        assert (folder / "run" / "report.html").read_text().rstrip().endswith("</html>")
        return fingerprint(folder / "run")


class Extending(Training):
    """A finished run of one epoch, which TensorBoard can show where that is installed, gets one more."""

    def prepare(self, folder: Path) -> None:
        shown = importlib.util.find_spec("tensorboard") is not None
        gradatim.train(str(self.data), out=folder / "run", epochs=1, tensorboard=shown, **SETTINGS, **QUICK)
        self.before = self.answers(folder)

    def act(self, folder: Path) -> None:
        gradatim.train(resume=folder / "run", epochs=self.epochs, **QUICK)


class Copying(Extending):
    """The same in a copy of its folder."""

    def prepare(self, folder: Path) -> None:
        gradatim.train(str(self.data), out=folder / "first", epochs=1, **SETTINGS, **QUICK)
        shutil.copytree(folder / "first", folder / "run")
        self.before = self.answers(folder)
        shutil.rmtree(folder / "run")

    def act(self, folder: Path) -> None:
        gradatim.train(resume=folder / "first", out=folder / "run", epochs=self.epochs, **QUICK)

    def state(self, folder: Path) -> str:
        config = json.loads((folder / "first" / "config.json").read_text())
        assert config["settings"]["epochs"] == 1 and config["ended"], "the run that was copied has changed"
        return super().state(folder)


class Reporting(Training):
    """A report is written again."""

    def prepare(self, folder: Path) -> None:
        super().act(folder)
        (folder / "run" / "report.html").write_text("the page before")

    def act(self, folder: Path) -> None:
        gradatim.load(folder / "run").report()

    def mend(self, folder: Path) -> None:
        self.act(folder)

    def look(self, folder: Path) -> str:
        page = (folder / "run" / "report.html").read_text()
        assert page == "the page before" or page.rstrip().endswith("</html>"), "half a page"
        return "the page before" if page == "the page before" else "the page after"

    def state(self, folder: Path) -> str:
        for leftover in (folder / "run").glob(".writing-*"):  # the next to hold the lock sweeps them
            leftover.unlink()
        return super().state(folder) + (folder / "run" / "report.html").read_text()


class Compiling(Training):
    """A kernel is made."""

    def prepare(self, folder: Path) -> None:
        for name in ("cache", "tmp"):
            (folder / name).mkdir()

    def act(self, folder: Path) -> None:
        os.environ["XDG_CACHE_HOME"], os.environ["TMPDIR"] = str(folder / "cache"), str(folder / "tmp")
        tempfile.tempdir = None
        assert kernels.compile_library.__wrapped__(SOURCE).answer() == 42

    def mend(self, folder: Path) -> None:
        self.act(folder)

    def look(self, folder: Path) -> str:
        return "made" if list(folder.glob("cache/gradatim/kernels/*.so")) else "not made yet"

    def state(self, folder: Path) -> str:
        os.environ["XDG_CACHE_HOME"] = str(folder / "cache")
        (library,) = folder.glob("cache/gradatim/kernels/*.so")
        assert cache.find(library.name) == library, "it is not found again"
        return library.name


WORK: dict[str, type[Training]] = {
    "training": Training, "extending": Extending, "copying": Copying, "reporting": Reporting,
    "compiling": Compiling,
}  # fmt: skip


def in_child(work: Callable[[], Any]) -> tuple[str, Any]:
    """Do it in a forked process: how that ended, and what came of it."""
    reading, writing = os.pipe()
    process = os.fork()
    if process:
        os.close(writing)
        with os.fdopen(reading) as pipe:
            said = pipe.read()
        status = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
        return ("killed", status) if status < 0 else tuple(json.loads(said))
    warnings.simplefilter("ignore")
    ended: tuple[str, Any] = ("fault", "")
    try:
        ended = ("done", work())
    except GradatimError as error:
        ended = ("said", str(error))
    except KeyboardInterrupt as error:
        ended = ("interrupted", str(error))
    except BaseException:
        ended = ("fault", traceback.format_exc())
    os.write(writing, json.dumps(ended).encode())
    os._exit(0)


class Campaign:
    """One piece of work, what there is before, and what comes of it when it is left alone."""

    def __init__(self, name: str, place: Path):
        self.name, self.place = name, place / name
        self.place.mkdir()
        self.work = WORK[name](self.place)
        self.pristine, self.folder = self.place / "pristine", self.place / "trial"
        self.pristine.mkdir()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self.work.prepare(self.pristine)
        shutil.copytree(self.pristine, self.folder)
        ended, self.kinds = in_child(self.counted)
        assert ended == "done", self.kinds
        if not isinstance(self.work, Compiling | Reporting):
            self.work.after = self.work.answers(self.folder)
        ended, self.state = in_child(lambda: self.work.state(self.folder))
        assert ended == "done", self.state
        shutil.rmtree(self.folder)

    def counted(self, at: int = 0, fault: str = "") -> list[str]:
        """Do the work, its operations counted."""
        with Faults(self.folder, at, fault) as faults:
            self.work.act(self.folder)
        return faults.counted

    def trial(self, at: int, fault: str) -> tuple[str, str, str]:
        """How the work ended, what was found in between, and what is wrong."""
        shutil.copytree(self.pristine, self.folder)
        ended, said = in_child(lambda: (self.counted(at, fault), None)[1])
        wrong = ""
        if ended == "fault" or (ended == "said" and ("\n" in said or not said)):
            wrong = f"{ended}: {said}"
        between, found = in_child(lambda: self.work.look(self.folder))
        if between != "done":
            wrong = wrong or f"in between: {found}"
        after, state = in_child(lambda: (self.work.mend(self.folder), self.work.state(self.folder))[1])
        if after != "done" or state != self.state:
            wrong = wrong or f"afterwards: {after}: {state if after != 'done' else 'other bits'}"
        shutil.rmtree(self.folder)
        return ended, str(found), wrong


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--faults", nargs="+", choices=FAULTS, default=FAULTS)
    parser.add_argument("--work", nargs="+", choices=WORK, default=list(WORK))
    asked = parser.parse_args()
    torch.set_num_threads(1)
    bad = trials = 0
    in_memory = Path("/dev/shm")  # where nothing waits for a disk
    with tempfile.TemporaryDirectory(dir=in_memory if in_memory.is_dir() else None) as place:
        for name in asked.work:
            campaign = Campaign(name, Path(place))
            kinds = Counter(campaign.kinds)
            print(
                f"{name}: {len(campaign.kinds)} operations: {', '.join(f'{n} {k}' for k, n in kinds.items())}"
            )
            for number, fault in enumerate(asked.faults):
                ends: Counter[str] = Counter()
                between: Counter[str] = Counter()
                for at in range(1 + number % asked.every, len(campaign.kinds) + 1, asked.every):
                    ended, found, wrong = campaign.trial(at, fault)
                    ends[ended] += 1
                    between[found] += 1
                    trials += 1
                    if wrong:
                        bad += 1
                        print(f"  WRONG at {at}, {campaign.kinds[at - 1]}, {fault}: {wrong}")
                told = [
                    ", ".join(f"{n} {what}" for what, n in sorted(all_.items())) for all_ in (ends, between)
                ]
                print(f"  {fault:<7} {told[0]}; in between: {told[1]}", flush=True)
    print(f"{trials} faults, {trials - bad} as they should be")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
