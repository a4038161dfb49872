"""What a reader of a page sees or hears of it."""

from html.parser import HTMLParser

# The same in every language: the product, and what is typed into a console.
NAMES = {"Webchat", "· Webchat", "ollama pull llama3.2", "Ollama", "Markdown", "HTML", "JSON"}
SPOKEN = {"alt", "aria-description", "aria-label", "aria-roledescription", "placeholder", "title"}


class Words(HTMLParser):
    """Collects the words of a page that a reader sees or hears."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._silent = False

    def handle_starttag(self, tag, attrs):
        self._silent = tag in ("script", "style")
        for name, value in attrs:
            if name in SPOKEN:
                self.handle_data(value or "")

    def handle_endtag(self, tag):
        self._silent = False

    def handle_data(self, data):
        words = data.strip()
        if not self._silent and any(map(str.isalpha, words)) and words not in NAMES:
            self.found.append(words)


def words_of(html: str) -> list[str]:
    """The pieces of text on a page, in their order, but for names."""
    parser = Words()
    parser.feed(html)
    parser.close()
    return parser.found
