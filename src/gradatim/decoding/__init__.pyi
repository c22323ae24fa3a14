"""Choosing what comes next: from a network's scores to a sequence."""

from gradatim.decoding.generating import generate as generate
from gradatim.decoding.sampling import greedy as greedy
from gradatim.decoding.sampling import sample as sample
