"""Which items an audit reads, and in which order.

A choice has a text; an audit that was interrupted goes on when it is run again with a choice of
the same text.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.choosing import Only

# Readers at a time: one reckons while the other waits for the disk; more make a disk with a
# moving head slower.
READERS = 2


@dataclass(frozen=True)
class AuditChoice:
    """What to read, and how.

    Attributes:
        sample_percent: So many of a hundred items, by chance; None reads all.
        oldest: So many items, those whose last audit is longest ago; None reads all.
        only: Patterns of item ids or inventory numbers; empty reads all.
        time_s: Stop after so many seconds, having read those whose last audit is longest ago;
            None reads to the end.
        is_anew: Begin again, and do not go on where an interrupted audit stopped.
        readers: Objects read at the same time.
        max_bytes_per_s: The most bytes a second; 0 is no limit.
    """

    sample_percent: float | None = None
    oldest: int | None = None
    only: tuple[str, ...] = ()
    time_s: float | None = None
    is_anew: bool = False
    readers: int = READERS
    max_bytes_per_s: float = 0

    @property
    def text(self) -> str:
        """The choice in words, as the log keeps it."""
        if self.only:
            return f"only {' '.join(sorted(self.only))}"
        if self.sample_percent is not None:
            return f"sample {self.sample_percent:g} %"
        if self.oldest is not None:
            return f"oldest {self.oldest}"
        return "oldest first" if self.time_s is not None else "all"

    @property
    def can_be_resumed(self) -> bool:
        """Whether to go on where an interrupted audit of this choice stopped.

        With a limit of time there is no need: oldest first goes on by itself.
        """
        return self.time_s is None and not self.is_anew


def chosen_ids(
    choice: AuditChoice,
    item_ids: Sequence[str],
    *,
    seed: str,
    last: Mapping[str, str],
    done: frozenset[str] = frozenset(),
) -> list[str]:
    """Return the items that are still to be read, in the order of reading.

    Args:
        choice: Which.
        item_ids: Every item.
        seed: What chance begins with: the same seed chooses the same items.
        last: When each item was audited last.
        done: Items that this audit has read already.

    Raises:
        SourceError: A pattern fits no item.
    """
    chosen = list(item_ids)
    if choice.only:
        only = Only(choice.only)
        chosen = [item_id for item_id in chosen if only.has_id(item_id)]
        only.check_found()
    elif choice.sample_percent is not None:
        size = math.ceil(len(chosen) * choice.sample_percent / 100)
        chosen = sorted(chosen, key=lambda item_id: _by_chance(seed, item_id))[:size]
    elif choice.oldest is not None or choice.time_s is not None:
        chosen.sort(key=lambda item_id: (last.get(item_id, ""), item_id))
        if choice.oldest is not None:
            # What this audit has read is the newest now, and counts among its number.
            chosen = [item_id for item_id in chosen if item_id not in done]
            chosen = chosen[: max(choice.oldest - len(done), 0)]
    return [item_id for item_id in chosen if item_id not in done]


def _by_chance(seed: str, item_id: str) -> bytes:
    return hashlib.sha256(f"{seed} {item_id}".encode()).digest()
