"""Choosing what comes next: from a network's scores to a sequence."""

from gradatim.decoding.copying import copy_unknown as copy_unknown
from gradatim.decoding.coverage import coverage_penalty as coverage_penalty
from gradatim.decoding.generating import generate as generate
from gradatim.decoding.sampling import greedy as greedy
from gradatim.decoding.sampling import sample as sample
