"""Below models/jobs/."""

from django.urls import path

from models_admin.jobs import views

urlpatterns = [
    path("jobs/", views.jobs, name="jobs"),
    path("jobs/badge/", views.badge, name="jobs_badge"),
    path("jobs/pulls/", views.pulls, name="pulls"),
    path("jobs/updates/", views.updates, name="updates"),
    path("jobs/<uuid:pk>/", views.job, name="job"),
    path("jobs/<uuid:pk>/cancellation/", views.cancellation, name="job_cancellation"),
    path("jobs/<uuid:pk>/retries/", views.retries, name="job_retries"),
]
