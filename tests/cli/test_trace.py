import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from gradatim import catalog


def test_a_trace_is_printed_with_its_numbers_changed(command):
    status, out, err = command("trace", "forward-run", "x=0.25,-1.5", "w13=2")
    assert (status, err) == (0, "")
    assert "x = (0.25, −1.5)" in out and "2·0.25" in out


def test_nothing_lists_the_traces(command):
    status, out, _ = command("trace")
    assert status == 0
    assert [line.split()[0] for line in out.splitlines()] == catalog.names("trace")
    assert json.loads(command("trace", "--json")[1])["entries"][0]["kind"] == "trace"
    assert json.loads(command("list", "trace", "--json")[1])["entries"][0]["kind"] == "trace"


def test_json_and_the_page(command):
    status, out, err = command("trace", "backprop-or", "--json", "--out", "or.html")
    assert status == 0 and err == "the trace is in or.html\n"
    update = next(part for part in json.loads(out)["parts"] if part.get("caption") == "Update")
    assert round(update["rows"][4][-1], 4) == 6.0122
    assert Path("or.html").read_text().startswith("<!DOCTYPE html>")
    assert command("trace", "backprop-or", "--out", "or2.html")[1] == ""


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["backprop"], "unknown trace 'backprop': did you mean backprop-or"),
        (["backprop-or", "lr"], "'lr' is not understood"),
        (["backprop-or", "lr=fast"], "lr must be a number above 0; it is 'fast'"),
        (["backprop-or", "x=1,a"], "x must be 2 numbers with commas between them; it is '1,a'"),
        (["backprop-or", "--out", "or.pdf"], "written to an .html file"),
    ],
)
def test_wrong_usage_is_one_sentence_and_exit_2(command, arguments, says):
    status, out, err = command("trace", *arguments)
    assert (status, out) == (2, "") and says in err and len(err.splitlines()) == 1


def test_a_page_that_cannot_be_written_is_said_so(command):
    status, out, err = command("trace", "backprop-or", "--out", "nowhere/or.html")
    assert (status, out) == (1, "") and "cannot write nowhere/or.html" in err


def test_listing_traces_imports_no_heavy_library():
    script = (
        "import sys\nfrom gradatim.cli.main import main\nsys.argv = ['gradatim', 'trace']\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "heavy = {'torch', 'numpy', 'sklearn', 'matplotlib', 'rich', 'jinja2'} & set(sys.modules)\n"
        "sys.exit(str(heavy) if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_help_of_a_trace_lists_its_numbers(command):
    status, out, _ = command("trace", "backprop-or", "--help")
    assert status == 0
    assert "Numbers of backprop-or, key=value:" in out
    assert re.search(r"^  lr +0\.1$", out, re.MULTILINE)
    assert "Numbers of" not in command("trace", "--help")[1]
    assert "Numbers of" not in command("trace", "nope", "--help")[1]


def test_a_page_in_the_dark(command):
    assert command("trace", "lstm", "x=1", "--out", "l.html", "--theme", "dark")[0] == 0
    assert 'content="dark"' in Path("l.html").read_text()
