"""An ASI 2 file -> an algorithm ready to run. Everything that could fail later fails here, with drug, rule and position."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element

from smartpgx.domain.codes import Letter
from smartpgx.errors import RowInvalid
from smartpgx.knowledge.asi import document
from smartpgx.knowledge.asi.algorithm import (
    AsiAlgorithm,
    CommentRule,
    CommentText,
    DrugRules,
    GeneRules,
    Level,
    LevelComment,
    LevelRule,
    Partial,
    Ranges,
    ScoreItem,
    ScoreRule,
    index,
)
from smartpgx.knowledge.asi.expressions import Boolean, Highest, Residue, Scored, ScoreFrom, residues
from smartpgx.knowledge.asi.grammar import parse, parse_boolean

_LETTERS: Mapping[str, Letter] = {"S": "S", "I": "I", "R": "R"}
_LISTED = re.compile(r"\$listMutsIn\{\s*(\d+)\s*\(\s*NOT\s+([A-Za-z]+)\s*\)\s*\}")
_COMPARISONS = ("EQ", "NEQ", "LT", "LTE", "GT", "GTE")


def compile_algorithm(xml: bytes) -> AsiAlgorithm:
    """Compile an ASI file. RowInvalid names the drug, the rule and the character where it cannot be understood."""
    root = document.root(xml)
    name = document.needed(root, "ALGNAME", "ASI file")
    definitions = root.find("DEFINITIONS")
    if definitions is None:
        raise RowInvalid("ASI file: <DEFINITIONS> is missing")
    levels = {level.order: level for level in _levels(definitions)}
    default = (
        document.whole(definitions, "DEFAULT_LEVEL", "DEFINITIONS")
        if definitions.find("DEFAULT_LEVEL") is not None
        else min(levels)
    )
    builder = _Builder(root, definitions, levels)
    comments = dict(_comment_texts(definitions))
    algorithm = AsiAlgorithm(
        name=name,
        version=document.text(root, "ALGVERSION") or "",
        date=document.text(root, "ALGDATE"),
        virus=_virus(name),
        digest=hashlib.sha256(xml).hexdigest(),
        levels=levels,
        default_level=default,
        genes=builder.genes(),
        comments=comments,
        level_comments=tuple(_level_comments(root)),
    )
    algorithm.level(default, "DEFAULT_LEVEL")
    _check_references(algorithm)
    return algorithm


def _virus(name: str) -> str:
    if re.search(r"HIV-?_?2", name, re.IGNORECASE):
        return "HIV-2"
    return "HBV" if "HBV" in name.upper() else "HIV-1"


def _levels(definitions: Element) -> Iterator[Level]:
    found = definitions.findall("LEVEL_DEFINITION")
    if not found:
        raise RowInvalid("DEFINITIONS: <LEVEL_DEFINITION> is missing")
    for element in found:
        order = document.whole(element, "ORDER", "LEVEL_DEFINITION")
        where = f"LEVEL_DEFINITION {order}"
        letter = document.needed(element, "SIR", where)
        if letter not in _LETTERS:
            raise RowInvalid(f"{where}: <SIR> is {letter!r}, not S, I or R")
        yield Level(order=order, text=document.needed(element, "ORIGINAL", where), letter=_LETTERS[letter])


def _comment_texts(definitions: Element) -> Iterator[tuple[str, CommentText]]:
    for element in definitions.iterfind("COMMENT_DEFINITIONS/COMMENT_STRING"):
        words = document.text(element, "TEXT") or ""
        listed = tuple((int(position), letters) for position, letters in _LISTED.findall(words))
        yield element.get("id", ""), CommentText(text=words, listed=listed)


def _level_comments(root: Element) -> Iterator[LevelComment]:
    for number, rule in enumerate(root.iterfind("RESULT_COMMENTS/RESULT_COMMENT_RULE"), 1):
        where = f"RESULT_COMMENT_RULE {number}"
        conditions = []
        for element in rule.iter("DRUG_LEVEL_CONDITION"):
            drug = document.needed(element, "DRUG_NAME", where)
            conditions += [
                (drug, tag, document.whole(element, tag, where)) for tag in _COMPARISONS if element.find(tag) is not None
            ]
        yield LevelComment(id=_reference(rule.find("LEVEL_ACTION/COMMENT"), where), conditions=tuple(conditions))


def _reference(element: Element | None, where: str) -> str:
    if element is None or not element.get("ref"):
        raise RowInvalid(f"{where}: it refers to no comment")
    return element.get("ref", "")


def _check_references(algorithm: AsiAlgorithm) -> None:
    used = [rule.id for gene in algorithm.genes.values() for rule in gene.comments] + [c.id for c in algorithm.level_comments]
    for identifier in used:
        if identifier not in algorithm.comments:
            raise RowInvalid(f"comment {identifier!r} is referred to and not defined")


class _Builder:
    """Collects the drugs of each gene and what their rules compile to."""

    def __init__(self, root: Element, definitions: Element, levels: Mapping[int, Level]) -> None:
        self.root, self.levels = root, levels
        self.drugs = {document.needed(d, "NAME", "DRUG"): d for d in root.findall("DRUG")}
        self.classes = {
            document.needed(c, "NAME", "DRUGCLASS"): document.names(document.text(c, "DRUGLIST"))
            for c in definitions.findall("DRUGCLASS")
        }
        self.gene_classes = {
            document.needed(g, "NAME", "GENE_DEFINITION"): document.names(document.text(g, "DRUGCLASSLIST"))
            for g in definitions.findall("GENE_DEFINITION")
        }
        shared = document.text(definitions, "GLOBALRANGE")
        self.shared = self._ranges(shared, "GLOBALRANGE") if shared else None

    def genes(self) -> dict[str, GeneRules]:
        placed = {drug for members in self.classes.values() for drug in members}
        if homeless := sorted(set(self.drugs) - placed):
            raise RowInvalid(f"drug {homeless[0]}: it is in no <DRUGCLASS>")
        return {gene: self._gene(gene, classes) for gene, classes in self.gene_classes.items()}

    def _gene(self, gene: str, classes: tuple[str, ...]) -> GeneRules:
        made = _GeneParts()
        for drug_class in classes:
            if drug_class not in self.classes:
                raise RowInvalid(f"gene {gene}: drug class {drug_class!r} is not defined")
            for name in self.classes[drug_class]:
                self._drug(made, name, drug_class)
        comments, comment_conditions = self._comments(gene)
        return GeneRules(
            gene=gene,
            drugs=tuple(made.drugs),
            score_rules=tuple(made.score_rules),
            score_items=tuple(made.score_items),
            score_index=index(made.score_conditions),
            level_rules=tuple(made.level_rules),
            level_index=index(made.level_conditions),
            comments=comments,
            comment_index=index(comment_conditions),
        )

    def _drug(self, made: _GeneParts, name: str, drug_class: str) -> None:
        element = self.drugs.get(name)
        rules = [] if element is None else element.findall("RULE")
        drug, scored = len(made.drugs), False
        for number, rule in enumerate(rules, 1):
            where = f"drug {name}, rule {number}"
            condition = rule.findtext("CONDITION")
            if not condition or not condition.strip():
                raise RowInvalid(f"{where}: <CONDITION> is missing or empty")
            statement = parse(condition, where)
            if isinstance(statement, ScoreFrom):
                scored = True
                made.score(drug, statement, self._range_of(rule, where))
            else:
                made.level(drug, statement, self._known(document.whole(rule, "ACTIONS/LEVEL", where), where))
        full_name = (document.text(element, "FULLNAME") if element is not None else None) or name
        ruled = bool(rules) and not (scored and made.all_zero(drug))
        made.drugs.append(DrugRules(name=name, full_name=full_name, drug_class=drug_class, scored=scored, ruled=ruled))

    def _range_of(self, rule: Element, where: str) -> Ranges:
        element = rule.find("ACTIONS/SCORERANGE")
        if element is None:
            raise RowInvalid(f"{where}: a score needs a <SCORERANGE>")
        if element.find("USE_GLOBALRANGE") is None:
            return self._ranges(" ".join((element.text or "").split()), where)
        if self.shared is None:
            raise RowInvalid(f"{where}: it uses the <GLOBALRANGE>, which is missing")
        return self.shared

    def _ranges(self, listed: str, where: str) -> Ranges:
        found = sorted(document.ranges(listed, where))
        for (_, high, _), (low, _, _) in zip(found, found[1:], strict=False):
            if low <= high:
                raise RowInvalid(f"{where}: score ranges overlap at {low:g}")
        return Ranges(lows=tuple(low for low, _, _ in found), levels=tuple(self._known(level, where) for _, _, level in found))

    def _known(self, level: int, where: str) -> int:
        if level not in self.levels:
            raise RowInvalid(f"{where}: level {level} is not defined")
        return level

    def _comments(self, gene: str) -> tuple[tuple[CommentRule, ...], list[Boolean]]:
        rules, conditions = [], []
        for element in self.root.iterfind("MUTATION_COMMENTS/GENE"):
            if document.text(element, "NAME") != gene:
                continue
            for number, rule in enumerate(element.findall("RULE"), 1):
                where = f"comments of {gene}, rule {number}"
                condition = parse_boolean(rule.findtext("CONDITION") or "", where)
                identifier = _reference(rule.find("ACTIONS/COMMENT"), where)
                rules.append(CommentRule(id=identifier, positions=_positions(condition)))
                conditions.append(condition)
        return tuple(rules), conditions


class _GeneParts:
    """The growing lists of one gene."""

    def __init__(self) -> None:
        self.drugs: list[DrugRules] = []
        self.score_rules: list[ScoreRule] = []
        self.score_items: list[ScoreItem] = []
        self.score_conditions: list[Boolean] = []
        self.level_rules: list[LevelRule] = []
        self.level_conditions: list[Boolean] = []
        self.groups = 0

    def score(self, drug: int, statement: ScoreFrom, ranges: Ranges) -> None:
        rule = len(self.score_rules)
        self.score_rules.append(ScoreRule(drug=drug, ranges=ranges))
        for item in statement.items:
            for one in item.items if isinstance(item, Highest) else (item,):
                self._item(one, rule)
            self.groups += 1

    def _item(self, item: Scored, rule: int) -> None:
        self.score_conditions.append(item.condition)
        partial = Partial(_bits(item.condition), item.value)
        self.score_items.append(ScoreItem(value=item.value, group=self.groups, rule=rule, partial=partial))

    def all_zero(self, drug: int) -> bool:
        """Whether every score of a drug is 0: a placeholder, under which everything would look susceptible."""
        return not any(item.value for item in self.score_items if self.score_rules[item.rule].drug == drug)

    def level(self, drug: int, condition: Boolean, level: int) -> None:
        self.level_conditions.append(condition)
        self.level_rules.append(LevelRule(drug=drug, level=level, partial=Partial(_bits(condition), None)))


def _bits(condition: Boolean) -> tuple[tuple[int, int], ...]:
    """Position and letters of the residues that speak for the condition, by position."""
    joined: dict[int, int] = {}
    for residue in residues(condition):
        if isinstance(residue, Residue):
            joined[residue.position] = joined.get(residue.position, 0) | residue.bits
    return tuple(sorted(joined.items()))


def _positions(condition: Boolean) -> tuple[int, ...]:
    return tuple(sorted({residue.position for residue in residues(condition)}))
