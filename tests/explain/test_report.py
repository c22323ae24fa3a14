import subprocess
import sys
from base64 import b64decode
from dataclasses import replace
from html.parser import HTMLParser
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from gradatim.explain.number_format import SPACE
from gradatim.explain.report import Report, render
from gradatim.problems.classes import Classes
from gradatim.problems.evidence import Confusion, Example, Misses, Mistakes

VOID = {"meta", "link", "br", "img", "line", "circle", "polyline"}
HOSTILE = '</td><script>alert("x")</script><img src=//evil.example/x onerror=alert(1)>{{ 7 * 7 }}'


class Page(HTMLParser):
    """What a browser would see: tags in order, attributes, text, and whether every tag is closed."""

    def __init__(self, html: str):
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        assert tag in VOID
        self.tags.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append((self.open[-1] if self.open else "", data))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]

    def text(self) -> str:
        words = " ".join(data for tag, data in self.texts if tag != "style")
        return " ".join(words.replace(SPACE, " ").split(" ")).replace("\n", " ")


def records(epochs: int, valid: bool = True) -> list[dict]:
    made = []
    for epoch in range(1, epochs + 1):
        record = {
            "epoch": epoch,
            "step": 21 * epoch,
            "train_loss": 2 / epoch + 0.5,
            "lr": 0.001,
            "seconds": 0.5,
        }
        made.append(
            record | ({"valid_loss": 2 / epoch + 0.6, "valid_accuracy": 1 - 0.5 / epoch} if valid else {})
        )
    return made


def picture(seed: int = 0, shape: tuple = (1, 8, 8)) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 17, shape).astype(np.float32)


def mistakes(*several, wrong=None) -> Mistakes:
    """Of what each mistake is: its row, the truth, what it was taken for, both probabilities, itself."""
    columns = [list(column) for column in zip(*several, strict=True)] or [[]] * 6
    wrong = len(several) if wrong is None else wrong
    return Mistakes(*columns[:5], wrong, examples=tuple(columns[5]))


def shown(confusion, *several, names=("zero", "one", "two")) -> dict:
    """The evidence of a report: counts, and some of the mistakes that they count."""
    counts = np.asarray(confusion)
    return {"evidence": (Confusion(counts, names), mistakes(*several, wrong=counts.sum() - counts.trace()))}


CONFUSION = np.array([[40, 2, 0], [1, 30, 3], [0, 0, 24]])
PICTURED = (
    (17, "two", "one", 0.97, 0.02, Example(picture(0))),
    (40, "one", "zero", 0.9, 0.05, Example(picture(1))),
)
REPORT = Report(
    name="digits-1",
    data="digits",
    sizes={"train": 1294, "valid": 144, "test": 100},
    split="test",
    problem=Classes(("zero", "one", "two")),
    metrics={"accuracy": 0.94, "balanced_accuracy": 0.9456, "loss": 0.0721},
    records=records(12),
    best_epoch=11,
    ended="after all 12 epochs",
    layers=[
        {"name": "0", "layer": "Dense(64 → 256)", "output": "(256,)", "parameters": 16640},
        {"name": "1", "layer": "Dense(256 → 10)", "output": "(10,)", "parameters": 2570},
    ],
    settings={"optimizer": "adam", "lr": 0.001, "hidden": [256]},
    choices={"head": "10 classes: one softmax output each, cross entropy"},
    versions={"gradatim": "0.1.0", "numpy": "2.3.1"},
    command="gradatim train digits --epochs 12",
    **shown(CONFUSION, *PICTURED),
)
LOSS_ONLY = replace(REPORT, metrics={"loss": 0.3123}, evidence=())
ROW = (3, "no", "yes", 0.8, 0.2, Example(values={f"feature {k}": k + 0.25 for k in range(20)}))
TABULAR = replace(REPORT, **shown(CONFUSION, ROW))
LARGE = np.diag(np.full(100, 9)) + np.eye(100, k=1, dtype=int)
REPORTS = {
    "pictures": REPORT,
    "loss only": LOSS_ONLY,
    "nothing measured": replace(LOSS_ONLY, metrics={}, records=[], layers=[], settings={}, best_epoch=None),
    "one epoch, no validation": replace(REPORT, records=records(1, valid=False), best_epoch=None),
    "table": TABULAR,
    "two kinds of mistakes": replace(REPORT, **shown(CONFUSION, *PICTURED, ROW)),
    "hundred classes": replace(REPORT, **shown(LARGE, names=())),
    "thirty classes": replace(REPORT, **shown(LARGE[:30, :30], *PICTURED, names=tuple(map(str, range(30))))),
    "colour": replace(
        REPORT, evidence=(mistakes((1, "a", "b", 0.6, 0.4, Example(picture(2, (3, 200, 150))))),)
    ),
}


