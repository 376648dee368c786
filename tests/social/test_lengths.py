"""Counting as the networks count, and fitting without cutting address or handle."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.models import Platform, ThreadLink
from forum.social.lengths import Parts, count, fit, fits, graphemes, limit, open_url, x_weighted

URL = "https://community.example/topics/7/why-is-the-light-amber"
PARTS = Parts(
    summary="Set the channel to 36. Then save.", url=URL, handle="@maeve", lead="Solved by our community:", credit="Thanks to Ana"
)


@pytest.mark.parametrize(
    ("text", "weight"),
    [
        ("hello", 5),
        ("日本", 4),
        ("👨‍👩‍👧‍👦", 2),
        ("👍🏽", 2),
        ("🇬🇧", 2),
        ("1️⃣", 2),
        ("“quoted”", 8),
        ("e\u0301", 1),
        (URL, 23),
        (f"a {URL} b", 27),
    ],
)
def test_x_weights(text: str, weight: int) -> None:
    assert x_weighted(text) == weight


def test_each_network_counts_its_own_way() -> None:
    assert [limit(one) for one in ("x", "bluesky", "mastodon", "reddit")] == [280, 300, 500, 10_000]
    assert count(Platform.mastodon, f"@maeve@social.example {URL}") == len("@maeve ") + 23
    assert count(Platform.bluesky, "👨‍👩‍👧‍👦" * 120) == 120
    assert not fits(Platform.bluesky, "👨‍👩‍👧‍👦" * 121)
    assert graphemes("a\r\n🇬🇧🇫🇷") == ["a", "\r\n", "🇬🇧", "🇫🇷"]


def test_what_gives_way_first() -> None:
    assert fit("x", PARTS) == f"@maeve Solved by our community: Set the channel to 36. Then save. Thanks to Ana {URL}"
    long = Parts(
        summary="Set the channel to 36. " + "word " * 100, url=URL, handle="@maeve", thanks="Thank you", credit="Thanks to Ana"
    )
    shown = fit("x", long)
    assert shown == f"@maeve Set the channel to 36. {URL}"
    assert fit("x", Parts(summary="a" * 900, url=URL, handle="@maeve")) == f"@maeve {URL}"


@given(st.text(max_size=600), st.sampled_from(["x", "bluesky", "mastodon"]))
def test_it_always_fits_and_keeps_address_and_handle(summary: str, platform: str) -> None:
    shown = fit(platform, Parts(summary=summary, url=URL, handle="@maeve", thanks="Thank you so much", credit="Thanks to Ana"))
    assert fits(platform, shown) and shown.endswith(URL) and shown.startswith("@maeve")


def test_where_to_send_by_hand() -> None:
    thread = ThreadLink(platform=Platform.x, host="x.com", root_ext_id="12", url="https://x.com/i/status/12")
    assert open_url("x", thread, "a b&c") == "https://x.com/intent/tweet?in_reply_to=12&text=a%20b%26c"
    assert open_url("mastodon", thread, "a") == "https://x.com/i/status/12"
