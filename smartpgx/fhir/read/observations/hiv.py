"""HIV-1 mutation lists per gene. "None" is a sequenced gene without mutations; a gene not reported was not sequenced."""

from __future__ import annotations

import re

from smartpgx.domain.chart import Mutation, Organism
from smartpgx.fhir.read.elements import text, value_words, words
from smartpgx.fhir.read.findings import Findings
from smartpgx.fhir.read.observations.isolates import result
from smartpgx.fhir.read.observations.view import View
from smartpgx.notation.hiv_mutations import parse

HIV1 = Organism(text="Human immunodeficiency virus type 1", snomed="89293008")

_GENES = (
    ("RT", re.compile(r"reverse transcriptase|\bRT\b|HIVRT")), ("PR", re.compile(r"protease|\bPR(?:O|OT)?\b|HIVPR")),
    ("IN", re.compile(r"integrase|\bIN(?:T)?\b|HIVIN")), ("CA", re.compile(r"capsid|\bCA\b|HIVCA")),
)  # fmt: skip
_NONE = re.compile(
    r"none|no (?:resistance )?mutations?(?: (?:detected|found|identified))?|none (?:detected|found)|not detected|"
    r"wild[ -]?type|nil|-",
    re.IGNORECASE,
)
_FAILED = re.compile(
    r"\b(?:not amplif\w*|unable|failed|insufficient|not sequenced|not tested|no result|pending|indeterminate|"
    r"low viral load|cannot|error)\b",
    re.IGNORECASE,
)


def genes_named(name: str) -> tuple[str, ...]:
    """HIV-1 genes that a name speaks of, in the order RT, PR, IN, CA."""
    return tuple(gene for gene, pattern in _GENES if pattern.search(name))


def read(view: View, findings: Findings) -> None:
    """A mutation list: its gene from the code, or from each mutation's own prefix, or one component per gene."""
    found: list[Mutation] = []
    sequenced: list[str] = []
    lists = [(genes_named(words(each.get("code"))), next(iter(value_words(each)), "")) for _, each in view.named_components]
    lists = [each for each in lists if each[0] and each[1]]
    if view.value_words:
        lists.append((genes_named(view.code_words), view.value_words[0]))
    if not lists:
        view.gap("HIV-1 mutations", "no_answer", "This HIV-1 genotype result holds no list of mutations.")
        return
    for named, said in lists:
        _read_list(view, named, said, found, sequenced)
    if found or sequenced:
        findings.cultures.results.append(
            result(view, implied=HIV1, mutations=tuple(found), sequenced=tuple(dict.fromkeys(sequenced)))
        )


def _read_list(view: View, named: tuple[str, ...], said: str, found: list[Mutation], sequenced: list[str]) -> None:
    what = f"HIV-1 {'/'.join(named)} mutations" if named else "HIV-1 mutations"
    if _FAILED.search(said):
        view.gap(what, "not_sequenced", "The laboratory could not sequence this gene.")
        return
    if _NONE.fullmatch(said.strip(" .")):
        sequenced += named
        return
    unread = 0
    before = len(found)
    for token in tokens(said):
        read = parse(token)
        gene = (read.gene if read else None) or (named[0] if len(named) == 1 else None)
        if gene is None:
            unread += 1
            continue
        unread += read is None
        found.append(Mutation(gene=gene, change=token, source=view.source))
        sequenced.append(gene)
    if len(named) == 1 and len(found) > before:
        sequenced += named
    if unread:
        view.gap(what, "unreadable", f"{unread} of the mutations reported here could not be read with certainty.")


def tokens(said: str) -> list[str]:
    """Single mutations of a list, however it is separated; a gene named once in front (``RT: M41L, M184V``) goes to each."""
    found: list[str] = []
    for block in re.split(r"\n|\|(?=\s)", said):
        prefix = ""
        if match := re.match(r"\s*(RT|PR|IN|CA|PRO|INT)\s*:\s+", block):
            prefix, block = f"{match[1]}:", block[match.end() :]
        for part in re.split(r"[,;]|\band\b", block):
            pieces = part.split()
            joined = "".join(pieces)
            whole = len(pieces) <= 1 or (len(pieces) == 2 and parse(pieces[1]) is None and parse(joined) is not None)
            found += [prefix + each for each in ([joined] if whole else pieces) if each]
    return [text(each).strip(".") for each in found if text(each).strip(".")]
