import json
from pathlib import Path

import pytest

RIGHT = "import numpy as np\ndef relu(x):\n    return np.maximum(x, 0)\n"


def test_one_file_and_a_table_of_several(command):
    Path("a.py").write_text(RIGHT)
    Path("b.py").write_text("def relu(x):\n    return -x\n")
    status, out, err = command("check", "a.py:relu", "--against", "relu")
    assert status == 0 and out.startswith("a.py:relu against relu: right\n")
    assert err == "this runs the code of a.py:relu\n"
    status, out, err = command("check", "a.py", "b.py", "--against", "relu")
    assert status == 1 and "this runs the code of 2 files" in err
    assert [line.split()[:2] for line in out.splitlines()[2:4]] == [
        ["a.py:relu", "right"],
        ["b.py:relu", "differs"],
    ]
    assert out.endswith("1 of 2 right\n")
    status, out, _ = command("check", "a.py", "b.py", "--against", "relu", "--json")
    found = json.loads(out)["verdicts"]
    assert status == 1 and [one["status"] for one in found] == ["right", "differs"]
    assert (
        found[1]["difference"]["hers"] == -found[1]["difference"]["definition"]
        or found[1]["difference"]["hers"] == 0
    )


def test_what_can_be_checked_is_listed(command):
    status, out, _ = command("check")
    assert status == 0 and out.splitlines()[0].split() == ["cell", "lstm,", "peephole_lstm,", "gru,", "rnn"]
    assert "adam" in json.loads(command("check", "--json")[1])["definitions"]["optimizer"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["a.py"], "against which definition"), (["--against", "relu"], "nothing to check"),
        (["none.py", "--against", "relu"], "none.py is not there"),
        (["a.py:rely", "--against", "relu"], "did you mean relu"),
        (["a.py", "--against", "lstn"], "did you mean lstm"),
        (["a.py", "--against", "relu", "--timeout", "-1"], "timeout must be a number above 0"),
    ],
)  # fmt: skip
def test_wrong_usage_is_said_in_a_sentence(command, arguments, says):
    Path("a.py").write_text(RIGHT)
    status, out, err = command("check", *arguments)
    assert (status, out) == (2, "") and says in err
