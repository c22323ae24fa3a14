"""The parts of a docstring, in the house's order."""

from gradatim.catalog.docstring import parts_of


def test_the_parts_of_a_docstring():
    parts = parts_of("A.\n\n    y = x\n\n    z = 1\n\nShapes: x (N,).\nRaises E for x. Raises not y.")
    assert (parts.equation, parts.shapes) == ("y = x\n\nz = 1", "Shapes: x (N,).")
    assert parts.raises == "Raises E for x. Raises not y."
    assert parts_of("").sentence == ""


def test_a_parameter_is_said_by_the_first_sentence_that_names_it():
    parts = parts_of(
        "A, of `n`.\n\n    y = `n`\n\nThis is long.\nHere `n` counts; Elsewhere `n` and `m` too."
    )
    assert parts.says_of("n") == "Here `n` counts;"
    assert parts.says_of("m") == "Elsewhere `n` and `m` too."
    assert parts.says_of("k") == ""
