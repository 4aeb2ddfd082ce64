"""Pages on the wire: small, readable by every browser, and no oracle of what they hold."""

import gzip

import pytest
from werkzeug.test import TestResponse

from tests.factories import Factory
from tests.page_client import PageClient

GZIP = {"Accept-Encoding": "gzip, deflate, br"}


def opened(page_client: PageClient, path: str, **headers: str) -> TestResponse:
    return page_client.client.get(path, headers={**GZIP, **{name.replace("_", "-"): value for name, value in headers.items()}})


def test_a_page_is_compressed_for_who_takes_it_and_is_the_same_page(factory: Factory, ada: PageClient) -> None:
    for number in range(20):
        factory.entry(body=f"The harbour was quiet on evening {number}, and nobody was about. " * 5)
    plain, small = ada.client.get("/"), opened(ada, "/")
    assert "Content-Encoding" not in plain.headers and small.headers["Content-Encoding"] == "gzip"
    assert len(gzip.decompress(small.data)) == len(plain.data) > 4 * len(small.data)
    assert int(small.headers["Content-Length"]) == len(small.data) < 8_000
    for answer in (plain, small):
        assert {"Accept-Encoding", "Cookie", "Accept-Language"} <= set(answer.vary)
        assert answer.headers["Cache-Control"] == "no-store, private"


def test_the_length_of_a_page_tells_nothing_exact(factory: Factory, ada: PageClient) -> None:
    factory.entry(body="harbour")
    assert len({len(opened(ada, "/search?q=harbour").data) for _ in range(30)}) > 10


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_what_another_site_asks_for_is_not_compressed(factory: Factory, ada: PageClient, site: str) -> None:
    assert factory.ada
    assert "Content-Encoding" not in opened(ada, "/search?q=guess", Sec_Fetch_Site=site).headers
    assert opened(ada, "/search?q=guess", Sec_Fetch_Site="none").headers["Content-Encoding"] == "gzip"


def test_a_feed_that_has_not_changed_is_not_sent_again(factory: Factory, stranger: PageClient) -> None:
    factory.entry(body="word " * 500, visibility="public")
    first = opened(stranger, "/feed.atom")
    etag, is_weak = first.get_etag()
    assert first.headers["Content-Encoding"] == "gzip" and etag and is_weak
    again = opened(stranger, "/feed.atom", If_None_Match=first.headers["ETag"])
    assert again.status_code == 304 and not again.data


def test_short_answers_and_refusals_are_whole(stranger: PageClient) -> None:
    assert "Content-Encoding" not in opened(stranger, "/healthz").headers
    refused = opened(stranger, "/entry/1234567")
    text = gzip.decompress(refused.data) if "Content-Encoding" in refused.headers else refused.data
    assert refused.status_code == 404 and b"</html>" in text
    assert not stranger.client.head("/", headers=GZIP).data
