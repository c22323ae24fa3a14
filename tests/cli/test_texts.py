"""Texts from the command line."""

import gzip
import json
from pathlib import Path

import pytest

QUICK = ("--hidden", "8", "--epochs", "2", "--batch-size", "4", "--window", "10", "--threads", "1")


def test_train_sample_evaluate(command):
    Path("book.txt").write_text("to be or not to be, that is the question\n" * 20)
    status, out, err = command("train", "book.txt", *QUICK)
    assert status == 0, err
    assert "valid bits per character" in out and "738 train, 82 valid characters" in err
    assert err.count("epoch ") >= 2 and "\n\n" in err  # samples stand between the epochs
    status, out, _ = command("sample", "book-1", "--prompt", "to be", "--length", "30", "--seed", "2")
    assert status == 0 and out.startswith("to be") and len(out) == 36
    assert command("sample", "book-1", "--prompt", "to be", "--length", "30", "--seed", "2")[1] == out
    found = json.loads(command("sample", "book-1", "--top-k", "3", "--json", "--length", "9")[1])
    assert found["top_k"] == 3 and len(found["text"]) == 9
    found = json.loads(command("evaluate", "book-1", "--json")[1])
    assert found["split"] == "valid" and found["metrics"].keys() == {"bits_per_character", "loss", "accuracy"}
    found = json.loads(command("train", "--resume", "book-1", "--epochs", "3", "--json", "--quiet")[1])
    assert "bits_per_character" in found["metrics"]


def test_data_describes_a_text(command):
    Path("book.txt.gz").write_bytes(gzip.compress(b"abracadabra\n" * 9, mtime=0))
    status, out, _ = command("data", "book.txt.gz")
    assert status == 0
    assert "108 characters in 9 lines, 6 distinct" in out and "bits per character" in out
    assert {"digits", "sonnets"} <= {line.split()[0] for line in command("data")[1].splitlines()}


@pytest.mark.parametrize(
    ("content", "status", "sentence"),
    [
        (b"", 2, "book.txt is empty: there is no text to learn from"),
        (b"a", 2, "book.txt holds the one character 'a': there is nothing to predict in it"),
        (b"short", 2, "has 4 characters to train on and 1 character to validate on, too few for a window"),
        (b"\x00\x01\x02", 1, "book.txt is binary, not a text: byte 0 is zero"),
        (b"caf\xe9" * 20, 1, "book.txt is not UTF-8: line 1 has a byte E9"),
        (None, 2, "there is no file book.txt"),
    ],
)
def test_a_bad_text_is_one_sentence_and_no_run(command, content, status, sentence):
    if content is not None:
        Path("book.txt").write_bytes(content)
    found, out, err = command("train", "book.txt", *QUICK)
    assert (found, out) == (status, "")
    assert sentence in err
    assert "Traceback" not in err
    assert not list(Path().glob("runs/*/config.json"))
