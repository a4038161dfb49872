"""Below models/. Which models are meant stands in `model`, once for each row of the board."""

from django.urls import path

from models_admin.actions import views

urlpatterns = [
    path("loads/", views.loads, name="loads"),
    path("unloads/", views.unloads, name="unloads"),
    path("renewals/", views.renewals, name="renewals"),
    path("copies/", views.copies, name="copies"),
    path("renames/", views.renames, name="renames"),
    path("pushes/", views.pushes, name="pushes"),
    path("deletions/", views.deletions, name="deletions"),
    path("access/", views.access, name="access"),
]
