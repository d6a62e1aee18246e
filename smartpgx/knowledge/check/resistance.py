"""The resistance tables: the algorithm compiles without texts, and its drugs, genes and comments are the tables' own."""

from __future__ import annotations

import re
from collections.abc import Iterator

from smartpgx.errors import RowInvalid
from smartpgx.knowledge.check.faults import Fault, lines, unknown
from smartpgx.knowledge.resistance import HIVDB, Resistance
from smartpgx.knowledge.shelf import Shelf

DRUGS = ("code", "asi_names", "name", "rxcui", "atc", "drug_class", "source")
CONSENSUS = ("gene", "hxb2_nucleotides", "amino_acids")
TYPES = ("gene", "drug_class", "position", "amino_acids", "type", "unusual")
COMMENTS = ("id", "gene", "drug_class", "condition_type", "condition", "date")
_DRUG_LIST = re.compile(rb"<DRUGLIST>(.*?)</DRUGLIST>")
_COMMENT_ID = re.compile(rb'<COMMENT_STRING id="(.*?)">')
_TEXT = re.compile(rb"<TEXT>(?!</TEXT>)")
_ACIDS = re.compile(r"[ACDEFGHIKLMNPQRSTVWY]+")


def faults(shelf: Shelf) -> Iterator[Fault]:
    """Faults of the HIV tables and of the shipped algorithm file."""
    xml = shelf.content(HIVDB)
    if (text := _TEXT.search(xml)) is not None:
        row = xml[: text.start()].count(b"\n") + 1
        yield Fault(file=HIVDB, row=row, column="TEXT", message="holds a text of the source; texts are not shipped")
    listed = {name for names in _DRUG_LIST.findall(xml) for name in names.decode().split(",")}
    comments = {name.decode() for name in _COMMENT_ID.findall(xml)}
    yield from _drugs(shelf, listed)
    yield from _genes(shelf)
    table, wrong = lines(shelf, "resistance/hiv_comments.csv", COMMENTS)
    yield from wrong
    for line in table:
        yield from line.known("id", comments, "comment")
    try:
        _ = Resistance(shelf).hivdb
    except RowInvalid as error:
        yield Fault(file=HIVDB, message=f"does not compile: {error.message}")


def _drugs(shelf: Shelf, listed: set[str]) -> Iterator[Fault]:
    table, wrong = lines(shelf, "resistance/hiv_drugs.csv", DRUGS)
    yield from wrong
    for line in table:
        yield from line.known("code", listed, "drug of the algorithm")
        yield from line.number("rxcui", empty=True)
    for name in sorted(listed - {line["code"] for line in table}):
        yield Fault(file="resistance/hiv_drugs.csv", column="code", message=f"no row for {name} of the algorithm")


def _genes(shelf: Shelf) -> Iterator[Fault]:
    table, wrong = lines(shelf, "resistance/hiv_consensus.csv", CONSENSUS)
    yield from wrong
    lengths = {line["gene"]: len(line["amino_acids"]) for line in table}
    for line in table:
        if not _ACIDS.fullmatch(line["amino_acids"]):
            yield line.fault("amino_acids", "not a sequence of the twenty amino acids")
    types, wrong_types = lines(shelf, "resistance/hiv_mutation_types.csv", TYPES)
    yield from wrong_types
    for line in types:
        yield from line.known("gene", lengths, "gene")
        yield from line.number("position")
        if line["position"].isdigit() and int(line["position"]) > lengths.get(line["gene"], 0):
            yield line.fault("position", unknown("position", line["position"], ()))
