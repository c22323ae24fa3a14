"""Files of named data sets: found, checked, downloaded from the first URL that gives them, whole or not."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from gradatim.checks import GradatimError
from gradatim.data.fetching import fetch

BODY = os.urandom(300_000)
SHA256 = sha256(BODY).hexdigest()
FILE = "images.gz"
PROCESS = """
import pathlib, sys
import pooch
pooch.os_cache = lambda name: pathlib.Path(sys.argv[1], name)
from gradatim.data.fetching import fetch
print(fetch("my-set", "images.gz", sys.argv[2], sys.argv[3:]))
"""


class Handler(BaseHTTPRequestHandler):
    """Gives the file in the manner that the first folder of the address names."""

    def do_GET(self):
        manner = self.path.split("/")[1]
        self.server.asked.append(manner)
        if manner == "missing":
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(BODY)))
        self.end_headers()
        half = len(BODY) // 2
        if manner == "wrong":
            self.wfile.write(bytes(len(BODY)))
        elif manner == "good":
            self.wfile.write(BODY)
        elif manner == "short":
            self.wfile.write(BODY[:half])
        elif manner == "slow":
            self.wfile.write(BODY[:half])
            time.sleep(0.3)
            self.wfile.write(BODY[half:])
        elif manner == "stuck":
            self.wfile.write(BODY[:half])
            self.server.ended.wait(20)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):  # a client that went away
        pass


@pytest.fixture
def server():
    with Server(("127.0.0.1", 0), Handler) as made:
        made.asked, made.ended = [], threading.Event()
        thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield made
        made.ended.set()
        made.shutdown()
        thread.join()


@pytest.fixture
def at(server):
    """The URL that gives the file in a manner."""
    return lambda manner: f"http://127.0.0.1:{server.server_port}/{manner}/{FILE}"


@pytest.fixture
def nowhere():
    """A URL where nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{taken.getsockname()[1]}/{FILE}"


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """The folder of the data set in the cache."""
    monkeypatch.delenv("GRADATIM_DATA", raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr("pooch.os_cache", lambda name: tmp_path / "cache" / name)
    return tmp_path / "cache" / "gradatim" / "my_set"


def held(cache):
    """What the cache holds, without the lock."""
    return sorted(path.name for path in cache.glob("*") if path.name != ".lock")


def refusal(*urls, digest=SHA256):
    with pytest.raises(GradatimError) as raised:
        fetch("my-set", FILE, digest, urls)
    assert "\n" not in str(raised.value)
    return str(raised.value)


def process(cache, *urls):
    command = [sys.executable, "-c", PROCESS, str(cache.parent.parent), SHA256, *urls]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_a_file_is_downloaded_once_and_in_silence(cache, server, at, capfd):
    path = fetch("my-set", FILE, SHA256, [at("good"), at("missing")])
    assert path == cache / FILE
    assert path.read_bytes() == BODY
    assert fetch("my-set", FILE, SHA256, [at("missing")]) == path
    assert server.asked == ["good"]
    assert held(cache) == [FILE]
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("manner", ["missing", "wrong", "short"])
def test_when_the_first_url_fails_the_next_is_asked(cache, server, at, manner):
    assert fetch("my-set", FILE, SHA256, [at(manner), at("good")]).read_bytes() == BODY
    assert server.asked == [manner, "good"]
    assert held(cache) == [FILE]


@pytest.mark.parametrize(
    ("manner", "reason"),
    [
        ("missing", "404 Client Error: Not Found"),
        ("wrong", "what it gives has another SHA-256 than the published file"),
        ("short", "the transfer broke off"),
    ],
)
def test_what_does_not_fit_is_not_kept(cache, at, manner, reason):
    assert refusal(at(manner)).startswith(f"cannot download {FILE} from {at(manner)} ({reason}); ")
    assert held(cache) == []


def test_a_server_that_does_not_go_on(cache, at, monkeypatch):
    monkeypatch.setattr("pooch.downloaders.DEFAULT_TIMEOUT", 0.2)
    assert f"{at('stuck')} (no connection)" in refusal(at("stuck"))
    assert held(cache) == []


def test_without_a_network_the_sentence_names_the_urls_and_the_way_out(cache, nowhere, at):
    tried = f"{nowhere} (no connection) or {at('missing')} (404 Client Error: Not Found)"
    assert refusal(nowhere, at("missing")) == (
        f"cannot download {FILE} from {tried}; without a network, put it into my_set/ of a folder of your "
        "choice and name that folder in the environment variable GRADATIM_DATA"
    )
    assert held(cache) == []


def test_a_damaged_file_in_the_cache_is_replaced_once_another_is_there(cache, nowhere, at):
    cache.mkdir(parents=True)
    (cache / FILE).write_bytes(BODY[:-1])
    refusal(nowhere)
    assert fetch("my-set", FILE, SHA256, [nowhere, at("good")]).read_bytes() == BODY


def test_the_folder_of_the_variable_comes_first(cache, tmp_path, monkeypatch, server, at):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GRADATIM_DATA", "~/mine")
    mine = tmp_path / "mine" / "my_set"
    assert fetch("my-set", FILE, SHA256, [at("good")]) == cache / FILE  # which has no such file
    mine.mkdir(parents=True)
    (mine / FILE).write_bytes(BODY)
    assert fetch("my-set", FILE, SHA256, []) == mine / FILE
    monkeypatch.setenv("GRADATIM_DATA", str(cache.parent))  # the cache is laid out as such a folder
    assert fetch("my-set", FILE, SHA256, []) == cache / FILE
    assert server.asked == ["good"]


def test_another_file_in_the_folder_of_the_variable_is_refused_and_kept(tmp_path, monkeypatch, server, at):
    monkeypatch.setenv("GRADATIM_DATA", str(tmp_path))
    path = tmp_path / "my_set" / FILE
    path.parent.mkdir()
    path.write_bytes(b"my own")
    sentence = (
        f"{path} is not the published file: its SHA-256 begins with {sha256(b'my own').hexdigest()[:12]}"
    )
    assert refusal(at("good")).startswith(sentence)
    assert path.read_bytes() == b"my own"
    path.unlink()
    path.mkdir()
    assert refusal(at("good")) == f"cannot read {path}: Is a directory"
    assert server.asked == []


def test_a_cache_that_cannot_be_written_is_named(cache, at):
    cache.parent.parent.mkdir()
    cache.parent.write_text("a file where a folder should be")
    sentence = refusal(at("good"))
    assert sentence.startswith(f"cannot write {cache / FILE}: ")
    assert "GRADATIM_DATA" in sentence


def test_two_processes_at_once_download_once(cache, server, at):
    both = [process(cache, at("slow")) for _ in range(2)]
    for one in both:
        out, err = one.communicate(timeout=60)
        assert (out, err) == (f"{cache / FILE}\n", "")
    assert (cache / FILE).read_bytes() == BODY
    assert server.asked == ["slow"]
    assert held(cache) == [FILE]


def test_a_killed_download_leaves_nothing_that_is_taken_for_the_file(cache, server, at):
    killed = process(cache, at("stuck"))
    while not any(path.stat().st_size for path in cache.glob("tmp*")):
        assert killed.poll() is None
        time.sleep(0.01)
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    assert len(held(cache)) == 1
    refusal(at("missing"))
    assert held(cache) == []  # it is swept by the next who downloads
    assert fetch("my-set", FILE, SHA256, [at("good")]).read_bytes() == BODY


@pytest.mark.parametrize("manner", ["good", "short"])
def test_progress_is_shown_on_a_terminal(at, capsys, monkeypatch, manner):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    before = threading.active_count()
    fetch("my-set", FILE, SHA256, [at(manner), at("good")])
    out, err = capsys.readouterr()
    assert out == ""
    assert FILE in err
    while threading.active_count() > before:  # the bar's thread ends, after a failure too; the server's do
        time.sleep(0.01)
