"""Tables on the command line: shown, written down, learned from."""

import io
import json
import sys
from pathlib import Path

import pytest

import gradatim

QUICK = ["--epochs", "2", "--hidden", "8", "--threads", "1", "--quiet"]


@pytest.fixture
def file():
    rows = [
        f"{i + 1},{i * 37 % 101 / 7:.2f},{['Rome', 'Oslo', ''][i % 3]},2024-0{i % 9 + 1}-15,"
        f"{['yes', 'no', 'no', 'no', 'no'][i % 5]}"
        for i in range(200)
    ]
    Path("shop.csv").write_text("id,size,town,day,left\n" + "\n".join(rows) + "\n")
    return Path("shop.csv")


def test_a_table_on_standard_input_is_gone_on_with_when_it_is_given_again(command, file, monkeypatch):
    def give(rows: bytes):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(rows)))

    rows = file.read_bytes()
    learn = ["--target", "left", "--no-baselines", *QUICK]
    command("train", file, *learn, "--out", "alone")
    command("train", "--resume", "alone", "--epochs", "3", "--quiet")
    give(rows)
    assert command("train", "-", *learn, "--out", "run")[0] == 0
    status, _, err = command("train", "--resume", "run", "--epochs", "3", "--quiet")
    assert status == 2
    assert "learned from standard input: give it the same rows again, and - in place of DATA" in err
    give(rows.replace(b"Rome", b"Ulm"))
    status, _, err = command("train", "-", "--resume", "run", "--epochs", "3", "--quiet")
    assert status == 1 and "the data have changed since this run began" in err
    give(rows)
    assert command("train", "-", "--resume", "run", "--epochs", "3", "--quiet")[0] == 0
    same = [Path(run, "model.safetensors").read_bytes() for run in ("alone", "run")]
    assert same[0] == same[1]


def test_a_run_whose_rows_cannot_be_found_again_promises_no_command_that_finds_them(
    command, file, monkeypatch, capsys
):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(file.read_bytes())))
    endless = ["--epochs", "100000", "--max-minutes", "0.0001", "--target", "left", "--no-baselines"]
    _, _, err = command("train", "-", *endless, "--out", "run")
    assert "go on with: gradatim train - --resume run (the same rows on standard input)" in err
    x, y = [[0.0, 1.0], [1.0, 0.0]] * 20, ["a", "b"] * 20
    gradatim.train((x, y), epochs=100_000, max_minutes=0.0001, out="other")
    assert "go on with: gradatim.train(data, resume='other') with the same data" in capsys.readouterr().err


def test_a_table_is_shown(command, file):
    status, out, err = command("data", file, "--target", "left", "--ignore", "size")
    assert (status, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == "shop: 200 rows with a target (utf-8, comma between fields, with a header)"
    rows = {line.split()[0]: line.split() for line in lines if line.startswith(" ") and line.strip()}
    assert rows["id"][:5] == ["id", "identifier", "ignore", "200", "1"]
    assert rows["town"][:7] == ["town", "category", "input", "66", "2", "Rome", "(67),"]
    assert rows["day"][:7] == ["day", "date", "input", "9", "2024-01-15", "…", "2024-09-15"]
    said = {line[:12].strip(): line[12:] for line in lines if line[:1].isalpha()}
    assert said["task"] == "classification: the target holds texts" or said["task"].startswith(
        "classification"
    )
    assert said["classes"] == "no 160 (80.0%), yes 40 (20.0%)"
    assert said["imbalance"].startswith(
        "the largest class has 4 times the examples of the smallest; --class-weight"
    )
    assert said["splits"].startswith("144 train, 16 valid, 40 test (stratified")
    assert "note        column 'id' is left out (identifier: it counts the rows)" in lines
    assert "note        column 'size' is left out, as asked" in lines
    assert max(map(len, lines)) < 140


def test_json_is_the_only_thing_on_stdout(command, file):
    result = json.loads(command("data", file, "--target", "left", "--json")[1])
    assert result["task"] == "classification"
    assert [one["kind"] for one in result["columns"]] == [
        "identifier",
        "number",
        "category",
        "date",
        "boolean",
    ]
    assert result["class_weights"] == [0.625, 2.5]
    assert result["inputs"] == 9


def test_a_schema_is_written_once_and_then_followed(command, file):
    status, out, _ = command("data", file, "--target", "left", "--schema", "s.json")
    assert "schema      s.json: edit it, and give it again with --schema" in out
    content = json.loads(Path("s.json").read_text())
    content["columns"][1]["use"] = "ignore"
    written = json.dumps(content)
    Path("s.json").write_text(written)
    status, out, _ = command("data", file, "--schema", "s.json", "--json")
    assert status == 0
    assert [one["use"] for one in json.loads(out)["columns"]] == [
        "ignore",
        "ignore",
        "input",
        "input",
        "target",
    ]
    assert Path("s.json").read_text() == written
    status, out, _ = command("train", file, "--schema", "s.json", *QUICK, "--json")
    assert status == 0
    config = json.loads((Path(json.loads(out)["run"]) / "config.json").read_text())
    assert [one["use"] for one in config["data"]["source"]["schema"]["columns"]][1] == "ignore"


def test_a_stream_is_shown(command, file, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(file.read_bytes())))
    status, out, _ = command("data", "-", "--target", "left")
    assert status == 0
    assert out.startswith("standard input: 200 rows")


