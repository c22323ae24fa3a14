"""Names, cells and texts that would steer a terminal, a page or a spreadsheet, on every face."""

import csv
import io
import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image

pty = pytest.importorskip("pty")

STEERING = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]|\r(?!\n)")
RICH = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\r")  # colours and the live line, which are our own
NAMES = [
    "\x1b]0;owned\x07",
    "=1+1",
    "\u202egnp.exe",
    "<script>alert(1)</script>",
    '$x$ & "q"',
    "@a\x9b31mb",
    "+c",
]
CLASSES = ["=cmd|' /C calc'!A0", "\x1b[31mred\x07 <b>$y$"]
CELLS = ["=A1", "-b", "\u2067rev", "<img src=x onerror=alert(1)>", "\x1b]8;;http://x\x07k", "@x", "+y"]
TARGET = "y<i>\x1b[2J"
FILE = "rows\x1b[31m\u202e.csv"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with a table of nasty names, and a run that learned from it."""
    folder = tmp_path_factory.mktemp("nasty")
    rows = [
        [i % 10, CELLS[i % 7], i % 3, CELLS[i % 5], CELLS[i % 2], i % 4, i * 7 % 11, CLASSES[i % 10 > 4]]
        for i in range(120)
    ]
    with (folder / FILE).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([[*NAMES, TARGET], *rows])
    said = gradatim(folder, "train", FILE, "--target", TARGET, "--epochs", "2", "--hidden", "8", "--out",
                    "run\x1b[1m")  # fmt: skip
    assert not STEERING.search(said.stdout + said.stderr)
    assert r"rows\x1b[31m\u202e: " in said.stderr
    return folder


def gradatim(folder, *arguments):
    """The command: what it says on both streams."""
    done = subprocess.run([sys.executable, "-m", "gradatim", *arguments], cwd=folder, capture_output=True)
    assert done.returncode in (0, 1, 2)
    done.stdout, done.stderr = done.stdout.decode(), done.stderr.decode()
    return done


def on_terminal(folder, *arguments):
    """What the command sends to a terminal, on both streams."""
    master, end = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "200"}
    command = [sys.executable, "-m", "gradatim", *arguments]
    process = subprocess.Popen(command, cwd=folder, stdout=end, stderr=end, env=environment)
    os.close(end)
    said = b""
    try:
        while some := os.read(master, 65536):
            said += some
    except OSError:  # the other end is closed
        pass
    os.close(master)
    assert process.wait() in (0, 1, 2)
    return said.decode()


@pytest.mark.parametrize(
    "arguments",
    [
        ["data", FILE],
        ["data", FILE, "--target", TARGET],
        ["train", FILE, "--target", TARGET, "--epochs", "2", "--out", "second\x1b[1m"],
        ["evaluate", "run\x1b[1m"],
        ["evaluate", "run\x1b[1m", "--data", FILE],
        ["predict", "run\x1b[1m", FILE],
        ["predict", "run\x1b[1m", FILE, "--json"],
        ["report", "run\x1b[1m"],
        ["data", FILE, "--target", "no\x1b[1m\u202esuch"],
        ["data", "no\x1b[1m\u202esuch.csv"],
        ["train", "digits", "--no\x1b[1mo"],
        ["nov\x9b1merb"],
    ],
    ids=lambda arguments: ascii(" ".join(arguments)),
)  # fmt: skip
def test_nothing_steers_a_terminal(folder, arguments):
    said = on_terminal(folder, *arguments)
    ours = RICH.sub("", said.replace("\x1b[31m", "\x00").replace("\x1b[2J", "\x00").replace("\x9b", "\x00"))
    assert said and not STEERING.search(ours)


def test_json_is_json_and_says_the_names_as_they_are(folder):
    said = gradatim(folder, "data", FILE, "--target", TARGET, "--json").stdout
    assert not STEERING.search(said)
    assert [column["name"] for column in json.loads(said)["columns"]] == [*NAMES, TARGET]
    found = json.loads(gradatim(folder, "predict", "run\x1b[1m", FILE, "--json").stdout)["predictions"]
    assert {row["prediction"] for row in found} <= set(CLASSES)


def test_csv_in_a_pipe_and_in_a_file_is_the_person_s_to_the_last_character(folder):
    piped = gradatim(folder, "predict", "run\x1b[1m", FILE).stdout
    gradatim(folder, "predict", "run\x1b[1m", FILE, "--out", "p.csv", "--force")
    assert (folder / "p.csv").read_bytes().decode() == piped
    given = (folder / FILE).read_bytes().decode().splitlines()
    assert [line[: len(before)] for line, before in zip(piped.split("\n"), given, strict=False)] == given
    behind = [row[len(NAMES) + 1 :] for row in csv.reader(io.StringIO(piped, newline=""))]
    assert behind[0] == ["prediction", "probability", *(f"p({name})" for name in sorted(CLASSES))]
    for answer, *numbers in behind[1:]:  # a cell begins with = + - @ only where the person's class does
        assert answer in CLASSES and all(re.fullmatch(r"[01]\.\d+", number) for number in numbers)


def test_pages_hold_the_names_as_text(folder):
    page = (folder / "run\x1b[1m" / "report.html").read_bytes().decode()
    assert not STEERING.search(page)
    tags, texts = set(), []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attributes: (
        tags.add(tag), texts.extend(value or "" for name, value in attributes if name.startswith("on")),
    )  # fmt: skip
    parser.feed(page)
    assert not tags & {"script", "i", "img"} and texts == [] and "<b>$y" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page and "&lt;img src=x onerror" in page


@pytest.mark.parametrize(
    "kind",
    ["confusion", *(pytest.param(kind, marks=pytest.mark.slow) for kind in ("network", "calibration"))],
)
@pytest.mark.parametrize("form", ["svg", pytest.param("png", marks=pytest.mark.slow)])
def test_pictures_are_valid_and_hold_the_names_as_text(folder, kind, form):
    gradatim(folder, "plot", kind, "run\x1b[1m", "--out", f"{kind}.{form}")
    content = (folder / f"{kind}.{form}").read_bytes()
    if form == "svg":
        root = ElementTree.fromstring(content)
        assert not STEERING.search(content.decode())
        assert not {node.tag.rpartition("}")[2] for node in root.iter()} & {"script", "foreignObject"}
    else:
        facts = Image.open(io.BytesIO(content)).info
        assert not any(STEERING.search(str(value)) for value in facts.values())


@pytest.mark.slow
def test_a_text_and_a_prompt(folder):
    Path(folder / "book.txt").write_text("ab\x1b[31mc \u202edef\x07 " * 200, encoding="utf-8")
    gradatim(folder, "train", "book.txt", "--epochs", "1", "--out", "book", "--window", "10")
    said = on_terminal(folder, "sample", "book", "--prompt", "ab\x1b[31m\u202e", "--length", "50")
    assert said.startswith(r"ab\x1b[31m\u202e") and not STEERING.search(said)
    said = gradatim(folder, "sample", "book", "--prompt", "ab\x1b[31m\u202e", "--length", "5").stdout
    assert said.startswith("ab\x1b[31m\u202e")  # a pipe takes the text as it is
    said = on_terminal(folder, "sample", "book", "--prompt", "Q\x1b\x9b")
    assert said and not STEERING.search(said)
