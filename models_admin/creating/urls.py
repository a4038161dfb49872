"""Below models/."""

from django.urls import path

from models_admin.creating.views import create, modelfiles, trials

urlpatterns = [
    path("create/", create.create, name="create"),
    path("create/form/", create.form, name="create_form"),
    path("create/drafts/", create.drafts, name="drafts"),
    path("create/modelfile/", modelfiles.modelfile, name="create_modelfile"),
    path("create/modelfile/text/", modelfiles.text, name="modelfile_text"),
    path("create/trials/", trials.collection, name="trials"),
    path("create/answers/<uuid:pk>/", trials.answer, name="trial_answer"),
    path("create/answers/<uuid:pk>/cancellation/", trials.cancellation, name="trial_cancellation"),
]
