"""How each kind of layer explains itself: a file a kind."""
