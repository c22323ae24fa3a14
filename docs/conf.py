"""How the documentation is built: `make docs`."""

import sys
from pathlib import Path

import gradatim

sys.path.insert(0, str(Path(__file__).parent))
import option_tables
import reference_pages

project = "Gradatim"
author = "The Gradatim developers"
project_copyright = author
version = release = gradatim.__version__

extensions = ["myst_parser", "mathml"]
myst_enable_extensions = ["dollarmath"]
html_math_renderer = "mathml"
smartquotes_action = "qe"  # quotes and ellipses; an option keeps its dashes
exclude_patterns = ["_build"]
myst_heading_anchors = 3

html_theme = "furo"
html_title = "Gradatim"
html_static_path = ["static"]
html_css_files = ["page.css"]
html_show_sphinx = False
html_copy_source = False
html_show_sourcelink = False
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#00539b", "color-brand-content": "#00539b"},
    "dark_css_variables": {"color-brand-primary": "#7cc4f5", "color-brand-content": "#7cc4f5"},
}
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"


def filled(page: str) -> str:
    """A page with the tables and the reference that it asks for."""
    return reference_pages.filled(option_tables.filled(page))


def setup(app):
    """Put the tables of options and the reference where a page wants them."""
    app.connect("source-read", lambda _app, _name, source: source.__setitem__(0, filled(source[0])))
