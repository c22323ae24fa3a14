"""Which class is taken for which: the whole matrix, or the commonest confusions of many classes."""

from typing import Any

from gradatim.explain import confusion_table
from gradatim.explain.headline import some_examples
from gradatim.explain.number_format import count, percent
from gradatim.problems.evidence import Confusion


def context(evidence: Confusion, report: Any) -> dict[str, Any]:
    """Rows of a table, or pairs of classes."""
    counts, names = evidence.counts, evidence.names
    right, total = confusion_table.correct(counts)
    shown: dict[str, Any] = {"wrong": total - right, "rows": [], "precisions": [], "pairs": []}
    if len(counts) > confusion_table.MOST_CLASSES:
        shown["pairs"] = confusion_table.pairs(counts, names)
    else:
        shown["rows"], shown["precisions"] = (
            confusion_table.table(counts, names),
            confusion_table.precisions(counts),
        )
    few = [0 < n < confusion_table.FEW for n in counts.sum(axis=0)]
    has_few = any(few) or any(row.few for row in shown["rows"])
    return {"shown": shown, "few": few, "most": confusion_table.FEW, "has_few": has_few}


def headline(evidence: Confusion, report: Any) -> str:
    """Accuracy beside that of the best constant answer."""
    right, total = confusion_table.correct(evidence.counts)
    guess = confusion_table.commonest(evidence.counts)
    against = f"guessing the commonest class would get {percent(guess)}"
    if right == total:
        return f"All {some_examples(total, report.word)} are classified correctly ({against})."
    share = right / total
    if share <= guess:
        against += ", which is as good" if share == guess else ", which is better"
    some = f"{percent(share)} of {some_examples(total, report.word)} are classified correctly"
    return f"{some} ({count(total - right)} wrong; {against})."
