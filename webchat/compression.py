"""Compressed pages."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

SMALLEST = 1024  # bytes; below it a packet is a packet


class CompressionMiddleware(GZipMiddleware):
    """Compresses whole HTML pages of plain addresses.

    Streams would be held up. A page with a query may show what a stranger put into a link, and its
    compressed size would then tell about the rest of it (BREACH), so such pages go as they are.
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        if (
            not isinstance(response, HttpResponse)
            or request.META.get("QUERY_STRING")
            or not response.headers.get("Content-Type", "").startswith("text/html")
            or len(response.content) < SMALLEST
        ):
            return response
        return super().process_response(request, response)
