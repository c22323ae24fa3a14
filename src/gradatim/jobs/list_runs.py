"""List runs: the run folders in a folder, the newest first."""

from pathlib import Path
from typing import Any

from gradatim.checks import GradatimError, UsageError
from gradatim.files import is_folder
from gradatim.jobs.summary import brief, main_measure
from gradatim.runs.folder import RUNS, Folder


def list_runs(folder: str | Path | None = None) -> list[dict[str, Any]]:
    """What each run in a folder, `runs/` when None, has learned and how well; the newest first.

    A folder whose files are damaged has a row with its `run` and the `error`; these stand last.
    Raises UsageError where there is no such folder.
    """
    place = Path(RUNS if folder is None else folder)
    if not is_folder(place):
        if folder is None:
            return []
        raise UsageError(f"there is no folder {place}")
    children = [child for child in sorted(place.iterdir()) if child.is_dir() and child.name[0] != "."]
    found = [_row(Folder(path)) for path in ([place] if Folder(place).config.exists() else children)]
    rows = [row for row in found if row is not None]
    whole = sorted((row for row in rows if "error" not in row), key=_moment, reverse=True)
    return [*whole, *(row for row in rows if "error" in row)]


def _row(folder: Folder) -> dict[str, Any] | None:
    """A run's row; None of a folder that has nothing of a run."""
    if not folder.config.exists():
        if not any(path.exists() for path in folder.written):
            return None
        return {"run": str(folder), "error": f"{folder} holds no run: there is no config.json in it"}
    try:
        folder.refuse_strange()
        row = brief(folder)
    except GradatimError as error:
        return {"run": str(folder), "error": str(error)}
    except OSError as error:
        return {"run": str(folder), "error": f"cannot read {folder}: {error.strerror or error}"}
    metrics, valid = row["metrics"] or {}, row["valid"]
    name = main_measure(metrics)
    common = name if name in valid else main_measure(valid)
    return {
        "name": folder.path.name, **row,
        "best_valid": None if common is None else [common, valid[common]],
        "measure": None if name is None else [name, metrics[name]],
    }  # fmt: skip


def _moment(row: dict[str, Any]) -> Any:
    """When it was made, whatever time zone it was written in."""
    from datetime import UTC, datetime

    made = datetime.fromisoformat(row["created"])
    return made if made.tzinfo else made.replace(tzinfo=UTC)
