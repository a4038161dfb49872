"""Below models/."""

from django.urls import path

from models_admin.uploads import views

urlpatterns = [
    path("uploads/", views.uploads, name="uploads"),
    path("uploads/<uuid:pk>/", views.upload, name="upload"),
    path("uploads/<uuid:pk>/files/<uuid:file>/", views.piece, name="upload_file"),
    path("uploads/<uuid:pk>/creation/", views.creation, name="upload_creation"),
    path("uploads/<uuid:pk>/removal/", views.removal, name="upload_removal"),
]
