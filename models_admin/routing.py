from django.urls import path

from models_admin.consumers import ModelsSocket
from models_admin.creating.consumers import TrialSocket

websocket_urlpatterns = [
    path("ws/models/", ModelsSocket.as_asgi()),
    path("ws/models/trials/", TrialSocket.as_asgi()),
]
