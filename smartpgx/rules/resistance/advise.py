"""Advice per antiretroviral of the record, from the letter the virus has for it, with the regimen in view."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from smartpgx.domain.advice import About, Action, Alternative, Recommendation, Source, TraceStep
from smartpgx.domain.called import Drug, DrugCall, IsolateCall
from smartpgx.domain.chart import Chart, Gap, Reference
from smartpgx.domain.codes import NoResultReason, Status
from smartpgx.domain.scope import Scope
from smartpgx.rules.identity import digest, drug_key
from smartpgx.rules.resistance.medicines import HivMedicine, hiv_medicines, precise
from smartpgx.rules.resistance.regimen import HLA_ABACAVIR, KEEPS_ITS_PLACE, hepatitis_b
from smartpgx.rules.resistance.tables import ResistanceTables
from smartpgx.rules.resistance.virus import HIV1, is_hiv1

_WORST = "RIUS"
"""Which of several isolates leads: resistance found once is archived, so a later S does not undo it."""

_TABLE = "resistance/HIVDB_{version}.xml"


class _Judged(Struct, frozen=True, kw_only=True):
    """A medicine with the call that leads for it, the isolate of that call, and the others it stands for."""

    medicine: HivMedicine
    call: DrugCall | None
    isolate: IsolateCall | None

    @property
    def letter(self) -> str:
        return self.call.interpretation if self.call else "U"


def advise(
    chart: Chart, isolates: Sequence[IsolateCall], knowledge: ResistanceTables, scope: Scope
) -> tuple[tuple[Recommendation, ...], tuple[Gap, ...]]:
    """One recommendation per antiretroviral in scope, by the shipped algorithm.

    R: change (the regimen), I: monitor, S: standard, nothing known: no_result. M184V/I with lamivudine or emtricitabine is
    monitor, whatever the letter. With several HIV-1 isolates the most resistant letter leads.
    """
    viruses = [isolate for isolate in isolates if is_hiv1(isolate.organism)]
    judged = [_leading(medicine, viruses, knowledge) for medicine in _wanted(chart, knowledge, scope)]
    regimen = [one for one in judged if one.medicine.active]
    made = tuple(_recommend(one, chart, regimen, viruses, knowledge) for one in judged)
    gaps = tuple(_no_rules(one.medicine) for one in judged if one.medicine.row is None)
    return made, gaps


def _wanted(chart: Chart, knowledge: ResistanceTables, scope: Scope) -> Iterator[HivMedicine]:
    recorded = hiv_medicines(chart, knowledge)
    if scope.drugs == "record":
        yield from recorded
        return
    if scope.drugs == "all":
        yield from recorded
    names = None if scope.drugs == "all" else {name.casefold() for name in scope.drugs}
    if names is not None:
        yield from (medicine for medicine in recorded if medicine.drug.name in names)
    here = {medicine.drug.name for medicine in recorded}
    for row in precise(knowledge.hiv_drugs):
        if row.name not in here and (names is None or {row.name.casefold(), row.code.casefold()} & names):
            yield HivMedicine(drug=Drug(name=row.name, rxcui=row.rxcui, code=row.code), row=row, orders=(), active=False)


def _leading(medicine: HivMedicine, viruses: Sequence[IsolateCall], knowledge: ResistanceTables) -> _Judged:
    """The call of the most resistant isolate; of equals the newest."""
    label = knowledge.hivdb.label
    found = [
        (call, isolate)
        for isolate in sorted(viruses, key=lambda one: one.collected or "", reverse=True)
        for call in isolate.drugs
        if medicine.row is not None and call.algorithm == label and call.drug.code == medicine.row.code
    ]
    call, isolate = min(found, key=lambda pair: _WORST.find(pair[0].interpretation), default=(None, None))
    return _Judged(medicine=medicine, call=call, isolate=isolate)


def _recommend(
    one: _Judged, chart: Chart, regimen: Sequence[_Judged], viruses: Sequence[IsolateCall], knowledge: ResistanceTables
) -> Recommendation:
    kept = _m184(one)
    status: Status = "monitor" if kept else _STATUS.get(one.letter, "no_result")
    drug = one.medicine.drug
    partners = [other for other in regimen if other.medicine.drug.name != drug.name]
    algorithm = knowledge.hivdb
    return Recommendation(
        id=digest("resistance", HIV1, drug_key(drug), status, "m184_keeps" if kept else ""),
        area="resistance",
        status=status,
        reason=_reason(one) if status == "no_result" else None,
        drug=drug,
        orders=one.medicine.orders,
        about=_about(one, viruses),
        actions=tuple(_actions(one, status, kept, chart)),
        sources=(Source(name=algorithm.name, id=f"{algorithm.name} {algorithm.version}", version=algorithm.version),),
        alternatives=tuple(_alternative(other, chart) for other in partners) if status == "change" else (),
        basis="pathogen",
        trace=tuple(_trace(one, status, kept, chart, viruses, knowledge)),
    )


_STATUS: Mapping[str, Status] = {"R": "change", "I": "monitor", "S": "standard"}


def _m184(one: _Judged) -> str:
    """The name of M184V/I when the drug is one that it is no reason to stop."""
    if one.call is None or one.medicine.drug.name not in KEEPS_ITS_PLACE:
        return ""
    names = [part for effect in one.call.determinants for part in effect.name.split(" + ")]
    return next((name for name in names if name.startswith("M184") and set("VI") & set(name[4:])), "")


def _reason(one: _Judged) -> NoResultReason:
    if one.medicine.row is None:
        return "not in any guideline"
    return "indeterminate" if one.call is not None else "not tested"


def _about(one: _Judged, viruses: Sequence[IsolateCall]) -> tuple[About, ...]:
    isolates = [one.isolate] if one.isolate else list(viruses)
    names = _names(one.call)
    return tuple(About(kind="isolate", name=HIV1, result=names or None, source=isolate.source) for isolate in isolates)


def _names(call: DrugCall | None) -> str:
    effects = call.determinants if call else ()
    return ", ".join(dict.fromkeys(part for effect in effects for part in effect.name.split(" + ")))


def _actions(one: _Judged, status: Status, kept: str, chart: Chart) -> Iterator[Action]:
    if status == "no_result":
        yield Action(code="NO_REC")
        return
    if status == "standard":
        against = _wrong_for_host(one.medicine, chart)
        yield Action(code="INFORM", parameters={"about": f"{HLA_ABACAVIR} is positive"}) if against else Action(code="STANDARD")
    elif status == "change":
        yield Action(code="ALTERNATIVE", parameters={"of": "antiretroviral regimen", "reason": "resistance"})
    else:
        yield Action(code="MONITOR", parameters={"what": "HIV RNA", "about": "m184_keeps" if kept else "reduced_susceptibility"})
    if status == "change" and one.medicine.treats_hepatitis_b:
        state = hepatitis_b(chart)
        if state == "unknown":
            yield Action(code="FURTHER_TEST", parameters={"what": "HBsAg and HBV DNA", "when": "before the drug is stopped"})
        elif state == "positive":
            yield Action(code="INFORM", parameters={"about": "hepatitis B", "reason": "flare when the drug is stopped"})


def _wrong_for_host(medicine: HivMedicine, chart: Chart) -> tuple[Reference, ...]:
    """The HLA results that speak against abacavir, which no susceptible virus outweighs."""
    if medicine.drug.name != "abacavir":
        return ()
    return tuple(ref for h in chart.hla if h.present and h.allele == HLA_ABACAVIR for ref in h.source)


def _alternative(other: _Judged, chart: Chart) -> Alternative:
    drug = other.medicine.drug
    if _wrong_for_host(other.medicine, chart):
        return Alternative(name=drug.name, rxcui=drug.rxcui, ok=False, why="hiv_host", parameters={"allele": HLA_ABACAVIR})
    words = (other.call.level_text if other.call else None) or ""
    return Alternative(
        name=drug.name,
        rxcui=drug.rxcui,
        ok=other.letter == "S",
        why=f"hiv_partner_{other.letter.lower()}",
        parameters={"level": words},
    )


def _trace(
    one: _Judged, status: Status, kept: str, chart: Chart, viruses: Sequence[IsolateCall], knowledge: ResistanceTables
) -> Iterator[TraceStep]:
    algorithm = knowledge.hivdb
    label = f"{algorithm.name} {algorithm.version}"
    drug = one.medicine.drug.name
    if one.call is None or one.isolate is None:
        code = "hiv_gene_not_sequenced" if viruses else "hiv_not_tested"
        source = tuple(dict.fromkeys(ref for isolate in viruses for ref in isolate.source))
        yield TraceStep(step="finding", code=code, parameters={"drug": drug}, source=source)
        return
    call, isolate = one.call, one.isolate
    parameters = {"mutations": _names(call), "collected": isolate.collected or "", "isolates": str(len(viruses))}
    yield TraceStep(step="finding", code="hiv_mutations", parameters=parameters, source=_sources(isolate))
    row = f"{_TABLE.format(version=algorithm.version)}#{_asi_name(one, knowledge)}"
    if call.interpretation == "U":
        yield TraceStep(step="knowledge", code="hiv_undecided", parameters={"drug": drug, "algorithm": label}, row=row)
    else:
        score = {effect.name: f"{effect.score:g}" for effect in call.determinants if effect.score is not None}
        yield TraceStep(
            step="knowledge",
            code="hiv_score",
            parameters={
                "drug": drug,
                "code": one.medicine.drug.code or "",
                "algorithm": label,
                "score": f"{call.score:g}" if call.score is not None else "",
                "level": str(call.level),
                "level_text": call.level_text or "",
                "letter": call.interpretation,
                "parts": score,
            },
            row=row,
        )
    yield from _modifiers(one, status, kept, chart)


def _modifiers(one: _Judged, status: Status, kept: str, chart: Chart) -> Iterator[TraceStep]:
    drug = one.medicine.drug.name
    if kept:
        yield TraceStep(
            step="modifier", code="hiv_m184_keeps", parameters={"drug": drug, "mutation": kept}, row="hiv_comments#RT184VI"
        )
    if source := _wrong_for_host(one.medicine, chart):
        yield TraceStep(step="modifier", code="hiv_host", parameters={"drug": drug, "allele": HLA_ABACAVIR}, source=source)
    if one.medicine.treats_hepatitis_b and status in ("change", "monitor"):
        yield TraceStep(step="modifier", code="hiv_hepatitis_b", parameters={"drug": drug, "status": hepatitis_b(chart)})
    yield TraceStep(step="modifier", code="hiv_interactions_not_checked", parameters={"drug": drug})


def _sources(isolate: IsolateCall) -> tuple[Reference, ...]:
    return isolate.source


def _asi_name(one: _Judged, knowledge: ResistanceTables) -> str:
    row = one.medicine.row
    names = {name for rules in knowledge.hivdb.genes.values() for name in (drug.name for drug in rules.drugs)}
    return next((name for name in (row.code, *row.asi_names) if name in names), row.code) if row else ""


def _no_rules(medicine: HivMedicine) -> Gap:
    name = medicine.drug.name
    message = f"{name} is an antiretroviral that the shipped algorithm has no rules for; its activity was not judged."
    return Gap(source=medicine.orders, wanted=f"resistance to {name}", because="no_rules", message=message)
