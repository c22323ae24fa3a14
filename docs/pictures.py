"""Makes the README's two pictures from a run of `gradatim train adult`: `python docs/pictures.py`.

`static/training.svg` is what the command wrote to a terminal of 100 columns, drawn by rich;
`static/report.png` is the beginning of the run's report as a browser shows it, 1200 pixels wide. It needs a
browser of the Chromium family, and the adult data as `gradatim train adult` finds them.
"""

import io
import os
import pty
import re
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from rich.console import Console
from rich.text import Text

STATIC = Path(__file__).parent / "static"
COMMAND = ["gradatim", "train", "adult"]
COLUMNS = 100
WIDTH, HEIGHT = 1200, 1295
COLOURS = 64  # of the screenshot: few, so that it is small
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "microsoft-edge")
TERMINAL = """<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font-family: Menlo, Consolas, "DejaVu Sans Mono", monospace;
  font-size: {char_height}px; line-height: {line_height}px; }}
.{unique_id}-title {{ font-size: 18px; font-weight: bold; font-family: sans-serif; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/>
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""  # rich's own without its fonts, which are fetched from elsewhere


def train(folder: Path) -> str:
    """Run the command in a terminal, in this folder; everything it wrote there."""
    written = io.BytesIO()
    process, terminal = pty.fork()
    if process == 0:
        os.chdir(folder)
        os.environ |= {"COLUMNS": str(COLUMNS), "LINES": "50", "TERM": "xterm-256color"}
        os.execv(sys.executable, [sys.executable, "-m", *COMMAND])
    while True:
        try:
            piece = os.read(terminal, 65536)
        except OSError:  # the other end is closed
            break
        if not piece:
            break
        written.write(piece)
    _, status = os.waitpid(process, 0)
    if status:
        raise SystemExit(f"{' '.join(COMMAND)} failed:\n{written.getvalue().decode()}")
    return written.getvalue().decode()


def at_the_end(written: str) -> str:
    """What a terminal shows in the end: of a line that was drawn again and again, the last."""
    lines = re.sub(r"\x1b\[\?25[lh]", "", written).replace("\r\n", "\n").split("\n")
    return "\n".join(re.split(r"\r\x1b\[2K|\r", line)[-1] for line in lines).strip("\n")


def draw_terminal(written: str) -> None:
    """The command behind its prompt, and what it wrote."""
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
    console.print(f"$ {' '.join(COMMAND)}", style="bold", highlight=False)
    console.print(Text.from_ansi(at_the_end(written)))
    drawn = console.export_svg(title="gradatim", code_format=TERMINAL, unique_id="training")
    (STATIC / "training.svg").write_text(drawn, encoding="utf-8")


def draw_report(page: Path) -> None:
    """The first screens of the report, in the light."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        raise SystemExit(f"no browser to show {page} in: install one of {', '.join(BROWSERS)}")
    shot = page.with_name("shot.png")
    command = [
        browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run",
        f"--user-data-dir={page.parent / 'browser'}", "--blink-settings=preferredColorScheme=1",
        f"--window-size={WIDTH},{HEIGHT}", f"--screenshot={shot}", page.resolve().as_uri(),
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True)
    image = Image.open(shot).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    image.save(STATIC / "report.png", optimize=True)


if __name__ == "__main__":
    STATIC.mkdir(exist_ok=True)
    with TemporaryDirectory() as temporary:
        draw_terminal(train(Path(temporary)))
        draw_report(Path(temporary) / "runs/adult-1/report.html")
