import json

import pytest

from gradatim import catalog
from gradatim.jobs.exercise import exercise


def test_the_kinds_are_listed(command):
    status, out, _ = command("exercise")
    assert status == 0 and [line.split()[0] for line in out.splitlines()] == catalog.names("trace")
    listed = json.loads(command("exercise", "--json")[1])["exercises"]
    assert {one["name"]: one["short"] for one in listed}["backprop-or"] == "backprop"


def test_a_problem_is_printed_and_its_answers_are_checked(command):
    asked = exercise("backprop", seed=7).asked
    status, out, err = command("exercise", "backprop", "--seed", "7")
    assert status == 0 and "What is asked" in out and "--answer" in err
    answers = ",".join(f"{one.value:.4f}" for one in asked)
    status, out, _ = command("exercise", "backprop", "--seed", "7", "--answer", answers)
    assert status == 0 and f"{len(asked)} of {len(asked)} right" in out
    status, out, _ = command("exercise", "backprop", "--seed", "7", "--answer", "delta5=9")
    assert status == 1 and f"0 of {len(asked)} right" in out
    assert f"{asked[3].value:.4f}".replace("-", "−") not in out
    status, out, _ = command("exercise", "backprop", "--seed", "7", "--answer", "delta5=9", "--solution")
    assert status == 1 and f"{asked[3].value:.4f}".replace("-", "−") in out


def test_without_a_seed_a_new_problem_says_which_it_is(command):
    seeds = {json.loads(command("exercise", "pooling", "--json")[1])["seed"] for _ in range(3)}
    assert len(seeds) > 1


def test_json_has_values_only_with_the_solution(command):
    found = json.loads(command("exercise", "rnn", "--seed", "1", "--json", "--answer", "h1=0.5")[1])
    assert "value" not in found["asked"][0] and "solution" not in found
    assert found["answers"][0]["answer"] == "0.5"
    solved = json.loads(command("exercise", "rnn", "--seed", "1", "--json", "--solution")[1])
    assert isinstance(solved["asked"][0]["value"], float) and solved["solution"]["title"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["lstm", "--answer", "1"], "to which problem"),
        (["lstm", "gru"], "gradatim exercise sheet lstm gru"),
        (["lstm", "--out", "a.html"], "--out is for a sheet"), (["sheet", "lstm"], "--out sheet.html"),
        (["sheet", "--out", "a.html"], "a sheet needs kinds"), (["lsmt", "--seed", "1"], "did you mean lstm"),
    ],
)  # fmt: skip
def test_wrong_usage_is_said_in_a_sentence(command, arguments, says):
    status, out, err = command("exercise", *arguments)
    assert (status, out) == (2, "") and says in err
