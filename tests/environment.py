"""Loaded before the settings: every test session has a data folder of its own, so several can run at once."""

import os
import tempfile

os.environ["WEBCHAT_DATA_DIR"] = tempfile.mkdtemp(prefix="webchat-test-")
