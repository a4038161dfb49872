"""Below models/."""

from django.urls import path, register_converter

from models_admin.board import views


class NameConverter:
    """A model's name as servers show it: always with a tag, so with a colon in its last part."""

    regex = r".+:[^/:]+"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(NameConverter, "model")

urlpatterns = [
    path("", views.board, name="board"),
    path("<model:name>/", views.model, name="model"),
    path("<model:name>/modelfile/", views.modelfile, name="modelfile"),
    path("<model:name>/tensors/", views.tensors, name="tensors"),
]
