"""`gradatim report RUN RUN`."""

import json
from pathlib import Path

import gradatim


def test_two_runs_on_a_page(command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, epochs in (("short", 1), ("long", 3)):
        gradatim.train("digits", epochs=epochs, hidden=8, out=name, threads=1, quiet=True)
    status, out, _ = command("report", "short", "long", "--out", "both.html")
    assert status == 0 and out.splitlines()[0].startswith("long is better than short: its accuracy on 359")
    assert out.splitlines()[1] == "report both.html" and Path("both.html").exists()
    status, _, err = command("report", "short", "long", "--out", "both.html")
    assert status == 2 and "--force" in err
    status, out, _ = command("report", "short", "long", "--out", "both.html", "--force", "--json")
    found = json.loads(out)
    assert status == 0 and found["best"] == "long" and found["runs"][1]["behind"] == 0
    status, _, err = command("report", "short", "long")
    assert status == 2 and "--out both.html" in err
    status, _, err = command("report", "short", "--out", "one.html")
    assert status == 2 and "several runs" in err
