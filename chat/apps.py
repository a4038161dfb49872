from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class ChatConfig(AppConfig):
    name = "chat"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from chat import erasing, receivers, summaries, titles  # noqa: F401 -- connects them
        from chat.attachments import clearing
        from chat.exporting import jobs as exports
        from chat.importing import jobs as imports
        from chat.prompts import build
        from chat.search import reading
        from chat.search.tables import drop_triggers, keep_triggers
        from chat.uses import conversations
        from inference import model_uses, prompts
        from inference.models import Run

        prompts.register(Run.Purpose.ANSWER, build)
        prompts.register(Run.Purpose.TITLE, titles.build)
        prompts.register(Run.Purpose.SUMMARY, summaries.build)
        erasing.register()
        clearing.register()
        exports.register()
        imports.register()
        reading.register()
        model_uses.register(conversations)
        pre_migrate.connect(drop_triggers, sender=self, dispatch_uid="chat.search_triggers")
        post_migrate.connect(keep_triggers, sender=self, dispatch_uid="chat.search_triggers")
