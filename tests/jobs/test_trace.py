from pathlib import Path

import pytest

import gradatim
from gradatim.checks import UsageError
from gradatim.jobs.trace import trace, write_page


def test_a_trace_by_name_with_a_number_changed():
    changed = gradatim.trace("backprop-or", {"lr": 0.2})
    before, after = trace("backprop-or").table("Update"), changed.table("Update")
    for old, new in zip(before.column("η δ_j y_i"), after.column("η δ_j y_i"), strict=True):
        assert new == pytest.approx(2 * old, rel=1e-12)


@pytest.mark.parametrize(
    ("name", "arguments", "sentence"),
    [
        ("backprop-xor", {}, "unknown trace 'backprop-xor': did you mean backprop-or"),
        ("adam", {}, "unknown trace 'adam': adam is an optimizer; choose from "),
        ("backprop-or", {"eta": 1}, "backprop-or takes no argument 'eta': did you mean lr?"),
        ("backprop-or", {"w3": 1}, "backprop-or takes no argument 'w3': did you mean w"),
    ],
)
def test_unknown_names_are_refused(name, arguments, sentence):
    with pytest.raises(UsageError) as error:
        trace(name, arguments)
    assert str(error.value).startswith(sentence)


def test_a_page_is_written_whole():
    write_page(trace("forward-run"), "run.html")
    assert Path("run.html").read_text().rstrip().endswith("</html>")
    with pytest.raises(UsageError, match=r"written to an \.html file; this is run\.pdf"):
        write_page(trace("forward-run"), "run.pdf")
