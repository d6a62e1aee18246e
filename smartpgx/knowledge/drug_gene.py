"""Drug-gene knowledge: alleles, definitions, phenotype rules, guidance, and what FDA says of inhibitors."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cached_property

import msgspec

from smartpgx.domain.advice import Action, Source
from smartpgx.knowledge.definitions import alleles, definitions, phenotype_rules, sites
from smartpgx.knowledge.schema import (
    AlleleRow,
    Definition,
    DrugRow,
    GuidanceRow,
    Interaction,
    PhenotypeRule,
    Reading,
    Relation,
    SiteKey,
)
from smartpgx.knowledge.shelf import Shelf


class DrugGene:
    """The drug_gene tables of a release. Each attribute is read at its first use."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    @cached_property
    def alleles(self) -> Mapping[str, Mapping[str, AlleleRow]]:
        """Gene -> allele -> row, for the 23 guideline genes; other spellings are in ``allele_aliases``."""
        return alleles(self._shelf)

    @cached_property
    def allele_aliases(self) -> Mapping[str, Mapping[str, str]]:
        """Gene -> other spelling -> allele name (G6PD Telti/Kobe, sub-alleles, bases of one-site genes)."""
        found: dict[str, dict[str, str]] = defaultdict(dict)
        for gene, alias, allele in self._shelf.rows("drug_gene/allele_aliases.csv"):
            found[gene][alias] = allele
        return dict(found)

    @cached_property
    def definitions(self) -> Mapping[str, Definition]:
        """Gene -> star-allele definition, for the 20 genes that have one."""
        return definitions(self._shelf)

    @cached_property
    def sites(self) -> Mapping[tuple[str, int], tuple[SiteKey, ...]]:
        """(RefSeq accession, 0-based position of the VCF-style ``pos``) -> defining sites there, on both builds."""
        return sites(self.definitions)

    @cached_property
    def phenotype_rules(self) -> Mapping[str, PhenotypeRule]:
        """Gene -> how two functions or activity values give a phenotype."""
        return phenotype_rules(self._shelf)

    @cached_property
    def hgnc(self) -> Mapping[str, str]:
        """HGNC id (``HGNC:2621``) -> gene symbol."""
        return {row[1]: row[0] for row in self._shelf.rows("drug_gene/genes.csv") if row[1]}

    @cached_property
    def readings(self) -> tuple[Reading, ...]:
        """What each source text makes the clinician do."""
        lines = self._shelf.content("drug_gene/readings.jsonl")
        return tuple(msgspec.json.Decoder(Reading).decode_lines(lines))

    @cached_property
    def guidance(self) -> Mapping[str, tuple[GuidanceRow, ...]]:
        """Drug name -> all its recommendation rows, in the order of the source; input errors included (see ``kind``)."""
        found: dict[str, list[GuidanceRow]] = defaultdict(list)
        for row in self._guidance_rows():
            found[row.drug].append(row)
        return {drug: tuple(rows) for drug, rows in found.items()}

    def _guidance_rows(self) -> Iterator[GuidanceRow]:
        readings = {(each.text_id, each.only_for): each for each in self.readings}
        actions = {key: tuple(_action(each) for each in reading.actions) for key, reading in readings.items()}
        guidelines = {row[0]: row for row in self._shelf.rows("drug_gene/guidelines.csv")}
        decode = msgspec.json.Decoder(dict[str, tuple[str, ...]]).decode
        for id_, source, drug, conditions, population, strength, text, implication, guideline, version in self._shelf.rows(
            "drug_gene/guidance.csv"
        ):
            key = (text, drug) if (text, drug) in readings else (text, None)
            reading, about, row = readings[key], guidelines[guideline], self.drugs.get(drug)
            yield GuidanceRow(
                id=id_,
                source=Source(name=source, id=id_, url=about[6] or None, pmids=_split(about[4]), version=version),
                drug=drug,
                rxcui=row.rxcui if row else None,
                conditions=decode(conditions),
                population=population,
                strength=strength or None,
                status=reading.status,
                kind=reading.kind,
                actions=actions[key],
                text_id=text,
                implication_id=implication,
                conditions_in_text=reading.conditions_in_text,
                sure=reading.sure,
                note=reading.note,
            )

    @cached_property
    def relations(self) -> tuple[Relation, ...]:
        """All published gene-drug relations, with CPIC's and ClinPGx's levels."""
        return tuple(
            Relation(gene=gene, drug=drug, cpic_level=cpic or None, clinpgx_level=clinpgx or None,
                     used_for_recommendation={"1": True, "0": False}.get(used), source=source)
            for gene, drug, cpic, clinpgx, used, source in self._shelf.rows("drug_gene/relations.csv")
        )  # fmt: skip

    @cached_property
    def drugs(self) -> Mapping[str, DrugRow]:
        """Drug name -> row, for every drug of the guidance, the relations and the source's drug list."""
        levels: dict[str, dict[str, str]] = defaultdict(dict)
        for each in self.relations:
            level = f"CPIC {each.cpic_level}" if each.cpic_level else f"ClinPGx {each.clinpgx_level or 'unrated'}"
            levels[each.drug][each.gene] = level
        parts = {
            row[0]: _split(row[2], ";") for row in self._shelf.rows("medicines/names.csv") if row[1] in ("combination", "salt")
        }
        found: dict[str, DrugRow] = {}
        for name, rxcui, atc in self._shelf.rows("drug_gene/drugs.csv"):
            inside = parts.get(name) or ((rxcui,) if rxcui else ())
            found[name] = DrugRow(
                name=name, rxcui=rxcui or None, atc=_split(atc), relations=levels.pop(name, {}), ingredients=inside
            )
        found.update((name, DrugRow(name=name, relations=relations)) for name, relations in levels.items())
        return found

    @cached_property
    def drug_by_rxcui(self) -> Mapping[str, DrugRow]:
        """RxCUI of the ingredient or combination -> drug. Where two names share a code: the guided one, relations of both."""
        found: dict[str, DrugRow] = {}
        for row in sorted(self.drugs.values(), key=lambda row: (row.name in self._guided, bool(row.relations))):
            if row.rxcui:
                other = found.get(row.rxcui)
                both = {**other.relations, **row.relations} if other else row.relations
                found[row.rxcui] = msgspec.structs.replace(row, relations=both)
        for row in self.drugs.values():
            if len(row.ingredients) == 1:
                found.setdefault(row.ingredients[0], row)
        return found

    @cached_property
    def _guided(self) -> frozenset[str]:
        return frozenset(row[2] for row in self._shelf.rows("drug_gene/guidance.csv"))

    @cached_property
    def interactions(self) -> tuple[Interaction, ...]:
        """FDA's examples: inhibitors, inducers and substrates of enzymes and transporters."""
        rows = (
            {"drug": drug, "rxcuis": _split(rxcui, ";"), "enzyme": enzyme, "role": role, "strength": strength or None,
             "footnotes": _split(notes)}
            for drug, rxcui, enzyme, role, strength, notes in self._shelf.rows("drug_gene/interactions.csv")
        )  # fmt: skip
        return tuple(msgspec.convert(row, Interaction) for row in rows)

    @cached_property
    def inhibitors(self) -> Mapping[str, tuple[Interaction, ...]]:
        """Ingredient name -> the enzymes it inhibits, each with its strength (None: FDA gives none)."""
        return self._by_role("inhibitor")

    @cached_property
    def inducers(self) -> Mapping[str, tuple[Interaction, ...]]:
        """Ingredient name -> the enzymes it induces, each with its strength."""
        return self._by_role("inducer")

    def _by_role(self, role: str) -> Mapping[str, tuple[Interaction, ...]]:
        found: dict[str, tuple[Interaction, ...]] = {}
        for each in self.interactions:
            if each.role == role:
                found[each.drug] = (*found.get(each.drug, ()), each)
        return found


def _split(text: str, mark: str = "|") -> tuple[str, ...]:
    return tuple(text.split(mark)) if text else ()


def _action(raw: Mapping[str, object]) -> Action:
    return msgspec.convert({"code": raw["code"], "parameters": {key: raw[key] for key in raw if key != "code"}}, Action)
