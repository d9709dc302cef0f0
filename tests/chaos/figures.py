"""What a proof found, as one line of the table."""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(kw_only=True)
class Figures:
    """`faults` says in words what must not be; nothing may be lost, doubled, or unexpected."""

    fault: str
    rounds: int
    acknowledged: int = 0
    lost: int = 0
    doubled: int = 0
    faults: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def compare(self, heard: Sequence[object], wanted: Sequence[object]) -> None:
        """Count what a reader heard beside what was for them: nothing else, each once, in this order."""
        self.lost += len(set(wanted) - set(heard))
        self.doubled += len(heard) - len(set(heard))
        if set(heard) - set(wanted):
            self.faults.append("somebody heard what does not concern them")
        elif not set(wanted) - set(heard) and list(dict.fromkeys(heard)) != list(wanted):
            self.faults.append("heard out of order")

    @property
    def holds(self) -> bool:
        return not (self.lost or self.doubled or self.faults)

    @property
    def row(self) -> str:
        verdict = "holds" if self.holds else "; ".join(self.faults) or "BROKEN"
        numbers = f"{self.rounds:,} | {self.acknowledged:,} | {self.lost} | {self.doubled}"
        return f"| {self.fault} | {numbers} | {verdict} | {self.seconds:.0f} s |"


HEAD = "| fault | rounds | acknowledged | lost | doubled | verdict | took |\n|---|---|---|---|---|---|---|"
