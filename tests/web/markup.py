"""A page taken apart: its text, its headings, its tables, and what a screen reader or a strict policy would stumble over."""

from __future__ import annotations

from html.parser import HTMLParser

BLOCKS = {"td", "th", "p", "li", "h1", "h2", "h3", "div", "dt", "dd", "br", "tr", "caption", "span", "summary", "section"}
VOID = {"meta", "link", "input", "br", "path", "circle", "rect"}


class Page(HTMLParser):
    """Reads a page once; ``problems`` names what is wrong with it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text, self.title, self.headings, self.ids, self.tables = "", "", [], [], 0
        self.labels: set[str] = set()
        self.inputs: list[dict[str, str]] = []
        self.problems: list[str] = []
        self._open: list[tuple[str, dict[str, str], int]] = []
        self._table: dict[str, int] = {}
        self.feed(html)
        self._finish()

    def handle_starttag(self, tag, attrs):
        given = {k: v or "" for k, v in attrs}
        self.text += " " if tag in BLOCKS else ""
        if tag in ("script", "style") or "style" in given or any(k.startswith("on") for k in given):
            self.problems.append(f"{tag} with inline style or script")
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "html" and given.get("lang") != "en":
            self.problems.append("no language")
        if tag in ("h1", "h2", "h3"):
            self.headings.append(int(tag[1]))
        if tag == "label":
            self.labels.add(given.get("for", ""))
        if tag == "input" and given.get("type") != "hidden":
            self.inputs.append(given)
        if tag == "svg" and given.get("aria-hidden") != "true":
            self.problems.append("a picture is read out")
        self._in_table(tag, given)
        if tag not in VOID:
            self._open.append((tag, given, len(self.text)))

    def _in_table(self, tag, given):
        if tag == "table":
            self.tables += 1
            self._table = {"caption": 0, "th": 0}
        if tag in self._table:
            self._table[tag] += 1
        if tag == "th" and not given.get("scope"):
            self.problems.append("a table head without scope")

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        opened, _, start = self._open.pop()
        if opened != tag:
            self.problems.append(f"{opened} closed by {tag}")
        inner = self.text[start:].strip()
        if tag in ("a", "button", "summary", "h1", "h2", "h3", "caption", "th", "td") and not inner and tag != "td":
            self.problems.append(f"an empty {tag}")
        if tag == "title":
            self.title = inner
        if tag == "table" and (self._table.get("caption") != 1 or not self._table.get("th")):
            self.problems.append("a table without caption or heads")

    def handle_data(self, data):
        self.text += data

    def _finish(self):
        if self.headings.count(1) != 1:
            self.problems.append(f"{self.headings.count(1)} first headings")
        if any(b > a + 1 for a, b in zip(self.headings, self.headings[1:], strict=False)):
            self.problems.append("a level of headings is skipped")
        if not self.title:
            self.problems.append("no title")
        if len(self.ids) != len(set(self.ids)):
            self.problems.append("an id twice")
        self.problems += ["an input without label" for i in self.inputs if i.get("id") not in self.labels]
        self.text = " ".join(self.text.split())
