"""What lets a browser install Webchat, and what it shows while the server cannot be reached.

All of it is the same for everybody: none of these views looks at who asks, or asks the database.
"""

import hashlib

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

PAPER = "#ffffff"  # --paper of static/css/tokens.css by day
PURPOSES = {"any": "icon", "maskable": "maskable"}
SIZES_PX = (192, 512)
FOR_ALL = "no-cache"  # kept by whoever likes, asked for again each time


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """The web app manifest: https://www.w3.org/TR/appmanifest/."""
    drawn = [
        {
            "src": static(f"icons/{name}-{size}.png"),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": purpose,
        }
        for purpose, name in PURPOSES.items()
        for size in SIZES_PX
    ]
    any_size = {"src": static("icons/favicon.svg"), "sizes": "any", "type": "image/svg+xml"}
    answer = JsonResponse(
        {
            "id": "/",
            "name": "Webchat",
            "description": _("Talk with the models of your own server."),
            "start_url": "/",
            "scope": "/",
            "display": "standalone",
            "background_color": PAPER,
            "theme_color": PAPER,
            "icons": [*drawn, any_size],
        },
        content_type="application/manifest+json",
    )
    answer.headers["Cache-Control"] = FOR_ALL
    return answer


@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """The script that keeps the offline page; browsers look for a newer one by themselves."""
    # A change of the page, its language or its style is a change of the script, and so is fetched.
    digest = hashlib.sha256(render_to_string("offline.html").encode()).hexdigest()[:12]
    context = {"digest": digest}
    answer = render(request, "service-worker.js", context, content_type="text/javascript")
    answer.headers["Cache-Control"] = FOR_ALL
    return answer


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """What stands in for every page while the server is away: of nobody, as one keeps it."""
    answer = HttpResponse(render_to_string("offline.html"))
    answer.headers["Cache-Control"] = FOR_ALL
    return answer
