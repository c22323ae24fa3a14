"""A trace's equation as MathML, which a browser sets by itself: `∂L/∂w_ij` becomes a fraction."""

import re
from html import escape
from unicodedata import normalize

FUNCTIONS = ("tanh", "log", "softmax", "diag", "min", "max", "exp")
WORD = 4  # letters from which on an index is a word: C_before, but w_ij
MARKS = {"\u0302": "^", "\u0303": "~"}  # above a letter
RAISED = str.maketrans("²³ᵀᵗ", "23Tt")
LOWER = "₀₁₂₃₄₅₆₇₈₉"
LOWERED = re.compile(rf"([A-Za-zΑ-Ωα-ω])([{LOWER}])")  # β₁, which is β_1
DIGITS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "−0123456789")
TOKEN = re.compile(
    r"(?P<gap> {3,})|(?P<space> )"
    r"|(?P<slope>∂[A-Za-z]?[^ ∂/()]*/∂[^ ∂/(){}=+−,·]+(?:\{[^}]*\})?)"
    r"|(?P<sum>Σ)(?:_(?P<over>[A-Za-z]+))?"
    r"|(?P<word>[A-Za-z]{2,}(?![A-Za-z0-9_]))"
    r"|(?P<letter>[A-Za-zΑ-Ωα-ωŷ∂][\u0300-\u036f]?′?)(?P<digits>[0-9](?![0-9.]))?"
    r"(?:_(?P<low>\{[^}]*\}|[A-Za-z0-9]+[\u0300-\u036f]?))?(?P<high>[²³ᵀᵗ])?"
    r"(?:\^(?P<power>−?[A-Za-z0-9]+(?:_[A-Za-z0-9]+)?))?"
    r"|(?P<number>[0-9]+(?:\.[0-9]+)?|½)(?:(?P<bar>/(?=\())|(?P<tens>[⁻⁰¹⁴-⁹][⁰¹²³⁴-⁹]*))?"
    r"|(?P<sign>.)",
)


def mathml(equation: str) -> str:
    """One line of an equation as a `math` element.

    >>> mathml("δ_j = ∂L/∂w")
    '<math><msub><mi>δ</mi><mi>j</mi></msub><mo>=</mo><mfrac><mi>∂L</mi><mi>∂w</mi></mfrac></math>'
    """
    spelled = LOWERED.sub(lambda found: f"{found[1]}_{LOWER.index(found[2])}", equation)
    return f"<math>{_row(spelled)}</math>"


def _row(text: str) -> str:
    parts, place = [], 0
    while place < len(text):
        found = TOKEN.match(text, place)
        assert found is not None  # the last branch takes any sign
        place = found.end()
        if found["bar"]:
            end = _closing(text, place)
            parts.append(
                f"<mfrac>{_number(found['number'])}<mrow>{_row(text[place + 1 : end])}</mrow></mfrac>"
            )
            place = end + 1
        else:
            parts.append(_element(found))
    return "".join(parts)


def _closing(text: str, opening: int) -> int:
    """Where the bracket closes that opens at a place; the end where none does."""
    depth = 0
    for place in range(opening, len(text)):
        depth += {"(": 1, ")": -1}.get(text[place], 0)
        if not depth:
            return place
    return len(text)


def _element(found: re.Match[str]) -> str:
    """One token as an element."""
    if found["gap"]:
        return '<mspace width="2em"/>'
    if found["space"]:
        return ""
    if found["slope"]:
        above, below = found["slope"].split("/", 1)
        return f"<mfrac>{_letters(above)}{_letters(below)}</mfrac>"
    if found["sum"]:
        sign = '<mo largeop="true">∑</mo>'
        return f"<munder>{sign}<mi>{found['over']}</mi></munder>" if found["over"] else sign
    if found["word"]:
        word = found["word"]
        return (
            f'<mspace width="0.17em"/><mi>{word}</mi>'
            if word in FUNCTIONS
            else f"<mtext>&#160;{word}&#160;</mtext>"
        )
    if found["letter"]:
        return _letter(found)
    if found["tens"]:
        return f"<msup>{_number(found['number'])}<mrow>{_row(found['tens'].translate(DIGITS))}</mrow></msup>"
    return _number(found["number"]) if found["number"] else f"<mo>{escape(found['sign'])}</mo>"


def _letter(found: re.Match[str]) -> str:
    """A letter with its index and its power."""
    base, low = _marked(found["letter"]), found["low"] or found["digits"]
    high = (found["high"] or "").translate(RAISED) or found["power"]
    index = None if low is None else _index(low.strip("{}"))
    power = None if not high else f"<mrow>{_row(high)}</mrow>" if len(high) > 1 else _index(high)
    if index and power:
        return f"<msubsup>{base}{index}{power}</msubsup>"
    if index or power:
        name = "msub" if index else "msup"
        return f"<{name}>{base}{index or power}</{name}>"
    return base


def _letters(text: str) -> str:
    """∂w_ij as a whole: its letters in one element, and what stands lower."""
    letters, _, low = text.partition("_")
    base = f"<mi>{escape(letters)}</mi>"
    return f"<msub>{base}{_index(low.strip('{}'))}</msub>" if low else base


def _index(text: str) -> str:
    if re.fullmatch(r"[0-9]+", text):
        return f"<mn>{text}</mn>"
    if len(text) >= WORD and text.isascii() and text.isalpha():
        return f"<mtext>{text}</mtext>"
    if len(text) > 1 and text.isascii() and text.isalpha():
        return f"<mrow>{''.join(f'<mi>{letter}</mi>' for letter in text)}</mrow>"
    return f"<mrow>{_row(text)}</mrow>" if len(text) > 1 else f"<mi>{escape(text)}</mi>"


def _marked(letter: str) -> str:
    """A letter, its hat or its tilde above it."""
    plain = normalize("NFD", letter)
    above = MARKS.get(plain[1:2])
    base = f"<mi>{escape(plain[0] if above else letter)}</mi>"
    return f'<mover accent="true">{base}<mo>{above}</mo></mover>' if above else base


def _number(text: str) -> str:
    return f"<mn>{text}</mn>"
