"""What is asked of a network: how its outputs are read, judged and said. One kind of answer a file."""

from gradatim.problems.best_unit import BestUnit as BestUnit
from gradatim.problems.boxes import Boxes as Boxes
from gradatim.problems.caption import Caption as Caption
from gradatim.problems.classes import Classes as Classes
from gradatim.problems.counts import Counts as Counts
from gradatim.problems.forecasts import Forecasts as Forecasts
from gradatim.problems.intervals import Intervals as Intervals
from gradatim.problems.labels import Labels as Labels
from gradatim.problems.masks import Masks as Masks
from gradatim.problems.membranes import Membranes as Membranes
from gradatim.problems.mixtures import Mixtures as Mixtures
from gradatim.problems.next_character import NextCharacter as NextCharacter
from gradatim.problems.next_frame import NextFrame as NextFrame
from gradatim.problems.next_word import NextWord as NextWord
from gradatim.problems.numbers import Numbers as Numbers
from gradatim.problems.one_box import OneBox as OneBox
from gradatim.problems.reconstruction import Reconstruction as Reconstruction
from gradatim.problems.several_tasks import SeveralTasks as SeveralTasks
from gradatim.problems.shares import Shares as Shares
from gradatim.problems.tags import Tags as Tags
from gradatim.problems.transcript import Transcript as Transcript
from gradatim.problems.translation import Translation as Translation
from gradatim.problems.variational import Variational as Variational
from gradatim.problems.word_contexts import WordContexts as WordContexts
