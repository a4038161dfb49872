import pytest
from django.http import HttpResponse

from webchat.headers import HeadersMiddleware


def headers(rf, response=None):
    answered = HeadersMiddleware(lambda request: response or HttpResponse())(rf.get("/"))
    return answered.headers


def test_the_policy_lets_in_nothing_from_elsewhere_and_nothing_inline(rf):
    policy = headers(rf)["Content-Security-Policy"]
    assert policy.startswith("default-src 'self';")
    assert "unsafe" not in policy
    for rule in ("object-src", "base-uri", "form-action", "frame-ancestors"):
        assert rule in policy


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
        ("Referrer-Policy", "same-origin"),
        ("Cache-Control", "private, no-cache"),
    ],
)
def test_every_page_has_the_header(rf, name, value):
    assert headers(rf)[name] == value


def test_a_view_may_say_otherwise(rf):
    assert headers(rf, HttpResponse(headers={"Cache-Control": "no-store"}))["Cache-Control"] == (
        "no-store"
    )


def test_https_is_kept_to_where_the_address_says_so(rf, settings):
    settings.HSTS_S = 31536000
    assert headers(rf)["Strict-Transport-Security"] == "max-age=31536000"
    assert headers(rf)["Cross-Origin-Opener-Policy"] == "same-origin"


def test_over_plain_http_nothing_asks_for_https(rf):
    assert "Strict-Transport-Security" not in headers(rf)
    assert "Cross-Origin-Opener-Policy" not in headers(rf)


async def test_works_for_async_views(async_rf):
    async def view(request):
        return HttpResponse()

    response = await HeadersMiddleware(view)(async_rf.get("/"))
    assert response.headers["X-Frame-Options"] == "DENY"
