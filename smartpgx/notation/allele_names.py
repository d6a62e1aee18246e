"""Canonical allele names of each gene, and the other names laboratories use for them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

_STAR = re.compile(r"\*(?P<number>\d+)(?P<letter>[A-Z]?)(?P<sub>\.\d+)?", re.IGNORECASE)
_COPIES = re.compile(r"(?P<star>\*[^+]+?)\s*[x×X](?P<copies>[Nn]|≥?\d+)")
_REFERENCE_WORDS = {"reference", "ref", "wild type", "wild-type", "wildtype", "wt"}
_RENAMED = {("SLCO1B1", "*1B")}
"""Old names whose number alone would name another allele: kept as they are, never shortened."""
_REPEATS = {("UGT1A1", "(TA)5"): "*36", ("UGT1A1", "(TA)6"): "*1", ("UGT1A1", "(TA)7"): "*28", ("UGT1A1", "(TA)8"): "*37"}
"""Promoter repeats of UGT1A1 (allele definitions: A(TA)nTAA)."""


class Named(NamedTuple):
    """``name`` in canonical form; ``known``: whether the tables have it; ``note``: what was changed, for a warning."""

    name: str
    known: bool
    note: str | None = None


class AlleleNames:
    """Names by gene. ``alleles``: gene -> allele names as the tables spell them."""

    def __init__(self, alleles: Mapping[str, Iterable[str]]) -> None:
        self._canonical: dict[str, dict[str, str]] = {}
        self._parts: dict[str, dict[frozenset[tuple[str, int]], str]] = {}
        for gene, names in alleles.items():
            table = self._canonical.setdefault(gene, {})
            listed = list(names)
            for name in listed:
                for alias in _aliases(name):
                    table.setdefault(_key(alias), name)
            for name in listed:
                table[_key(name)] = name
            self._parts[gene] = {_composition(name): name for name in listed if "+" in name and name.startswith("*")}

    def knows_gene(self, gene: str) -> bool:
        return gene in self._canonical

    def of_rsid(self, gene: str, rsid: str, base: str) -> str | None:
        """The allele that an rsID and a base name (``rs9923231 variant (T)``), if the gene's alleles are named that way."""
        table = self._canonical.get(gene, {})
        return table.get(f"{rsid}reference({base.casefold()})") or table.get(f"{rsid}variant({base.casefold()})")

    def rsid_of(self, gene: str) -> str | None:
        """The rsID of a gene whose two alleles are the two bases of one site."""
        for key in self._canonical.get(gene, {}):
            if key.startswith("rs") and "reference(" in key:
                return key.partition("reference(")[0]
        return None

    def name(self, gene: str, text: str) -> Named:
        """Canonical name of one allele; a name the tables do not have is kept, as ``known`` False."""
        table = self._canonical.get(gene)
        written = re.sub(r"\s+", " ", text.strip())
        if table is None:
            return Named(_core(written), known=False)
        for candidate in (_key(written), _key(_without_accession(written))):
            if candidate in table:
                return Named(table[candidate], known=True)
        if (gene, written) in _REPEATS:
            return Named(_REPEATS[gene, written], known=True)
        if written.casefold() in _REFERENCE_WORDS and "reference" in table:
            return Named(table["reference"], known=True)
        if "+" in written and written.startswith("*"):
            return self._tandem(gene, written)
        copies = _COPIES.fullmatch(written)
        if copies:
            single = self.name(gene, copies["star"])
            return Named(f"{single.name}x{copies['copies'].upper()}", single.known, single.note)
        return self._star(gene, table, written)

    def _star(self, gene: str, table: Mapping[str, str], written: str) -> Named:
        match = _STAR.fullmatch(written)
        if match is None:
            return Named(written, known=False)
        if match["sub"]:
            core = self.name(gene, f"*{match['number']}{match['letter']}")
            return Named(core.name, core.known)
        upper = written.upper()
        if match["letter"] and (gene, upper) not in _RENAMED and (found := table.get(f"*{match['number']}")):
            return Named(found, known=True, note=f"{upper} is an older name and was read as {found}")
        return Named(upper, known=False)

    def _tandem(self, gene: str, written: str) -> Named:
        parts = [self.name(gene, part) for part in written.split("+")]
        joined = "+".join(part.name for part in parts)
        notes = next((part.note for part in parts if part.note), None)
        found = self._parts.get(gene, {}).get(_composition(joined))
        return Named(found or joined, known=found is not None or all(part.known for part in parts), note=notes)


def _key(text: str) -> str:
    return re.sub(r"\s+", "", text).casefold()


def _core(text: str) -> str:
    match = _STAR.fullmatch(text)
    return f"*{match['number']}{match['letter'].upper()}" if match else text


def _without_accession(text: str) -> str:
    return re.sub(r"^N[MCG]_\d+(?:\.\d+)?(?:\([^()]*\))?:", "", text)


def _composition(name: str) -> frozenset[tuple[str, int]]:
    counts: dict[str, int] = {}
    for part in name.split("+"):
        copies = _COPIES.fullmatch(part.strip())
        star, number = (copies["star"], copies["copies"]) if copies else (part.strip(), "1")
        counts[star] = counts.get(star, 0) + (int(number) if number.isdigit() else 1000)
    return frozenset(counts.items())


def _aliases(name: str) -> Iterable[str]:
    """Other spellings that a table name implies: ``c.1905+1G>A (*2A)`` is also ``c.1905+1G>A`` and ``*2A``."""
    if name.startswith("c.") and " (" in name:
        change, _, rest = name.partition(" (")
        yield rest.rstrip(")")
        if "," not in change:
            yield change
    if name == "Reference":
        yield "*1"
    if name == "ivacaftor non-responsive CFTR sequence":
        yield "Reference"
    if "telti" in name.casefold():
        yield name.replace(", ", "/")
