"""What became of the lines of a file, of a dataset, of a day."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from tests.oracle.corrections import Corrections
from tests.oracle.reasons import Reason


@dataclass
class Counts:
    """Lines by outcome; lines = accepted + late + quarantined + duplicates + dropped + erased, and arrived_late is none of them.

    corrected: those of accepted, late and arrived_late that stand in for a bad line. unmatched_corrections: of a file of corrections.
    """

    lines: int = 0
    accepted: int = 0
    duplicates: int = 0
    dropped: int = 0
    corrected: int = 0
    unmatched_corrections: int = 0
    erased: int = 0
    arrived_late: int = 0  # lines that a later landing brought for this day
    by_reason: Counter[Reason] = field(default_factory=Counter)
    late_by_day: Counter[date] = field(default_factory=Counter)

    @property
    def late(self) -> int:
        return self.late_by_day.total()

    @property
    def quarantined(self) -> int:
        return self.by_reason.total()

    def add(self, other: "Counts") -> None:
        self.lines += other.lines
        self.accepted += other.accepted
        self.duplicates += other.duplicates
        self.dropped += other.dropped
        self.corrected += other.corrected
        self.unmatched_corrections += other.unmatched_corrections
        self.erased += other.erased
        self.arrived_late += other.arrived_late
        self.by_reason += other.by_reason
        self.late_by_day += other.late_by_day


@dataclass(frozen=True)
class QuarantinedLine:
    """A row of raw.quarantine without its detail, whose wording the contract leaves open."""

    dataset: str
    reason: Reason
    source_file: str
    line: bytes


@dataclass
class Ledger:
    """Rows of ops.ledger by source_file, and the quarantined lines, of one run."""

    files: dict[str, Counts] = field(default_factory=dict)
    quarantine: list[QuarantinedLine] = field(default_factory=list)

    def open_file(self, source_file: str) -> Counts:
        return self.files.setdefault(source_file, Counts())

    def refuse(self, source_file: str, reason: Reason, line: bytes) -> None:
        self.files[source_file].by_reason[reason] += 1
        self.quarantine.append(QuarantinedLine(source_file.split("/")[0], reason, source_file, line))

    def open_corrections(self, corrections: Corrections) -> None:
        """The rows of files of corrections, once all lines of their day are judged."""
        for source_file, unmatched in corrections.unmatched().items():
            self.open_file(source_file).unmatched_corrections = unmatched

    def dataset(self, name: str) -> Counts:
        """The sum over the files of a dataset, those of later landings and of corrections too."""
        total = Counts()
        for source_file, counts in self.files.items():
            if source_file.removeprefix("_corrections/").startswith(f"{name}/"):
                total.add(counts)
        return total
