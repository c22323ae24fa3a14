"""The documentation runs: every block of every page, and prints what the page says."""

import re
import sys
import tomllib
from importlib.metadata import distributions, packages_distributions
from pathlib import Path

import pytest

from pages import HERE, Block, all_pages, blocks_of, difference, run

PAGES = [page.stem for page in all_pages()]
LONG = {  # pages that learn much, run by make test-slow alone
    "your-own-data", "sequences-into-sequences", "autoencoders", "layer-by-layer", "character-models",
    "sequences", "boltzmann-machines", "several-tasks", "music", "word-vectors", "fine-tuning",
    "tables", "neurons", "teaching-sets", "traces", "plots", "self-organising-maps", "overfitting",
    "forecasts", "augmentation", "segmentation", "weights", "convolution", "detection",
    "domain-adaptation", "transfer", "pictures-of-your-own", "options", "multilayer-perceptrons",
    "multi-task", "exercises",
}  # fmt: skip


def walk(page: Path, folder: Path, slow: bool) -> None:
    namespace = {"__name__": page.stem}
    (folder / "figures").mkdir()
    for block in blocks_of(page):
        if block.slow and not slow:
            continue
        try:
            printed = run(block, folder, namespace)
        except Exception as error:
            raise AssertionError(
                f"{page.name}, line {block.line}: {type(error).__name__}: {error}"
            ) from error
        wrong = None if block.output is None else difference(block.output, printed)
        assert not wrong, f"{page.name}, line {block.line}: {wrong}"
    drawn = re.findall(r"\]\((figures/[^)]+)\)", page.read_text(encoding="utf-8"))
    skipped = not slow and any(block.slow for block in blocks_of(page))
    assert skipped or not [name for name in drawn if not (folder / name).is_file()]


def plain(requirement: str) -> str:
    """The name of a requirement, as PyPI normalises it."""
    return re.sub(r"[-_.]+", "-", re.match(r"[\w.-]+", requirement)[0]).lower()


def beyond_the_install() -> list[str]:
    """What `pip install -c constraints.txt .` does not bring of what the extras name: pandas and the like."""
    project = tomllib.loads((HERE.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    installed = {plain(one.metadata["Name"]): one.requires or () for one in distributions()}
    needed: set[str] = set()
    queue = [plain(one) for one in project["dependencies"]]
    while queue:
        name = queue.pop()
        if name in installed and name not in needed:
            needed.add(name)
            queue += [plain(one) for one in installed[name] if "extra ==" not in one]
    extras = {plain(one) for some in project["optional-dependencies"].values() for one in some}
    here = {"pytest", "pytest-xdist", "hypothesis", "triton"}  # what runs these tests, and comes with torch
    absent = extras - needed - here
    return [module for module, homes in packages_distributions().items() if {*map(plain, homes)} <= absent]


class Refusing:
    """An import hook that does not find some modules, though they are installed."""

    def __init__(self, names):
        self.names = frozenset(names)

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in self.names:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


@pytest.fixture
def as_installed(monkeypatch):
    """The packages that `pip install -c constraints.txt .` brings, and no others."""
    import torch._dynamo.trace_rules  # noqa: F401  # looks for other packages, and is told so without an error

    absent = beyond_the_install()
    assert "pandas" in absent and not {"torch", "sklearn", "polars", "numpy"} & set(absent)
    for module in absent:
        monkeypatch.delitem(sys.modules, module, raising=False)
    monkeypatch.setattr(sys, "meta_path", [Refusing(absent), *sys.meta_path])


@pytest.mark.parametrize("name", [name for name in PAGES if name not in LONG])
@pytest.mark.usefixtures("as_installed")
def test_a_page_prints_what_it_says(name, tmp_path):
    walk(HERE / f"{name}.md", tmp_path, slow=False)


@pytest.mark.slow
@pytest.mark.usefixtures("as_installed")
@pytest.mark.parametrize(
    "name", [n for n in PAGES if n in LONG or any(b.slow for b in blocks_of(HERE / f"{n}.md"))]
)
def test_a_page_with_its_long_blocks(name, tmp_path):
    walk(HERE / f"{name}.md", tmp_path, slow=True)


@pytest.mark.usefixtures("as_installed")
def test_the_pages_run_on_what_the_readme_installs(tmp_path):
    with pytest.raises(ModuleNotFoundError, match="No module named 'pandas'"):
        run(Block("python", "import pandas\n", 1, None, False), tmp_path, {})
    frame = "from sklearn.datasets import load_wine\nload_wine(as_frame=True)\n"
    with pytest.raises(ImportError, match="pandas"):
        run(Block("python", frame, 1, None, False), tmp_path, {})


def test_every_page_is_reached_from_the_start_page():
    start = (HERE / "index.md").read_text(encoding="utf-8")
    assert not [page.stem for page in HERE.glob("*.md") if page.stem != "index" and page.stem not in start]


@pytest.mark.parametrize(
    ("expected", "printed"),
    [
        ("accuracy 0.98", "accuracy   0.97\n"),
        ("accuracy 0.98…", "accuracy 0.9721"),
        ("accuracy ≈ 0.80", "accuracy ≈ 0.83"),
        ("a 1.00\n…\nb 2", "a 1.01\nx\ny\nb 2"),
        ("run …/x-1", "run somewhere/x-1"),
        ("−0.5 and 1,294", "-0.5 and 1,294\n\n"),
    ],
)
def test_what_counts_as_the_same(expected, printed):
    assert difference(expected, printed) is None


@pytest.mark.parametrize(
    ("expected", "printed"),
    [
        ("accuracy 0.98", "accuracy 0.96"),
        ("accuracy ≈ 0.80", "accuracy ≈ 0.85"),
        ("36 examples", "37 examples"),
        ("a", "a\nb"),
        ("a\nb", "a"),
        ("b", "a\nb"),
        ("0.5", "-0.5"),
    ],
)
def test_what_counts_as_different(expected, printed):
    assert difference(expected, printed)


def test_blocks_are_found_with_their_output_and_mark(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(
        "# P\n\n% slow\n```python\nprint(1)\n```\n\n```text\n1\n```\n\n```sh\ngradatim list\n```\n"
    )
    first, second = blocks_of(page)
    assert first == Block("python", "print(1)\n", 5, "1\n", True)
    assert (second.language, second.output, second.slow) == ("sh", None, False)


def test_a_failing_command_says_what_it_said(tmp_path):
    with pytest.raises(RuntimeError, match="unknown trace 'nope'"):
        run(Block("sh", "gradatim trace nope\n", 1, None, False), tmp_path, {})