@pytest.fixture(params=REPORTS, ids=lambda name: name.replace(" ", "-"))
def page(request) -> Page:
    return Page(render(REPORTS[request.param]))


def test_the_page_points_nowhere_outside_itself(page):
    links = [
        (name, value)
        for _, attributes in page.tags
        for name, value in attributes.items()
        if name in {"src", "href", "srcset", "action", "data", "poster", "xlink:href"}
    ]
    assert links
    assert all((value or "").startswith(("data:", "#")) for _, value in links)
    style = "".join(data for tag, data in page.texts if tag == "style")
    assert "url(" not in style
    assert "@import" not in style


def test_the_page_has_no_script_and_forbids_requests(page):
    assert not page.all("script")
    assert not any(name.startswith("on") for _, attributes in page.tags for name in attributes)
    (policy,) = [meta for meta in page.all("meta") if meta.get("http-equiv") == "Content-Security-Policy"]
    assert "default-src 'none'" in (policy["content"] or "")


def test_language_viewport_and_alternative_texts_are_given(page):
    assert page.all("html") == [{"lang": "en"}]
    assert any(meta.get("name") == "viewport" for meta in page.all("meta"))
    assert all(image.get("alt") for image in page.all("img"))
    assert all(svg.get("role") == "img" and svg.get("aria-label") for svg in page.all("svg"))


def test_every_heading_cell_says_what_it_heads(page):
    assert page.all("table")
    assert {head.get("scope") for head in page.all("th")} <= {"col", "row", "colgroup"}


def test_every_label_names_an_element_that_exists_once(page):
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {a["aria-labelledby"] for _, a in page.tags if "aria-labelledby" in a} <= set(ids)


def test_the_parts_come_in_the_promised_order():
    text = Page(render(REPORT)).text()
    parts = [
        "digits-1",
        "classified correctly",
        "Learning curves",
        "Confusion matrix",
        "Worst mistakes",
    ]
    parts += ["Layers", "Settings", "Choices, and why", "Versions", "Run it again"]
    places = [text.rindex(part) if part != "digits-1" else text.index(part) for part in parts]
    assert places == sorted(places)


def test_the_layers_are_summed():
    text = Page(render(REPORT)).text()
    assert "16,640" in text
    assert "19,210" in text[text.index("total") :]


def test_the_command_is_in_a_pre_as_it_was_given():
    html = render(replace(REPORT, command="gradatim train 'a b.csv' --target <y>  --epochs 2"))
    inside = html[html.index("<pre>") : html.index("</pre>")]
    assert Page(inside + "</pre>").texts
    assert "".join(data for _, data in Page(inside + "</pre>").texts) == (
        "gradatim train 'a b.csv' --target <y>  --epochs 2"
    )


def test_hostile_names_are_shown_and_not_obeyed():
    hostile = replace(
        REPORT,
        name=HOSTILE, data=HOSTILE, ended=HOSTILE, command=HOSTILE,
        settings={HOSTILE: HOSTILE}, choices={HOSTILE: HOSTILE}, versions={HOSTILE: HOSTILE},
        sizes={HOSTILE: 3, "test": 100}, metrics={HOSTILE: 0.5},
        layers=[{"name": HOSTILE, "layer": HOSTILE, "output": HOSTILE, "parameters": 1}],
        **shown(
            CONFUSION,
            (1, HOSTILE, HOSTILE, 0.9, 0.1, Example(picture())),
            (2, HOSTILE, "b", 0.9, 0.1, Example(values={HOSTILE: 1})),
            names=(HOSTILE, "one", "two"),
        ),
    )  # fmt: skip
    page = Page(render(hostile))
    assert not page.all("script")
    assert len(page.all("img")) == 1
    assert not any("onerror" in attributes for _, attributes in page.tags)
    assert page.text().count("{{ 7 * 7 }}") > 10
    many = replace(REPORT, **shown(LARGE, names=tuple(f"{HOSTILE}{k}" for k in range(100))))
    assert not Page(render(many)).all("script")


def test_the_matrix_shows_every_count_with_recall_and_precision():
    html = render(REPORT)
    matrix = html[html.index('<table class="matrix"') : html.index("</table>")]
    cells = [data for tag, data in Page(matrix + "</table>").texts if tag == "td" and data.strip()]
    rows = [cells[start : start + 4] for start in range(0, 12, 4)]
    assert [row[:3] for row in rows] == [["40", "2", "0"], ["1", "30", "3"], ["0", "0", "24"]]
    assert [row[3] for row in rows] == ["95", "88", "100"]
    assert cells[12:] == ["98", "94", "89"]


