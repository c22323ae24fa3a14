"""Claim: a trace of a 784–128–10 network takes at most a second, a page of LeNet-5 opens a unit in 100 ms.

    python benchmarks/trace_page.py [--repeats 5] [--browser /usr/bin/chromium]

The first is the command as it is typed, Python's start included, beside the seconds that it computes; no
torch is imported. The second is a page of a run on digits in headless Chromium: every fifth unit is opened
one after the other, and each time the page's layout is forced. Prints medians, and the page's size.
"""

import argparse
import json
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ASKED, BYTES, CLICK = 1.0, 2_000_000, 100.0
SCRIPT = """<script>addEventListener("load", () => {
  document.body.getBoundingClientRect();
  const times = [];
  document.querySelectorAll(".chips a").forEach((link, i) => {
    if (i % 5) return;
    const started = performance.now();
    location.hash = link.hash;
    document.querySelector(".unit:target").getBoundingClientRect();
    document.body.getBoundingClientRect();
    times.push(performance.now() - started);
  });
  document.title = JSON.stringify(times);
});</script></body>"""


def seconds_of(command: list[str], repeats: int) -> tuple[float, float]:
    """The medians of a command's seconds, and of those that it computes."""
    found, computing = [], []
    for _ in range(repeats):
        started, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, check=True, capture_output=True)
        found.append(time.perf_counter() - started)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        computing.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return statistics.median(found), statistics.median(computing)


def clicks(page: Path, browser: str) -> list[float]:
    """Milliseconds until a unit stands open, for every fifth unit of a page."""
    text = re.sub(r"<meta http-equiv[^>]*>", "", page.read_text(encoding="utf-8"))
    scripted = page.with_name("scripted.html")
    scripted.write_text(text.replace("</body>", SCRIPT), encoding="utf-8")
    command = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--window-size=1366,900", "--dump-dom"]
    shown = subprocess.run([*command, scripted.as_uri()], check=True, capture_output=True, text=True).stdout
    return json.loads(re.search(r"<title>(.*?)</title>", shown)[1])


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--browser", default="/usr/bin/chromium")
    asked = parser.parse_args()
    gradatim = [sys.executable, "-m", "gradatim"]
    with tempfile.TemporaryDirectory() as folder:
        net = Path(folder) / "net.json"
        mlp = {"name": "mlp", "in_features": 784, "out_features": 10, "hidden": [128]}
        net.write_text(json.dumps({**mlp, "input": [i / 784 for i in range(784)], "target": 3}
                                  | {"loss": "cross_entropy"}))  # fmt: skip
        found, computing = seconds_of([*gradatim, "trace", str(net)], asked.repeats)
        print(
            f"trace of 784–128–10    {found:.2f} s, computing {computing:.2f}    asked: at most {ASKED:g} s"
        )
        run, page = Path(folder) / "lenet", Path(folder) / "lenet.html"
        train = [
            *gradatim,
            "train",
            "digits",
            "--model",
            "lenet5",
            "--epochs",
            "1",
            "--out",
            str(run),
            "--quiet",
        ]
        subprocess.run(train, check=True, capture_output=True)
        subprocess.run([*gradatim, "trace", str(run), "--out", str(page)], check=True, capture_output=True)
        print(f"page of LeNet-5        {page.stat().st_size:,} bytes    asked: at most {BYTES:,}")
        times = sorted(clicks(page, asked.browser))
        most = times[int(len(times) * 0.95)]
        print(f"a click                {statistics.median(times):.0f} ms, 95 % within {most:.0f}    "
              f"asked: at most {CLICK:g} ms")  # fmt: skip


if __name__ == "__main__":
    main()
