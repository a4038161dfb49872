"""Below models/."""

from django.urls import path

from models_admin.board import views

urlpatterns = [
    path("", views.board, name="board"),
]
