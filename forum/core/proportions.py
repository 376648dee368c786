"""How sure a share of yes and no can be: Wilson's score interval (Wilson 1927), in Python and in SQL."""

import math
from typing import Any

from sqlalchemy import ColumnElement, Float, Integer, case, cast, func

Z = 1.96
"""For 95 percent."""
FEW = 3
"""Below this many votes one yes and one no are added (a Beta(1,1) prior), so that nothing is certain after one vote."""


def interval(yes: int, no: int) -> tuple[float, float]:
    """Lower and upper bound of the true share of yes; (0, 1) when nobody said anything."""
    n = yes + no
    if n == 0:
        return 0.0, 1.0
    share = yes / n
    middle = share + Z * Z / (2 * n)
    reach = Z * math.sqrt((share * (1 - share) + Z * Z / (4 * n)) / n)
    return max(0.0, (middle - reach) / (1 + Z * Z / n)), min(1.0, (middle + reach) / (1 + Z * Z / n))


def rank(yes: Any, no: Any) -> ColumnElement[int]:
    """The lower bound in millionths, as an integer that a page cursor can carry. The prior counts while votes are few."""
    few = yes + no < FEW
    y = cast(case((few, yes + 1), else_=yes), Float)
    n = cast(case((few, yes + no + 2), else_=yes + no), Float)
    share = y / n
    bound = (share + Z * Z / (2 * n) - Z * func.sqrt((share * (1 - share) + Z * Z / (4 * n)) / n)) / (1 + Z * Z / n)
    return cast(func.round(1_000_000 * bound), Integer)
