"""What a case is about, in the words its people read: votes, solutions, or a day's points."""

SUBJECTS = {"jump": "points", "clique": "solutions", "farm": "solutions", "new_pair": "solutions"}


def subject(detector: str) -> str:
    return SUBJECTS.get(detector, "votes")
