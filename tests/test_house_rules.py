from functools import cache
from pathlib import Path
ROOT = Path(__file__).parent.parent
@cache
def source_of_forum():
    return {str(p.relative_to(ROOT)): p.read_text() for p in sorted((ROOT / "forum").rglob("*.py"))}
