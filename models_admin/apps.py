from django.apps import AppConfig


class ModelsAdminConfig(AppConfig):
    name = "models_admin"

    def ready(self) -> None:
        from inference import prompts
        from inference.models import Run
        from models_admin.activity import measuring
        from models_admin.creating import trials
        from models_admin.jobs import handlers
        from models_admin.uploads import clearing

        handlers.register()
        measuring.register()
        clearing.register()
        prompts.register(Run.Purpose.TRIAL, trials.build)
