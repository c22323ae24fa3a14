"""Several tasks at once."""

from gradatim.multitask.gradnorm import gradnorm as gradnorm
from gradatim.multitask.training import MultiTaskTraining as MultiTaskTraining
