from django.urls import path

from accounts import views

app_name = "accounts"

urlpatterns = [
    path("sign-in/", views.sign_in, name="sign_in"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("set-up/<str:token>/", views.set_up, name="set_up"),
    path("password/", views.password, name="password"),
]
