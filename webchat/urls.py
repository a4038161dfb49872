from django.urls import include, path

from . import health, installing

urlpatterns = [
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("manifest.webmanifest", installing.manifest, name="manifest"),
    path("service-worker.js", installing.service_worker, name="service_worker"),
    path("offline/", installing.offline, name="offline"),
    path("", include("accounts.urls")),
    path("", include("chat.urls")),
    path("", include("models_admin.urls")),
]

handler400 = "webchat.errors.bad_request"
handler403 = "webchat.errors.forbidden"
handler404 = "webchat.errors.not_found"
handler500 = "webchat.errors.failed"
