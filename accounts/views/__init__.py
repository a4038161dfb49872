"""The pages of the entrance."""

from accounts.views.entering import sign_in, sign_out
from accounts.views.first_start import set_up
from accounts.views.own_password import password

__all__ = ["password", "set_up", "sign_in", "sign_out"]
