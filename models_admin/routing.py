from django.urls import path

from models_admin.activity.consumers import ActivitySocket
from models_admin.consumers import ModelsSocket
from models_admin.creating.consumers import TrialSocket

websocket_urlpatterns = [
    path("ws/activity/", ActivitySocket.as_asgi()),
    path("ws/models/", ModelsSocket.as_asgi()),
    path("ws/models/trials/", TrialSocket.as_asgi()),
]
