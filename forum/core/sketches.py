"""Counting different things without keeping them: HyperLogLog sketches (Flajolet et al. 2007), by Apache DataSketches.

The only file that imports the library. A sketch of 16,384 registers errs by 1.04 / sqrt(16384) = 0.8 percent (one standard error), joined ones too.
"""

from collections.abc import Iterable

from datasketches import hll_sketch, hll_union, tgt_hll_type

LOG2_REGISTERS = 14


class Sketch:
    """A set that can be added to, joined and counted, and never read out."""

    def __init__(self, stored: bytes | None = None) -> None:
        kind = tgt_hll_type.HLL_4
        self._hll = hll_sketch.deserialize(stored) if stored else hll_sketch(LOG2_REGISTERS, kind)

    def add(self, thing: str) -> None:
        self._hll.update(thing)

    @property
    def count(self) -> int:
        estimate: float = self._hll.get_estimate()
        return round(estimate)

    def stored(self) -> bytes:
        return bytes(self._hll.serialize_compact())


def join(sketches: Iterable[Sketch]) -> Sketch:
    """Things that are in any of them, each once."""
    union = hll_union(LOG2_REGISTERS)
    for sketch in sketches:
        union.update(sketch._hll)
    joined = Sketch()
    joined._hll = union.get_result(tgt_hll_type.HLL_4)
    return joined
