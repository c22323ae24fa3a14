"""The page of a trace: equations set by the browser, what moved, the drawing, the theme."""

import re
from xml.etree import ElementTree

import pytest

from gradatim import catalog
from gradatim.checks import UsageError
from gradatim.explain.traces.mathml import mathml
from gradatim.explain.traces.page import as_page
from gradatim.explain.traces.record import Line
from gradatim.jobs.trace import numbers_of, trace

ROWS = catalog.entries("trace")


@pytest.mark.parametrize(
    ("equation", "parts"),
    [
        ("w_ij x²", ["<msub><mi>w</mi><mrow><mi>i</mi><mi>j</mi></mrow></msub>", "<msup><mi>x</mi>"]),
        ("y = 1/(1 + e^−a_j)", ["<mfrac><mn>1</mn><mrow><mn>1</mn><mo>+</mo><msup><mi>e</mi>"]),
        ("∂L/∂w_ij", ["<mfrac><mi>∂L</mi><msub><mi>∂w</mi><mrow><mi>i</mi><mi>j</mi></mrow></msub></mfrac>"]),
        ("Σ_kl h", ['<munder><mo largeop="true">∑</mo><mi>kl</mi></munder><mi>h</mi>']),
        ("ŷ C̃", ['<mover accent="true"><mi>y</mi><mo>^</mo></mover>', "<mi>C</mi><mo>~</mo>"]),
        ("tanh(a)    keep", ["<mi>tanh</mi><mo>(</mo>", '<mspace width="2em"/><mtext>&#160;keep']),
        ("C_before w_ij", ["<mtext>before</mtext>", "<mi>i</mi><mi>j</mi>"]),
        ("a < b", ["<mo>&lt;</mo>"]),
        ("β₁^t", ["<msubsup><mi>β</mi><mn>1</mn><mi>t</mi></msubsup>"]),
        ("1·10⁻⁴", ["<msup><mn>10</mn><mrow><mo>−</mo><mn>4</mn></mrow></msup>"]),
    ],
)  # fmt: skip
def test_an_equation_is_mathml(equation, parts):
    found = mathml(equation)
    ElementTree.fromstring(found)
    assert not [part for part in parts if part not in found]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_every_equation_is_well_formed_and_keeps_its_letters(row):
    found = row.load()()
    for part in found.parts:
        if isinstance(part, Line) and part.text.startswith("  "):
            words = "".join(ElementTree.fromstring(mathml(part.text[2:])).itertext())
            for letter in re.findall(r"[A-Za-zα-ω]", part.text):
                assert letter in words
    assert as_page(found).count("<math>") == sum(
        isinstance(part, Line) and part.text.startswith("  ") for part in found.parts
    )
    if found.drawing:
        ElementTree.fromstring(found.drawing)


def test_what_has_moved_is_marked_and_only_that():
    page = as_page(trace("lstm", {"wih": 2}))
    rows = re.findall(r"<tr>(.*?)</tr>", page)
    gates = [row for row in rows if re.search(r'<td class="number">1</td><td>', row)]
    moved = {re.search(r"</td><td>(.*?)</td>", row)[1]: "<mark>" in row for row in gates[:4]}
    assert list(moved.values()) == [False, True, False, False]  # h is 0 before the first step: only i's sum
    assert "what has moved from the example's own numbers" in page.replace("&#39;", "'")
    assert "<mark>" not in as_page(trace("lstm"))


def test_the_network_is_drawn_with_its_numbers():
    drawing = trace("forward-run", {"w13": 0.75}).drawing
    words = ["".join(one.itertext()) for one in ElementTree.fromstring(drawing).iter() if "text" in one.tag]
    assert {"0.75", "−0.2", "b = 0.1", "0.5", "1", "5"} <= set(words)
    y = trace("forward-run", {"w13": 0.75}).table("Forward").column("y")
    assert {f"{value:.4f}".rstrip("0") for value in y} <= set(words)


def test_the_cell_is_drawn_with_the_values_of_its_last_step():
    found = trace("lstm")
    drawn = "".join(ElementTree.fromstring(found.drawing).itertext())
    for name in ("C", "h"):
        assert f"{found.table('Memory and output').column(name)[-1]:.4f}".rstrip("0") in drawn


@pytest.mark.parametrize(("theme", "scheme"), [("light", "light"), ("dark", "dark"), ("auto", "light dark")])
def test_a_page_has_the_theme_that_is_asked_for(theme, scheme):
    page = as_page(trace("conv-1d"), theme)
    assert f'<meta name="color-scheme" content="{scheme}">' in page
    assert ("prefers-color-scheme" in page) == (theme == "auto")
    with pytest.raises(UsageError, match="theme"):
        as_page(trace("conv-1d"), "blue")


def test_one_number_is_a_list_of_one():
    assert trace("lstm", {"x": 1}).table("Memory and output").column("x") == [1.0]
    with pytest.raises(UsageError, match="x must be 2 numbers"):
        trace("forward-run", {"x": 1})


def test_the_numbers_of_a_trace_are_listed():
    assert dict(numbers_of("learning-loop"))["x"] == "2, -1"
    assert dict(numbers_of("conv-1d"))["kernels"] == "[[1, -1], [1, 1]]"
    for row in ROWS:
        assert [name for name, _ in numbers_of(row.name)]
