"""Ways of learning without targets, each a Loop."""

from gradatim.rooms import open_room

open_room(__name__, more={"rbm": "ContrastiveDivergence cd_gradient", "som": "SOMTraining"})