def test_a_file_is_learned_measured_and_predicted(command, file):
    status, out, err = command("train", file, "--target", "left", "--time", "day", *QUICK)
    assert (status, err) == (0, "")
    assert [line.split()[:2] for line in out.splitlines()][:3] == [
        ["test", "accuracy"], ["test", "balanced"], ["test", "auc"]
    ]  # fmt: skip
    status, out, _ = command("evaluate", "shop-1", "--data", file, "--json")
    assert json.loads(out)["n"] == 200
    status, out, _ = command("predict", "shop-1", file)
    assert len(out.splitlines()) == 201
    assert command("predict", "shop-1", file, "--out", "p.csv")[2] == "200 predictions in p.csv\n"
    Path("new.csv").write_text("town\nQom\nRome\n")
    _, out, err = command("predict", "shop-1", "new.csv")
    assert len(out.splitlines()) == 3
    assert err.splitlines() == [
        "new.csv: missing columns, taken as missing values: 'size', 'day'",
        "new.csv: unknown categories: 1 in 'town'",
    ]
    status, out, _ = command("train", file, "--target", "size", "--group", "town", *QUICK)
    assert [line.split()[1] for line in out.splitlines()[:3]] == ["rmse", "mae", "r2"]
    status, out, _ = command("predict", "shop-2", file)
    assert out.splitlines()[0] == "id,size,town,day,left,prediction"


def test_a_stream_is_predicted_with_intervals(command, file, monkeypatch):
    status, _, err = command("train", file, "--target", "size", "--loss", "gaussian_nll", *QUICK)
    assert (status, err) == (0, "")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"left;town\nyes;Rome\nno;Qom\n")))
    status, out, err = command("predict", "shop-1", "-", "--out", "-")
    assert status == 0
    assert out.splitlines()[0] == "left;town;prediction;low;high"
    assert [line.split(";")[:2] for line in out.splitlines()[1:]] == [["yes", "Rome"], ["no", "Qom"]]
    assert err.splitlines() == [
        "-: missing columns, taken as missing values: 'day'", "-: unknown categories: 1 in 'town'"
    ]  # fmt: skip


def test_others_stand_beside_a_table_s_network(command, file):
    _, out, _ = command("train", file, "--target", "left", *QUICK)
    first = [line.split(" ")[0] for line in out.splitlines()]
    at = first.index("network")
    assert first[at : at + 4] == ["network", "majority", "linear", "boosted"]
    _, out, _ = command("train", file, "--target", "left", "--no-baselines", *QUICK)
    assert "boosted" not in out
    _, out, _ = command("train", file, "--target", "left", "--json", *QUICK)
    assert json.loads(out).keys() == {"run", "metrics"}
    status, _, err = command("train", "--resume", "shop-1", "--no-baselines")
    assert status == 2
    assert "--no-baselines cannot be given" in err


@pytest.mark.parametrize(
    ("arguments", "status", "sentence"),
    [
        (["--target", "leftt"], 2, "shop.csv has no column 'leftt': did you mean left?"),
        ([], 2, "shop has no target to learn: name one with --target"),
        (
            ["--target", "left", "--task", "guess"],
            2,
            "unknown task 'guess': choose from captioning, classification",
        ),
        (["--target", "left", "--schema", "none.json"], 1, "there is no schema at none.json"),
        (["--target", "left", "--group", "id", "--time", "day"], 2, "rows are split by group or by time"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(command, file, arguments, status, sentence):
    found, out, err = command("train", file, *arguments, *QUICK)
    assert (found, out) == (status, "")
    assert err.startswith(f"gradatim: {sentence}")
    assert len(err.splitlines()) == 1
    assert not Path("runs").exists()
