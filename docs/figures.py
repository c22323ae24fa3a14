"""Draws the figures of the documentation by running the pages that show them: `python docs/figures.py`."""

import os
import re
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from pages import HERE, all_pages, blocks_of, run

FIGURE = re.compile(r"\]\((figures/[^)]+)\)")


def draw(page: Path) -> None:
    """Run a page that shows figures, in a folder of its own, and keep what it has drawn."""
    names = FIGURE.findall(page.read_text(encoding="utf-8"))
    if not names:
        return
    namespace = {"__name__": page.stem}
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "figures").mkdir()
        os.chdir(folder)
        for block in blocks_of(page):
            run(block, folder, namespace)
        (HERE / "figures").mkdir(exist_ok=True)
        for name in names:
            shutil.copy(folder / name, HERE / name)
        os.chdir(HERE)


if __name__ == "__main__":
    for each in all_pages():
        draw(each)
