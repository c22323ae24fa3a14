"""Sentences of two small languages, which put their words into another order."""

WHO = {"der Hund": "the dog", "die Katze": "the cat", "ein Vogel": "a bird"}
DOES = {"schläft": "sleeps", "läuft": "runs", "frisst": "eats"}
WHERE = {"hier": "here", "dort": "there", "im Haus": "in the house", "am See": "at the lake"}
PAIRS = [
    (f"{where} {does} {who}.", f"{WHO[who]} {DOES[does]} {WHERE[where]}.")  # another order
    for who in WHO for does in DOES for where in WHERE
]  # fmt: skip
