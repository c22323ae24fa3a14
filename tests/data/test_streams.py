"""Windows of a text: what is said of one that is too long for a part of it can be followed."""

import re

import pytest

from gradatim.checks import UsageError
from gradatim.data.streams import LEAST, Windows, check_window
from gradatim.data.text import split_text, text_of


def letters(n):
    return text_of(("abcdefghij" * n)[:n], "letters")


def advice_for(n, window, share=0.1):
    train, valid = split_text(letters(n), share)
    with pytest.raises(UsageError) as error:
        check_window(train, valid if len(valid) else None, window)
    return str(error.value)


@pytest.mark.parametrize("n", range(LEAST, 60))
def test_the_window_that_is_advised_suits_both_parts_and_the_next_one_does_not(n):
    window = int(re.search(r"a window of at most (\d+)$", advice_for(n, 32 if n < 300 else n))[1])
    train, valid = split_text(letters(n))
    check_window(train, valid, window)
    for part in (train, valid):
        assert Windows(part, window).streams(4).x.size
    with pytest.raises(UsageError):
        check_window(train, valid, window + 1)


@pytest.mark.parametrize(("n", "share"), [(4, 0.1), (7, 0.1), (9, 0.1), (10, 0.1), (50, 0.01), (199, 0.001)])
def test_the_share_that_is_advised_leaves_both_parts_long_enough(n, share):
    found = float(re.search(r"a larger share, such as ([\d.]+)$", advice_for(n, 7, share))[1])
    check_window(*split_text(letters(n), found), 1)


def test_the_length_that_is_advised_is_the_least():
    assert advice_for(3, 32).endswith(f"a text needs at least {LEAST}")
    check_window(*split_text(letters(LEAST)), 1)
    assert advice_for(LEAST - 1, 1).endswith("a larger share, such as 0.2")


def test_a_text_without_a_part_to_validate_on_and_another_to_validate_on():
    check_window(letters(5), None, 4)
    with pytest.raises(UsageError, match=r"5 characters to train on, too few for .* of 5; .* at most 4$"):
        check_window(letters(5), None, 5)
    with pytest.raises(UsageError, match="5 characters to train on and 3 characters to validate on"):
        check_window(letters(5), letters(3), 3)


def test_a_part_on_its_own_says_a_window_or_a_length():
    with pytest.raises(UsageError, match=r"letters has 9 characters here, .*; take a window of at most 8$"):
        Windows(letters(9), 9).streams(1)
    one = letters(9).part(0, 1)
    with pytest.raises(UsageError, match=r"has 1 character here, .*; a text of at least 4 characters is nee"):
        Windows(one, 3).streams(1)
