"""`baselines.json`: what other models got on the same examples, so that no report learns them again."""

from typing import Any

from gradatim import files
from gradatim.runs.file_forms import COMPARISON, check_file
from gradatim.runs.folder import Folder


def write_baselines(folder: Folder, rows: list[dict[str, Any]]) -> None:
    """Keep them in the run folder."""
    files.write_json(folder.baselines, {"split": "test", "rows": rows})


def read_baselines(folder: Folder) -> list[dict[str, Any]]:
    """What was kept; nothing where there is nothing. GradatimError for a damaged file."""
    if not folder.baselines.exists():
        return []
    content = files.read_json(folder.baselines, "comparison")
    check_file(content, COMPARISON, folder.baselines)
    return content["rows"]
