"""The documentation runs: every block of every page, and prints what the page says."""

import re
from pathlib import Path

import pytest

from pages import HERE, Block, all_pages, blocks_of, difference, run

PAGES = [page.stem for page in all_pages()]


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


@pytest.mark.parametrize("name", PAGES)
def test_a_page_prints_what_it_says(name, tmp_path):
    walk(HERE / f"{name}.md", tmp_path, slow=False)


@pytest.mark.slow
@pytest.mark.parametrize("name", [n for n in PAGES if any(b.slow for b in blocks_of(HERE / f"{n}.md"))])
def test_a_page_with_its_long_blocks(name, tmp_path):
    walk(HERE / f"{name}.md", tmp_path, slow=True)


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
