from django.urls import path

from chat.consumers import ConversationSocket, ListSocket

websocket_urlpatterns = [
    path("ws/", ListSocket.as_asgi()),
    path("ws/conversations/<uuid:pk>/", ConversationSocket.as_asgi()),
]
