"""The words beside a post about a product that its author received early. Kept on the member, so it costs no question."""

from datetime import date

from forum.core import clock
from forum.core.settings import settings


def kept_days(kept: str) -> dict[int, date]:
    """Products and the last day on which it is said, from `id:day` pairs."""
    pairs = (item.split(":") for item in kept.split(",") if item)
    return {int(product): date.fromisoformat(day) for product, day in pairs}


def disclosure(kept: str | None, product_id: int | None) -> str:
    if not kept or product_id is None:
        return ""
    until = kept_days(kept).get(product_id)
    return f"Early access from {settings().site_name}" if until and until >= clock.now().date() else ""
