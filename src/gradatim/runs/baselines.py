"""`baselines.json`: what other models got on the same examples, so that no report learns them again."""

from typing import Any

from gradatim import files
from gradatim.checks import GradatimError
from gradatim.runs.folder import Folder


def write_baselines(folder: Folder, rows: list[dict[str, Any]]) -> None:
    """Keep them in the run folder."""
    files.write_json(folder.baselines, {"split": "test", "rows": rows})


def read_baselines(folder: Folder) -> list[dict[str, Any]]:
    """What was kept; nothing where there is nothing. GradatimError for a damaged file."""
    if not folder.baselines.exists():
        return []
    rows = files.read_json(folder.baselines, "comparison").get("rows")
    fits = isinstance(rows, list) and all(
        isinstance(row, dict) and {"name", "what", "metrics", "seconds"} <= row.keys() for row in rows
    )
    if not fits:
        raise GradatimError(f"{folder.baselines} is damaged: it holds no rows of a comparison")
    return rows  # type: ignore[return-value]
