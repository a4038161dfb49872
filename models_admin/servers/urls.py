"""Below models/."""

from django.urls import path

from models_admin.servers import views

urlpatterns = [
    path("servers/", views.collection, name="servers"),
    path("servers/addition/", views.addition, name="server_addition"),
    path("servers/<uuid:pk>/", views.detail, name="server"),
    path("servers/<uuid:pk>/draining/", views.draining, name="server_draining"),
    path("servers/<uuid:pk>/checks/", views.checks, name="server_checks"),
    path("servers/<uuid:pk>/deletion/", views.deletion, name="server_deletion"),
]
