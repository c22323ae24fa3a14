"""`kept.safetensors` with the right digest: every changed number is noticed or does not matter."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import gradatim
from gradatim.checks import GradatimError
from gradatim.runs.kept_model import Constant, Linear
from gradatim.runs.tensors import read_tensors, write_tensors

BAD = {"epochs": 1, "lr": 1e-9, "quiet": True, "hidden": 2, "seed": 0, "keep_best_model": True}
TARGETS = {
    "trees of numbers": {"target": "curve"},
    "trees of classes": {"target": "grade"},
    "linear": {"target": "line"},
    "labels": {"target": "above,grown", "task": "multilabel"},
}  # fmt: skip
COLUMNS = ["curve", "grade", "line", "above", "grown"]


def others(tensor):
    """A tensor of another shape, of another type, or with numbers that cannot be."""
    yield from (tensor[:0], tensor[: len(tensor) // 2], np.concatenate([tensor, tensor]), tensor[None])
    yield np.array(0, tensor.dtype)
    if tensor.ndim == 2:
        yield from (tensor.T, tensor[:, :-1], np.concatenate([tensor, tensor], 1))
    yield from (tensor.astype(kind) for kind in ("bool", "int8", "float16"))
    for value in (np.nan, np.inf, -1, 10**6) if tensor.size else ():
        changed = tensor.copy()
        if np.can_cast(np.min_scalar_type(value), tensor.dtype):
            changed.reshape(-1)[[0, -1]] = value
            yield changed


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """A run whose network is worse than the model beside it, for each target; and the table."""
    folder, rng = tmp_path_factory.mktemp("kept"), np.random.default_rng(0)
    town, size = rng.integers(0, 4, 200), rng.normal(0, 1, 200)
    curve = (town % 2) * 4.0 + np.abs(size)
    table = pd.DataFrame({"town": [f"t{k}" for k in town], "size": size, "curve": np.exp(curve)})
    table["grade"] = np.digitize(curve, [1, 3, 5]).astype(str)
    table["line"], table["above"], table["grown"] = 3 * size + town, (curve > 2) * 1, (size > 0) * 1
    for name, how in TARGETS.items():
        ignore = [column for column in COLUMNS if column not in how["target"].split(",")]
        gradatim.train(table, out=folder / name, ignore=ignore, **how, **BAD)
    return folder, table


def read(runs, name):
    tensors, record = read_tensors(runs[0] / name / "kept.safetensors", "model", "np")
    return tensors, {key: value for key, value in record.items() if key != "format"}


def answers(runs, name, tensors, record):
    """What the run answers with these numbers beside its network."""
    shutil.rmtree("run", ignore_errors=True)
    shutil.copytree(runs[0] / name, "run")
    write_tensors(
        Path("run/kept.safetensors"), {n: np.ascontiguousarray(t) for n, t in tensors.items()}, record
    )
    run = gradatim.load("run", data=runs[1])
    found = run.predict(runs[1].drop(columns=COLUMNS)).columns()
    assert run.evaluate()["metrics"]
    return found


@pytest.mark.parametrize(
    "name", ["linear", *(pytest.param(one, marks=pytest.mark.slow) for one in TARGETS if one != "linear")]
)
def test_numbers_that_cannot_be_are_said_and_no_answer_is_made_of_them(runs, name, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    tensors, record = read(runs, name)
    assert len(next(iter(answers(runs, name, tensors, record).values()))) == 200
    said = 0
    for key, tensor in tensors.items():
        for number, other in enumerate(others(tensor)):
            try:
                found = answers(runs, name, {**tensors, key: other}, record)
            except GradatimError as error:
                assert str(error).startswith("run/kept.safetensors is damaged: "), (key, number)
                assert len(str(error)) < 1_100
                said += 1
            else:
                numbers = [np.asarray(c) for c in found.values() if np.asarray(c).dtype.kind == "f"]
                assert all(np.isfinite(one).all() for one in numbers), (key, number)
    assert said > len(tensors)


@pytest.mark.parametrize("name", TARGETS)
@pytest.mark.parametrize("other", TARGETS)
def test_the_model_of_another_run_is_not_taken_for_this_one_s(runs, name, other, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    alike = {name, other} == {"trees of numbers", "linear"} or name == other  # a number of the same columns
    if alike:
        assert answers(runs, name, *read(runs, other))
        return
    with pytest.raises(GradatimError, match=r"^run/kept\.safetensors is damaged: it "):
        answers(runs, name, *read(runs, other))


@pytest.mark.parametrize(
    ("entry", "value"),
    [("parts", []), ("parts", ["linear", "linear"]), ("classes", [0, 0]), ("classes", [9]), ("name", 3)],
)
def test_parts_and_classes_that_do_not_fit_are_said(runs, entry, value, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    tensors, record = read(runs, "trees of classes")
    with pytest.raises(GradatimError, match=r"^run/kept\.safetensors is damaged: "):
        models = [{**record["models"][0], entry: value}, *record["models"][1:]]
        answers(runs, "trees of classes", tensors, {**record, "models": models})


def test_a_table_without_rows_gets_no_answers(runs):
    run = gradatim.load(runs[0] / "linear", data=runs[1])
    assert [len(column) for column in run.predict(runs[1].head(0)).columns().values()] == [0]


def test_numbers_of_a_linear_model_and_of_a_constant_are_finite():
    good = {"weight": np.ones((2, 3)), "bias": np.zeros(2)}
    assert Linear(good).check().scores(np.ones((1, 3))).tolist() == [[3, 3]]
    for bad in ({"weight": np.ones(3)}, {"bias": np.zeros(3)}, {"bias": np.array([0, np.nan])}):
        with pytest.raises(GradatimError, match="numbers are damaged"):
            Linear({**good, **bad}).check()
    for bad in (np.ones(2), np.array(1.0), np.array([np.inf]), np.array([1])):
        with pytest.raises(GradatimError, match="value is damaged"):
            Constant({"value": bad}).check()
