"""Tensors and numbers survive a file exactly; one that is damaged, foreign or newer is one sentence."""

import json
import math
import pickle
import resource
import subprocess
import sys

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import save

from gradatim.checks import GradatimError
from gradatim.files import CannotWrite
from gradatim.runs.tensors import DIGEST, KEY, read_tensors, write_tensors

BASE = torch.arange(24.0).reshape(4, 6)
TENSORS = {
    "float32": torch.tensor([0.1, -0.0, math.inf, math.nan, 1e-45]),
    "float64": torch.tensor([math.pi, 5e-324], dtype=torch.float64),
    "float16": torch.tensor([65504.0], dtype=torch.float16),
    "bfloat16": torch.tensor([[1.0, 3.3895e38]], dtype=torch.bfloat16),
    "int64": torch.tensor([-(2**63), 2**63 - 1]),
    "uint8": torch.get_rng_state(),
    "bool": torch.tensor([True, False]),
    "a single number": torch.tensor(3.5),
    "nothing": torch.zeros(0),
    "nothing again": torch.zeros(2, 0, 3),
    "every": BASE,
    "every again": BASE,
    "the same transposed": BASE.T,
    "a part": BASE[1:],
    "another part": BASE[:, 1::2],
    "one number, often": torch.tensor(2.0).expand(3, 4),
    "a parameter": torch.nn.Parameter(torch.ones(2)),
    "dots.and spaces.é": torch.ones(1),
}


def same(a, b):
    """Equal types, shapes and bits."""
    assert a.keys() == b.keys()
    for name, tensor in a.items():
        assert tensor.dtype == b[name].dtype and tensor.shape == b[name].shape, name
        left, right = (t.detach().contiguous().flatten().view(torch.uint8) for t in (tensor, b[name]))
        assert torch.equal(left, right), name


def test_tensors_come_back_bit_for_bit(tmp_path):
    write_tensors(tmp_path / "file", TENSORS, {})
    same(TENSORS, read_tensors(tmp_path / "file", "checkpoint")[0])


def test_a_single_number_stays_one(tmp_path):
    for framework, value in (("np", np.array(7)), ("pt", torch.tensor(7))):
        write_tensors(tmp_path / "file", {"count": value}, {})
        back = read_tensors(tmp_path / "file", "model", framework)[0]["count"]
        assert back.shape == () and int(back) == 7 and "int64" in str(back.dtype)


def test_what_was_read_can_be_written_again(tmp_path):
    write_tensors(tmp_path / "a", TENSORS, {"n": 1})
    tensors, numbers = read_tensors(tmp_path / "a", "checkpoint")
    write_tensors(tmp_path / "a", tensors, numbers)  # over the file that they came from
    same(TENSORS, read_tensors(tmp_path / "a", "checkpoint")[0])
    same(TENSORS, tensors)


