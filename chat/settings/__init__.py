"""What a person sets for a conversation: how its answers are asked for.

As they are stored, with a key only for what was set:

    {"system": text, "options": {name: value}, "format": "json" or a schema's text,
     "think": True, False or a level}
"""

from chat.settings.effect import parameters_for, summary
from chat.settings.fitting import fitted
from chat.settings.form import SettingsForm
from chat.settings.options import OPTIONS, Option
from chat.settings.think import LEVELS, USUAL_LEVEL, think_for, think_sent

__all__ = [
    "LEVELS",
    "OPTIONS",
    "USUAL_LEVEL",
    "Option",
    "SettingsForm",
    "fitted",
    "parameters_for",
    "summary",
    "think_for",
    "think_sent",
]
