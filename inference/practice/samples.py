"""Text that shows every kind of Markdown, in sections that can be asked for by name."""

HEADINGS = """\
# A heading of the first level

## The second level

### The third level

#### The fourth level

A paragraph with *emphasis*, **strong words**, ~~struck out~~ ones and `inline code`. A line that
ends in a backslash is broken here,\\
and goes on.

---
"""

LISTS = """\
- apples
- pears
  - Williams
  - Conference
    1. green
    2. brown
- plums

1. first
2. second

   A paragraph inside the second.
3. third

- [x] done
- [ ] to do
"""

TABLE = """\
| Model | Size | Context |
|:------|-----:|:-------:|
| `practice` | 2.0 GB | 8192 |
| `practice-think` | 5.2 GB | 32 768 |
| `practice-embed` | 274 MB | 2048 |
"""

CODE = '''\
```python
def greet(name: str) -> str:
    """Say hello."""
    return f"Hello, {name}!"  # <b>not bold</b>
```

```javascript
const greet = (name) => `Hello, ${name}!`
document.title = greet("you") && "<script>alert(1)</script>"
```

```sql
SELECT name, count(*) FROM message WHERE text LIKE '%llama%' GROUP BY name;
```

```
no language is named here
```

    four spaces make code too
'''

MATHS = r"""The roots are $x = \frac{-b \pm \sqrt{b^2 - 4ac}}{2a}$, and also \(e^{i\pi} + 1 = 0\).

$$
\int_0^\infty e^{-x^2}\,dx = \frac{\sqrt{\pi}}{2}
$$

\[
\sum_{n=1}^{\infty} \frac{1}{n^2} = \frac{\pi^2}{6}
\]

It costs $5 or $6, which is no maths.
"""

LINKS = """\
A [link](https://example.com/ "with a title"), a [reference][one], <https://example.org/>, and an
image that is on another host: ![a llama](https://example.com/llama.png)

A statement with a footnote.[^1] Another one.[^more]

[one]: https://example.net/reference
[^1]: The footnote.
[^more]: A longer one, with `code` in it.
"""

QUOTES = """\
> Somebody said this.
>
> > And somebody had said that before.
>
> - even in a list
"""

LANGUAGES = """\
Emoji: 🦙 🎉 👩‍💻 🏳️‍🌈 ✅ 👍🏽

English, Français, Ελληνικά, Русский, 日本語, 中文, हिन्दी

العربية: صباح الخير، هذا سطر من اليمين إلى اليسار.

עברית: בוקר טוב, השורה הזאת נכתבת מימין לשמאל.
"""

HTML = """\
<b>This is raw HTML</b> and <script>alert("shown, not run")</script> is shown as it is written.
"""

LONG_LINE = (
    "A word without a break: " + "Donaudampfschifffahrtsgesellschaft" * 9 + "\n\n"
    "`" + "https://example.com/a/path/that/does/not/end" * 6 + "`\n"
)

# In the order in which "show me markdown" shows them; the words by which each is asked for.
SECTIONS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("heading", "paragraph", "emphasis"), HEADINGS),
    (("list", "bullet", "task"), LISTS),
    (("table",), TABLE),
    (("code", "python", "javascript", "sql"), CODE),
    (("math", "formula", "latex"), MATHS),
    (("link", "footnote", "image in the text"), LINKS),
    (("quote",), QUOTES),
    (("emoji", "language", "unicode", "right-to-left", "right to left"), LANGUAGES),
    (("html", "script"), HTML),
    (("long line", "long word"), LONG_LINE),
)


def everything() -> str:
    return "\n".join(text for _, text in SECTIONS)


def asked_for(question: str) -> str:
    """The sections that a question such as "show me a table" names; "" for none."""
    words = question.lower()
    if "markdown" in words:
        return everything()
    if "show" not in words:
        return ""
    return "\n".join(text for names, text in SECTIONS if any(name in words for name in names))


def long_answer(paragraphs: int) -> str:
    """Numbered paragraphs, so that one sees whether a piece is missing."""
    sentence = (
        "It says nothing, and it says it at length, so that you can watch it come, stop it, scroll "
        "away from its end and back, close the page and open it again."
    )
    parts = [
        f"**Paragraph {number} of {paragraphs}.** {sentence}"
        for number in range(1, paragraphs + 1)
    ]  # fmt: skip
    return "\n\n".join(parts)