def test_above_thirty_classes_the_commonest_confusions_are_listed():
    confusion = LARGE.copy()
    confusion[7, 93] = 5
    html = render(replace(REPORT, **shown(confusion, names=())))
    assert "these are the commonest of 104 wrong answers." in html
    assert "matrix" not in [table.get("class") for table in Page(html).all("table")]
    first = html[html.index('<th scope="row">7</th>') :]
    assert html.index('<th scope="row">7</th>') == html.index('<th scope="row">')
    assert first.startswith('<th scope="row">7</th><td>93</td><td class="number">5</td>')
    assert "matrix dense" in [t.get("class") for t in Page(render(REPORTS["thirty classes"])).all("table")]


def test_a_mistake_is_a_picture_that_decodes_to_its_pixels():
    html = render(REPORT)
    images = [image for image in Page(html).all("img") if image["class"] == "coarse"]
    arrays = [one[5].picture for one in PICTURED]
    low, high = min(a.min() for a in arrays), max(a.max() for a in arrays)
    for image, array in zip(images, arrays, strict=True):
        data = b64decode((image["src"] or "").removeprefix("data:image/png;base64,"))
        pixels = np.asarray(Image.open(BytesIO(data)))
        np.testing.assert_array_equal(pixels, np.rint((array[0] - low) * 255 / (high - low)))
    assert f"true two, read as one (97{SPACE}%)" in html


def test_a_mistake_that_is_no_picture_shows_its_first_dozen_values():
    text = Page(render(TABULAR)).text()
    assert "feature 11" in text
    assert "11.25" in text
    assert "feature 12" not in text


def test_no_mistake_is_said_kindly():
    perfect = replace(REPORT, **shown(np.diag([40, 34, 26])))
    assert "every test example was classified correctly" in render(perfect)
    metrics = {"subset_accuracy": 1.0, "hamming_loss": 0.0}
    labels = replace(REPORT, metrics=metrics, evidence=(Misses((), ()),))
    assert "There is none to show: every test example was answered rightly." in render(labels)


def test_where_nothing_is_known_of_the_answers_there_is_no_section_of_them():
    for heading in ("confusion", "mistakes", "residuals"):
        assert f'id="{heading}"' not in render(LOSS_ONLY)
    assert 'id="curves"' in render(LOSS_ONLY)


def test_the_number_of_mistakes_not_shown_is_told():
    assert "The 2 worst of 6 wrong answers" in render(REPORT)
    two = np.diag([40, 34, 24]) + np.array([[0, 2, 0], [0, 0, 0], [0, 0, 0]])
    exactly = replace(REPORT, **shown(two, *PICTURED))
    assert "The 2 wrong answers" in render(exactly)


def test_the_page_of_two_thousand_epochs_is_small():
    assert len(render(replace(REPORT, records=records(2000)))) < 60_000


def test_the_page_of_thirty_classes_and_large_pictures_is_small():
    photographs = [(k, "a", "b", 0.6, 0.4, Example(picture(k, (3, 500, 400)))) for k in range(24)]
    full = replace(REPORT, **shown(LARGE[:30, :30], *photographs, names=tuple(map(str, range(30)))))
    assert len(render(full)) < 2_000_000  # noise, which PNG cannot compress


def test_the_room_imports_nothing_heavy():
    code = "import sys, gradatim.explain.report; print(*{name.split('.')[0] for name in sys.modules})"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert not {"torch", "sklearn", "matplotlib", "jinja2", "PIL"} & set(told.split())


def test_the_recall_of_a_class_of_few_examples_is_not_drawn_as_certain():
    counts = np.array([[40, 2, 0], [0, 1, 0], [1, 0, 24]])
    html = render(replace(REPORT, **shown(counts)))
    assert '<td class="rate" title="of 1">(100)</td>' in html
    assert "in brackets where it is of fewer than 5 examples" in html
    assert '<td class="rate">(33)</td>' in html  # the precision of 3 answers
    assert "in brackets where" not in render(REPORT)


def test_large_numbers_read_as_a_person_writes_them():
    html = render(replace(REPORT, metrics={"rmse": 96638.19, "mae": 1706775.3}, evidence=()))
    assert "<dd>96,638</dd>" in html
    assert "<dd>1,706,775</dd>" in html
    assert "10⁴" not in html


def test_a_wide_table_shows_at_its_edge_that_it_goes_on():
    html = render(TABULAR)
    style = html[html.index(".scroll {") :]
    assert style[: style.index("}")].count("linear-gradient") == 4
