"""Names that no file can have, such as one of 5,000 letters: there is no such file, wherever one is named."""

import pytest

import gradatim
from gradatim import files
from gradatim.checks import GradatimError
from gradatim.jobs.data import describe_data
from gradatim.jobs.list_runs import list_runs
from gradatim.models.weights import read_weights
from gradatim.planning.find_again import find_again

LONG, NUL = "x" * 5_000, "a\0b"
NAMED = {
    "train": lambda name: gradatim.train(name, quiet=True),
    "train csv": lambda name: gradatim.train(f"{name}.csv", target="y", quiet=True),
    "train npz": lambda name: gradatim.train(f"{name}.npz", quiet=True),
    "schema": lambda name: gradatim.train("t.csv", target="y", schema=name, quiet=True),
    "weights": lambda name: read_weights(f"{name}.safetensors"),
    "load": gradatim.load,
    "resume": lambda name: gradatim.train(resume=name, quiet=True),
    "show": gradatim.show,
    "data": describe_data,
    "list": list_runs,
    "plot": lambda name: gradatim.plot(name, out="a.svg"),
    "plot into": lambda name: gradatim.plot("activations", out=f"{name}.svg"),
    "data of a run": lambda name: find_again({"source": {"path": name}}),
}


@pytest.mark.parametrize("name", [LONG, NUL, "a/" * 3_000], ids=["long", "nul", "deep"])
@pytest.mark.parametrize("what", NAMED)
def test_a_name_that_no_file_can_have_is_answered_in_a_sentence(monkeypatch, tmp_path, what, name):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.csv").write_text("x,y\n" + "".join(f"{i},{i % 2}\n" for i in range(40)))
    with pytest.raises(GradatimError) as raised:
        NAMED[what](name)
    assert len(str(raised.value)) < 1_200
    assert not (tmp_path / "runs").exists()


def test_a_name_that_no_file_can_have_is_not_there(tmp_path):
    (tmp_path / "file").touch()
    assert files.exists(tmp_path / "file")
    assert not any(files.exists(tmp_path / name) for name in ("none", LONG, NUL, "file/inside"))
    assert files.is_folder(tmp_path)
    assert not any(files.is_folder(tmp_path / name) for name in ("file", "none", LONG, NUL))
