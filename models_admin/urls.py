from django.urls import include, path

from models_admin import views

app_name = "models_admin"
urlpatterns = [
    path("servers/adoption/", views.adoption, name="adoption"),
    path("models/", include("models_admin.jobs.urls")),
    path("models/", include("models_admin.servers.urls")),
    path("models/", include("models_admin.activity.urls")),
    path("models/", include("models_admin.creating.urls")),
    path("models/", include("models_admin.uploads.urls")),
    path("models/", include("models_admin.actions.urls")),
    # Last, for a model's name can be anything with a colon in it.
    path("models/", include("models_admin.board.urls")),
]
