"""Below models/."""

from django.urls import path

from models_admin.activity import views

urlpatterns = [
    path("activity/", views.activity, name="activity"),
    path("activity/measurements/", views.measurements, name="measurements"),
    path("activity/runs/<uuid:pk>/cancellation/", views.cancellation, name="run_cancellation"),
]
