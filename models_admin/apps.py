from django.apps import AppConfig


class ModelsAdminConfig(AppConfig):
    name = "models_admin"

    def ready(self) -> None:
        from models_admin.jobs import handlers

        handlers.register()
