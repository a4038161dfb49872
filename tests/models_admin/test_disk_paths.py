import pytest

from models_admin.board.disk_paths import without_disk_paths

DIGEST = "14b7536a81f73fdc49648f92ce9dc35bad52d088db10645825f51f3a670111d5"


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (f"FROM /usr/share/ollama/blobs/sha256-{DIGEST}", "FROM @sha256:14b7536a81f7…"),
        (f"FROM C:\\Users\\Ann\\blobs\\sha256-{DIGEST}", "FROM @sha256:14b7536a81f7…"),
        ('FROM "/home/ann/a model.gguf"', "FROM …"),
        ("ADAPTER ./lora.gguf", "ADAPTER …"),
        ("# FROM /home/ann/x", "# FROM …"),
        ("  from ~/x", "  from …"),
        ("/home/ann/model.gguf", "…"),
        ("C:\\models\\x", "…"),
    ],
)
def test_paths_are_taken_out(line, shown):
    assert without_disk_paths(line) == shown


@pytest.mark.parametrize(
    "line",
    [
        "# FROM pip:latest",
        "FROM hf.co/team/pip:Q4_K_M",
        "SYSTEM Look at https://example.org/a/b and /etc is a folder.",
        'TEMPLATE """{{ .Prompt }}"""',
        "https://huggingface.co/team/pip",
        "2e-05",
        "",
    ],
)
def test_all_else_stays(line):
    assert without_disk_paths(line) == line
