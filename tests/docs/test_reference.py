"""The reference is made from commands and docstrings: a new verb, option or thing is there by itself."""

import re

import pytest

import reference_pages
from gradatim import catalog
from gradatim.cli.app import VERBS, Verbs
from pages import HERE

PAGES = {page.stem: page.read_text(encoding="utf-8") for page in sorted((HERE / "reference").glob("*.md"))}


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_its_arguments_and_options(verb):
    said = reference_pages.command(verb)
    assert said.startswith(f"## {verb}\n")
    for one in Verbs()[verb].params:
        names = one.opts if one.param_type_name == "option" else [one.name.upper()]
        assert one.name == "help" or all(f"`{name}`" in said for name in names)
    assert "Example:" not in said


def test_every_kind_of_the_catalogue_has_its_page():
    asked = " ".join(found for page in PAGES.values() for found in reference_pages.CATALOGUE.findall(page))
    assert set(asked.split()) == {row.kind for row in catalog.entries()}
    start = (HERE / "index.md").read_text(encoding="utf-8")
    assert not [name for name in PAGES if f"reference/{name}\n" not in start]


def test_everything_of_the_catalogue_is_there_once_with_its_docstring():
    whole = "".join(map(reference_pages.filled, PAGES.values()))
    places = re.findall(r"^\(([\w-]+)\)=$", whole, re.MULTILINE)
    assert len(set(places)) == len(places) == len(list(catalog.entries()))
    assert "Adam(params, lr=0.001, betas=(0.9, 0.999), eps=1e-08" in whole
    assert "m ← β₁ m + (1 − β₁) g,        m̂ = m/(1 − β₁ᵗ)" in whole
    assert "Kingma & Ba, Adam: a method for stochastic optimization (2015)." in whole


def test_signs_of_markdown_stay_what_they_are():
    assert reference_pages.plain("a*b* <unk> `x[1]*` 1 | 2") == r"a\*b\* \<unk> `x[1]*` 1 \| 2"


def test_an_equation_becomes_mathml():
    sphinx = pytest.importorskip("docutils.utils.math.latex2mathml")
    found = sphinx.tex2mathml(r"\hat{y} = \sigma(W h)", as_block=True)
    assert found.startswith('<math xmlns="http://www.w3.org/1998/Math/MathML" display="block">')
    pages = "".join(page.read_text(encoding="utf-8") for page in HERE.glob("*.md"))
    blocks = re.findall(r"\$\$(.+?)\$\$", pages, re.DOTALL)
    assert len(blocks) >= 8
    for block in blocks:
        text = rf"\begin{{aligned}}{block}\end{{aligned}}" if "\\\\" in block else block
        assert "<mi>" in sphinx.tex2mathml(text.strip(), as_block=True)
