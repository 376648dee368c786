"""How long ago somebody may have helped last and still be asked."""

BUSY, QUIET = 180.0, 365.0
MANY = 20.0


def activity_window(answers_a_day: float) -> float:
    """Half a year in a busy community, a year where fewer than twenty answers come in a day."""
    return BUSY if answers_a_day >= MANY else QUIET
