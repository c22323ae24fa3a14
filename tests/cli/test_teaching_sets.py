"""Teaching sets as they are typed."""

import json


def test_a_name_takes_arguments(command):
    status, out, _ = command("train", "xor:noise=0,n=80", "--epochs", "2", "--hidden", "2", "--quiet")
    assert status == 0 and "run    runs/xor-1" in out
    status, out, _ = command("data", "spirals:arms=2,n=80", "--json")
    assert status == 0 and json.loads(out)["classes"] == {"0": 40, "1": 40}
    assert command("train", "moons:noise=-1")[::2] == (
        2, "gradatim: noise must be a number at least 0; it is -1\n"
    )  # fmt: skip


def test_they_are_listed_and_suggested(command):
    listed = command("list", "dataset")[1]
    assert all(name in listed for name in ("xor", "moons", "circles", "spirals", "blobs", "sine", "steps"))
    assert "did you mean moons?" in command("train", "make_moons")[2]
