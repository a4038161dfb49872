from django.urls import path

from chat.views import conversations, messages, runs

app_name = "chat"
urlpatterns = [
    path("", conversations.home, name="home"),
    path("conversations/", conversations.collection, name="conversations"),
    path("conversations/<uuid:pk>/", conversations.conversation, name="conversation"),
    path("conversations/<uuid:pk>/messages/", messages.collection, name="messages"),
    path("conversations/<uuid:pk>/model/", conversations.model, name="model"),
    path("conversations/<uuid:pk>/deletion/", conversations.deletion, name="deletion"),
    path("conversations/<uuid:pk>/restoration/", conversations.restoration, name="restoration"),
    path("messages/<uuid:pk>/", messages.message, name="message"),
    path("messages/<uuid:pk>/text/", messages.text, name="text"),
    path("messages/<uuid:pk>/regenerations/", messages.regenerations, name="regenerations"),
    path("messages/<uuid:pk>/continuations/", messages.continuations, name="continuations"),
    path("runs/<uuid:pk>/cancellation/", runs.cancellation, name="cancellation"),
]
