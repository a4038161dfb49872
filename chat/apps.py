from django.apps import AppConfig


class ChatConfig(AppConfig):
    name = "chat"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from chat import receivers  # noqa: F401 -- connects them
        from chat.prompts import build
        from inference import prompts
        from inference.models import Run

        prompts.register(Run.Purpose.ANSWER, build)
