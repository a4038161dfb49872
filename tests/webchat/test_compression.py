import gzip

import pytest
from django.http import HttpResponse, StreamingHttpResponse

from webchat.compression import SMALLEST, CompressionMiddleware

PAGE = "<p>text</p>" * SMALLEST


def answered(rf, response, path="/", **headers):
    headers = {"accept-encoding": "gzip"} | headers
    return CompressionMiddleware(lambda request: response)(rf.get(path, headers=headers))


def test_compresses_a_page(rf):
    response = answered(rf, HttpResponse(PAGE))
    assert response.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(response.content).decode() == PAGE


@pytest.mark.parametrize(
    ("response", "path"),
    [
        (HttpResponse(PAGE), "/?q=from-a-stranger"),
        (HttpResponse("short"), "/"),
        (HttpResponse(PAGE, content_type="application/json"), "/"),
        (StreamingHttpResponse([PAGE]), "/"),
    ],
    ids=["a query", "small", "no page", "a stream"],
)
def test_leaves_as_it_is(rf, response, path):
    assert "Content-Encoding" not in answered(rf, response, path).headers


def test_leaves_as_it_is_for_those_who_do_not_take_it(rf):
    response = answered(rf, HttpResponse(PAGE), **{"accept-encoding": "br"})
    assert "Content-Encoding" not in response.headers
