"""Ways of learning several tasks at once."""

from gradatim.multitask.block_descent import descend as descend
from gradatim.multitask.gradnorm import gradnorm as gradnorm
from gradatim.multitask.proximal import Solution as Solution
from gradatim.multitask.proximal import minimise as minimise
from gradatim.multitask.question import Question as Question
from gradatim.multitask.question import pose as pose
from gradatim.multitask.tasks import Tasks as Tasks
from gradatim.multitask.training import MultiTaskTraining as MultiTaskTraining
