"""The data of a run while they are found: what was asked for, and what the stages have read so far."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gradatim.checks import shown
from gradatim.data.sources.source import Examples, Source
from gradatim.data.splits import Splits
from gradatim.planning.data_options import BESIDE, DataOptions
from gradatim.planning.run_data import Data

if TYPE_CHECKING:
    from gradatim.planning.domain_of_target import Domain


@dataclass
class DataDraft:
    """The data of a run while they are found: each stage reads one thing more, and records where it is."""

    asked: DataOptions
    task: str  # that is not about the data's own targets
    source: Source
    whole: Examples  # as they were read; later stages may bring them into another shape
    parts: Splits = field(init=False)
    others: dict[str, Examples] = field(default_factory=dict)  # parts that are given apart
    domain: "Domain | None" = None  # to adapt to
    records: dict[str, Any] = field(default_factory=dict)  # what config.json says of each part
    fingerprints: dict[str, str] = field(default_factory=dict)  # of what stands beside the parts
    notices: tuple[str, ...] = ()  # of the same, which a person should be told
    choices: dict[str, str] = field(default_factory=dict)  # what was made of the examples, and why

    def reference(self) -> dict[str, Any]:
        """What config.json says of the data."""
        apart = {name: other.fingerprint for name, other in self.others.items() if other.fingerprint}
        beside = [name for name in BESIDE if name in self.records]
        return {
            "kind": self.source.kind,
            "source": self.whole.source or {"memory": True},
            "fingerprint": self.whole.fingerprint,
            "valid": self.records["valid"],
            "test": self.records["test"],
            "other_fingerprints": {
                **apart, **{name: self.fingerprints[name] for name in BESIDE if name in self.fingerprints},
            },
            "splits": self.parts.sizes(),
            "judged_on": "test" if "test" in self.others else self.whole.judged_on,
            "task": self.task,
            **{name: self.records[name] for name in beside},
        }  # fmt: skip

    def finish(self) -> Data:
        """The data, every part found."""
        notices = (*self.choices.values(), *self.whole.notices, *self._target_notices(), *self.notices)
        whole_y = getattr(self.whole, "y", None)
        return Data(
            *self.parts, self.whole.name, self.reference(), notices, self.task, self.domain, whole_y,
            self.choices,
        )  # fmt: skip

    def _target_notices(self) -> list[str]:
        """That a target was named for a task that has none."""
        if not self.task or self.asked.target is None or not self.whole.has_target:
            return []
        names = ", ".join(map(repr, self.whole.targets)) or shown(self.asked.target)
        return [f"{self.task} learns no target: {names} stays out of the inputs"]
