from django.urls import path

from chat.views import (
    attachments,
    conversations,
    messages,
    ratings,
    runs,
    search,
    settings,
    versions,
)

app_name = "chat"
urlpatterns = [
    path("", conversations.home, name="home"),
    path("conversations/", conversations.collection, name="conversations"),
    path("conversations/<uuid:pk>/", conversations.conversation, name="conversation"),
    path("conversations/<uuid:pk>/messages/", messages.collection, name="messages"),
    path("conversations/<uuid:pk>/model/", conversations.model, name="model"),
    path("conversations/<uuid:pk>/title/", conversations.title, name="title"),
    path("conversations/<uuid:pk>/settings/", settings.of_conversation, name="settings"),
    path("conversations/settings/", settings.of_new_ones, name="new_settings"),
    path("conversations/<uuid:pk>/deletion/", conversations.deletion, name="deletion"),
    path("conversations/<uuid:pk>/restoration/", conversations.restoration, name="restoration"),
    path("messages/<uuid:pk>/", messages.message, name="message"),
    path("messages/<uuid:pk>/text/", messages.text, name="text"),
    path("messages/<uuid:pk>/regenerations/", messages.regenerations, name="regenerations"),
    path("messages/<uuid:pk>/continuations/", messages.continuations, name="continuations"),
    path("messages/<uuid:pk>/revisions/", versions.revisions, name="revisions"),
    path("messages/<uuid:pk>/choice/", versions.choice, name="choice"),
    path("messages/<uuid:pk>/forks/", versions.forks, name="forks"),
    path("messages/<uuid:pk>/sent/", versions.sent, name="sent"),
    path("messages/<uuid:pk>/rating/", ratings.rating, name="rating"),
    path("attachments/", attachments.collection, name="attachments"),
    path("attachments/<uuid:pk>/", attachments.attachment, name="attachment"),
    path("attachments/<uuid:pk>/image/", attachments.image, name="image"),
    path("attachments/<uuid:pk>/small/", attachments.small, name="small"),
    path("attachments/<uuid:pk>/text/", attachments.text, name="attached_text"),
    path("attachments/<uuid:pk>/removal/", attachments.removal, name="removal"),
    path("messages/<uuid:pk>/place/", search.place, name="place"),
    path("search/", search.search, name="search"),
    path("runs/<uuid:pk>/cancellation/", runs.cancellation, name="cancellation"),
]
