"""A run whose examples stay in their files beside the same run in memory: what of both is compared."""

import json


def records(run):
    """A run's records of its epochs."""
    lines = (run.path / "metrics.jsonl").read_text().splitlines()
    return [record for record in map(json.loads, lines) if "epoch" in record]


def numbers(run):
    """What is in them but for what depends on the clock."""
    left = {"seconds", "waiting"}
    return [{name: value for name, value in one.items() if name not in left} for one in records(run)]


def check_same_weights(one, other):
    """Two runs end at the same bits."""
    for own, its in zip(one.model.parameters(), other.model.parameters(), strict=True):
        assert (own == its).all()


def check_same_run(held, streamed, notice):
    """A streamed run has the numbers, weights, fingerprint and pictures of the one in memory, and says in its
    report that it was streamed.
    """
    assert numbers(streamed) == numbers(held) and streamed.metrics == held.metrics
    assert streamed.config["data"]["fingerprint"] == held.config["data"]["fingerprint"]
    assert streamed.config["data"]["source"]["streaming"] == "yes"
    assert all(0 <= one["waiting"] <= 1 for one in records(streamed))
    check_same_weights(held, streamed)
    text = (streamed.path / "report.html").read_text()
    assert notice in text
    assert text.count("<img") == (held.path / "report.html").read_text().count("<img")
