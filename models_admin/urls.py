from django.urls import path

from models_admin import views

app_name = "models_admin"
urlpatterns = [
    path("servers/adoption/", views.adoption, name="adoption"),
]
