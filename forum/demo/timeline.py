"""Acts in the order in which they would have happened, each at its own time."""

import gc
import re
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from functools import partial
from random import Random

from forum.core import clock

_AGO = re.compile(r"(?:(\d+)d (\d\d):(\d\d)|(\d+)([hm]))")
HOURS = [7, 8, 9, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 18, 19, 19, 20, 20, 21, 21, 22, 23]


class Timeline:
    def __init__(self, end: datetime) -> None:
        self.end = end
        self._acts: list[tuple[datetime, int, Callable[[], None]]] = []
        self._moment = end

    def at(self, moment: datetime, act: Callable[..., None], *about: object) -> None:
        """Nothing happens after the end; what would have, happens then, in the order it was planned."""
        self._acts.append((min(moment, self.end), len(self._acts), partial(act, *about)))

    def play(self) -> None:
        """Thousands of rows live until the end, so looking for garbage among them again and again is wasted."""
        clock.use(lambda: self._moment)
        gc.disable()
        try:
            for moment, _, act in sorted(self._acts, key=lambda one: one[:2]):
                self._moment = moment
                act()
        finally:
            gc.enable()


def moment_of(end: datetime, ago: str) -> datetime:
    """A time such as 2d 09:12 (that time of day two days before), 5h or 90m (counted back from the end)."""
    found = _AGO.fullmatch(ago)
    if found is None:
        raise ValueError(f"{ago!r} is no time that can be counted back")
    if found[1]:
        day = end.date() - timedelta(days=int(found[1]))
        return min(datetime.combine(day, time(int(found[2]), int(found[3])), UTC), end)
    return end - timedelta(**{"hours" if found[5] == "h" else "minutes": int(found[4])})


def waking_moment(end: datetime, days: float, random: Random) -> datetime:
    """About that many days ago, at an hour when people are up."""
    day = end.date() - timedelta(days=int(days))
    return datetime.combine(day, time(random.choice(HOURS), random.randrange(60), random.randrange(60)), UTC)
