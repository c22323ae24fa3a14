"""Where a run's file is now, as it is typed."""

import json
from pathlib import Path

import pytest

QUICK = ["--epochs", "2", "--hidden", "8", "--threads", "1", "--quiet", "--no-baselines"]


@pytest.fixture
def moved(command):
    """A run whose table has moved: the metrics that it printed."""
    rows = [f"{i * 37 % 101 / 7:.2f},{'yes' if i * 37 % 101 > 50 else 'no'}" for i in range(120)]
    Path("t.csv").write_text("size,left\n" + "\n".join(rows) + "\n")
    metrics = json.loads(command("train", "t.csv", "--target", "left", *QUICK, "--json")[1])["metrics"]
    Path("t.csv").rename("moved.csv")
    return metrics


def test_report_and_plot_take_data(command, moved):
    page = Path("runs/t-1/report.html")
    before = page.read_text()
    assert command("report", "t-1", "--data", "moved.csv")[:2] == (0, f"{page}\n")
    assert page.read_text() == before
    status, out, _ = command("plot", "confusion", "t-1", "--data", "moved.csv", "--json", "--force")
    assert status == 0 and sum(map(sum, json.loads(out)["confusion"])) == 24
    found = json.loads(out)["confusion"]
    status, out, err = command("plot", "confusion", "t-1", "--json", "--force")  # of what was kept
    assert (status, err) == (0, "") and json.loads(out)["confusion"] == found
    status, out, err = command("plot", "gradients", "t-1")
    assert (status, out) == (2, "") and "there is no file" in err and len(err.splitlines()) == 1
    status, _, err = command("plot", "weights", "t-1", "--data", "moved.csv")
    assert status == 2 and "plot weights takes no option data" in err


def test_a_run_goes_on_with_data_in_front(command, moved):
    status, out, err = command("train", "moved.csv", "--resume", "t-1", "--epochs", "3", "--quiet", "--json")
    assert (status, err) == (0, "")
    assert json.loads(out)["metrics"].keys() == moved.keys()
    assert command("evaluate", "t-1")[0] == 0  # it knows the place now
    status, _, err = command("train", "nowhere.csv", "--resume", "t-1", "--epochs", "4")
    assert status == 2 and err == "gradatim: there is no file nowhere.csv\n"


def test_a_report_without_its_data_shows_what_was_measured_when_they_were_there(command, moved):
    page = Path("runs/t-1/report.html")
    before = page.read_text()
    assert command("report", "t-1")[:2] == (0, f"{page}\n")
    assert page.read_text() == before
    Path("runs/t-1/evidence.safetensors").unlink()
    status, out, err = command("report", "t-1")
    assert (status, out) == (1, "") and "--data says where the data are now" in err
    assert page.read_text() == before