@settings(max_examples=50, deadline=None)
@given(st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3), max_leaves=8,
))  # fmt: skip
def test_numbers_come_back_exactly(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("numbers") / "file"
    write_tensors(path, {"a": torch.ones(1)}, {"content": content})
    assert read_tensors(path, "checkpoint")[1] == {"format": 2, "content": content}


def test_a_truncated_file_is_one_sentence(tmp_path):
    path = tmp_path / "checkpoint.safetensors"
    write_tensors(path, TENSORS, {"text": "x" * 500})
    whole = path.read_bytes()
    for length in {*range(0, len(whole), 97), len(whole) - 1}:
        path.write_bytes(whole[:length])
        with pytest.raises(GradatimError, match=f"{path} is not a checkpoint, or is damaged: ") as error:
            read_tensors(path, "checkpoint")
        assert "\n" not in str(error.value)


def test_a_damaged_head_is_one_sentence_or_read(tmp_path):
    path = tmp_path / "file"
    write_tensors(path, {"a": BASE, "b": BASE[:2]}, {"n": [1, 2.5]})
    whole = path.read_bytes()
    rng = np.random.default_rng(0)
    end = 8 + int.from_bytes(whole[:8], "little")
    for _ in range(300):
        damaged = bytearray(whole)
        damaged[rng.integers(end)] ^= 1 << rng.integers(8)
        path.write_bytes(damaged)
        try:
            read_tensors(path, "checkpoint")  # some bits are of a name, or of a number
        except GradatimError as error:
            assert "\n" not in str(error)


def metadata(numbers):
    return save({"a": torch.ones(1)}, metadata={KEY: numbers})


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (save({"a": torch.ones(1)}), 'not a model of Gradatim: it carries no "format" number'),
        (save({"a": torch.ones(1)}, metadata={"format": "pt"}), 'no "format" number'),
        (metadata("{}"), 'no "format" number'),
        (metadata("[1]"), 'no "format" number'),
        (metadata("{"), "damaged"),
        (metadata("[" * 100_000), "damaged"),
        (
            metadata('{"format": 3}'),
            "has format 3, and this version of Gradatim reads up to 2: update Gradatim",
        ),
        (pickle.dumps({"a": [1.0]}), "is not a model, or is damaged"),
        (b"", "is not a model, or is damaged"),
        (b"\xff" * 64, "is not a model, or is damaged"),
    ],
)
def test_a_foreign_or_newer_file_is_refused(tmp_path, content, said):
    path = tmp_path / "model.safetensors"
    path.write_bytes(content)
    with pytest.raises(GradatimError, match=said) as error:
        read_tensors(path, "model")
    assert str(path) in str(error.value)


def test_no_pickle_is_run(tmp_path):
    class Bomb:
        def __reduce__(self):
            return (tmp_path.joinpath("ran").touch, ())

    torch.save({"a": Bomb()}, tmp_path / "model.safetensors")
    with pytest.raises(GradatimError, match="is not a model"):
        read_tensors(tmp_path / "model.safetensors", "model")
    assert not (tmp_path / "ran").exists()


def test_a_missing_file_and_a_folder_are_said_so(tmp_path):
    with pytest.raises(GradatimError, match=f"there is no checkpoint at {tmp_path / 'none'}"):
        read_tensors(tmp_path / "none", "checkpoint")
    with pytest.raises(GradatimError, match=str(tmp_path)):
        read_tensors(tmp_path, "checkpoint")


def test_a_folder_that_cannot_be_written_is_said_so(tmp_path):
    with pytest.raises(CannotWrite, match="No such file"):
        write_tensors(tmp_path / "none" / "file", {"a": BASE}, {})


FULL = """
import resource, torch
from gradatim.files import CannotWrite
from gradatim.runs.tensors import write_tensors
write_tensors({path!r}, {{"a": torch.ones(1000)}}, {{"n": 1}})
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
try:
    write_tensors({path!r}, {{"a": torch.zeros(10_000)}}, {{"n": 2}})
except CannotWrite as error:
    print(error)
"""


@pytest.mark.skipif(not hasattr(resource, "RLIMIT_FSIZE"), reason="needs RLIMIT_FSIZE")
def test_a_file_that_grows_too_large_leaves_the_one_before_it_whole(tmp_path):
    path = tmp_path / "checkpoint.safetensors"
    script = FULL.format(path=str(path))
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == f"cannot write {path}: File too large\n"
    tensors, numbers = read_tensors(path, "checkpoint")
    assert torch.equal(tensors["a"], torch.ones(1000)) and numbers["n"] == 1
    assert [child.name for child in tmp_path.iterdir()] == [path.name]


def test_the_head_is_the_formats_own_and_small(tmp_path):
    write_tensors(tmp_path / "file", {"a": BASE}, {"n": 1})
    content = (tmp_path / "file").read_bytes()
    head = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])
    told = json.loads(head["__metadata__"].pop(KEY))
    assert head["__metadata__"] == {} and {**told, DIGEST: None} == {"format": 2, "n": 1, DIGEST: None}
    assert head["a"]["dtype"] == "F32" and head["a"]["shape"] == [4, 6]
