"""The plan of social threads lists fifty ways to fail; each has a test that is named after its number."""

import re
from pathlib import Path

TESTS = Path(__file__).parents[2]


def test_every_case_has_a_test() -> None:
    source = "".join(path.read_text() for path in TESTS.rglob("test_*.py"))
    named = {int(number) for number in re.findall(r"def test_case_(\d\d)_", source)}
    assert set(range(1, 51)) - named == set()
