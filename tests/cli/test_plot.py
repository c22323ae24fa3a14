"""`gradatim plot` as it is typed."""

import json
from pathlib import Path

import pytest
from PIL import Image


def test_alone_it_lists_what_can_be_drawn(command):
    status, out, _ = command("plot")
    assert status == 0
    assert all(len(line) <= 100 for line in out.splitlines())
    for word in ("curves RUN …", "boundary RUN", "softplus", "huber", "one_cycle"):
        assert word in out
    rows = json.loads(command("plot", "--json")[1])["plots"]
    assert [row["name"] for row in rows][:3] == ["lr", "curves", "weights"]


def test_functions_take_arguments_and_a_place(command):
    assert command("plot", "elu", "alpha=2", "--out", "e.svg", "--theme", "dark")[:2] == (0, "plot e.svg\n")
    assert "α = 2; g′(0) = 2 at the kink" in Path("e.svg").read_text()
    status, out, _ = command("plot", "schedules", "step:milestones=0.3/0.6", "cosine", "--json")
    assert status == 0
    assert json.loads(out) == {"plot": "schedules.png", "names": ["step:milestones=0.3/0.6", "cosine"]}


def test_runs_are_drawn_by_name(command):
    command("train", "digits", "--epochs", "2", "--hidden", "8", "--quiet")
    assert command("plot", "digits-1")[:2] == (0, "plot curves.png\n")
    status, out, _ = command("plot", "gradients", "runs/digits-1", "--json")
    assert status == 0 and json.loads(out)["examples"] == 1000
    assert command("plot", "network", "digits-1", "--out", "n.svg")[0] == 0
    assert Path("n.svg").exists() and not Path("network.png").exists()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["relua"], "unknown plot 'relua': did you mean relu"),
        (["step"], "plot activations step or plot schedules step"),
        (["tanh", "--hidden", "3"], "plot activations takes no option hidden"),
        (["curves", "digits-7"], "there is no run 'digits-7'"),
        (["tanh", "--out", "t.jpg"], "a .png or .svg file, not to t.jpg"),
    ],
)
def test_wrong_usage_exits_with_2_and_one_sentence(command, arguments, says):
    status, out, err = command("plot", *arguments)
    assert status == 2 and out == "" and says in err and len(err.splitlines()) == 1


def test_size_dots_and_clear_paper(command):
    asked = ["--out", "t.png", "--size", "8x5", "--dpi", "100", "--transparent"]
    assert command("plot", "tanh", *asked)[0] == 0
    with Image.open("t.png") as picture:
        assert picture.size == (800, 500)
        assert picture.getpixel((1, 1))[3] == 0
    for wrong, said in (("--size 8", "width x height"), ("--dpi 9", "dpi"), ("--size 0x3", "width")):
        status, _, error = command("plot", "tanh", "--out", "u.png", *wrong.split())
        assert status == 2 and said in error


def test_a_picture_that_exists_is_written_over_only_by_force(command):
    Path("tanh.png").write_text("mine")
    status, _, error = command("plot", "tanh")
    assert status == 2
    assert "tanh.png exists already: --force writes over it, --out names another file" in error
    assert Path("tanh.png").read_text() == "mine"
    assert command("plot", "tanh", "--force")[0] == 0
    assert Path("tanh.png").read_bytes().startswith(b"\x89PNG")
