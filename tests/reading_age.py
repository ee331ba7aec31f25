"""How old one must be to read a page, by the Automated Readability Index.

E. A. Smith and R. J. Senter, Automated Readability Index, AMRL-TR-66-220 (1967): 4.71 times the
letters of a word plus half the words of a sentence, less 21.43, is a school year of the United
States; five more is an age. It counts letters and words, so it is the same on every machine. It
knows nothing of how hard a word is to understand: it finds long sentences and long words.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

LEFT_OUT = {"script", "style", "select", "table", "header", "footer", "nav", "code", "iframe",
            "svg", "title"}  # fmt: skip
"""What is no running text: data, names of choices, and what stands around every page."""
INSIDE = {"a", "strong", "em", "span", "q", "small", "b", "i", "abbr"}
VOID = {"br", "input", "meta", "link", "img", "hr", "path", "use"}
ADDRESS = re.compile(r"\b\S+@\S+\b|\bhttps?://\S+|\b\d[\d ]{2,}\b|\b[A-Z]{1,2}\d\w* ?\d\w\w\b")


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag not in VOID and (self.depth or tag in LEFT_OUT):
            self.depth += 1
        elif tag not in INSIDE:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if self.depth:
            self.depth -= tag not in VOID
        elif tag not in INSIDE:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.depth:
            self.parts.append(re.sub(r"\s+", " ", data))


def sentences(html: str) -> list[list[str]]:
    """The words of each sentence of a page; a heading, a label or an item of a list is one too."""
    reader = _Text()
    reader.feed(html)
    lines = "".join(reader.parts).split("\n")
    told = [part for line in lines for part in re.split(r"(?<=[.?!:])\s", ADDRESS.sub(" ", line))]
    found = [re.findall(r"[^\W\d_]+(?:['’-][^\W\d_]+)*", each) for each in told]
    return [words for words in found if words]


def age(told: list[list[str]]) -> float:
    """The reading age of these sentences, in years."""
    words = [word for each in told for word in each]
    letters = sum(len(word) for word in words)
    grade = 4.71 * letters / len(words) + 0.5 * len(words) / len(told) - 21.43
    return grade + 5
