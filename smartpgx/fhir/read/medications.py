"""Orders, home medicines, administrations and dispenses: which ingredients, and in which state."""

from __future__ import annotations

from collections.abc import Mapping

from smartpgx.domain.chart import Ingredient, Medication
from smartpgx.fhir.read.elements import Json, codings, day, object_, objects, quantity, text, words
from smartpgx.fhir.read.gate import Reading, admitted, has_modifier
from smartpgx.fhir.read.references import Entry
from smartpgx.notation import drugs
from smartpgx.notation.drugs import Resolved

_ORDERED = frozenset({"order", "original-order", "reflex-order", "filler-order", "instance-order"})
_PROBLEMS = {
    "conflict": "Its codes and names mean different medicines; look at the order.",
    "unknown": "The medicine could not be told from its codes and text; it was not checked.",
    "denied": "Its text says that the medicine is not given; it was not checked.",
    "partly": "A part of a combination was not recognised; it was not checked.",
    "nothing": "It names no medicine.",
    "not_received": "The medicine it refers to was not received.",
    "withdrawn": "The medicine it refers to was entered in error.",
}
_ACTIVE: Mapping[str, bool | None] = {
    "active": True,
    "unknown": None,
    "in-progress": True,
    "preparation": True,
    "intended": False,
    "recorded": None,
}


def read(entry: Entry, reading: Reading) -> Medication | None:
    """One medicine of the record; None when it is withdrawn or not the patient's."""
    if not admitted(entry, reading):
        return None
    resource = entry.resource
    status = text(resource.get("status"))
    resolved, named, sources = _medicine(entry, reading)
    prohibited = resource.get("doNotPerform") is True
    problem = resolved.problem
    request = entry.kind == "MedicationRequest"
    active = _active(entry.kind, status, prohibited)
    unknown_status = active is None
    if problem:
        reading.ledger.gap(entry, "ingredients of a medicine", problem, _PROBLEMS.get(problem, _PROBLEMS["unknown"]))
    elif unknown_status:
        reading.ledger.gap(
            entry,
            "the status of a medicine",
            "status_unknown",
            "It is not known whether this medicine is taken; it was not checked.",
        )
    usable = not unknown_status and problem not in ("conflict", "denied")
    medication = Medication(
        ingredients=tuple(Ingredient(name=row.name, rxcui=row.rxcui) for row in resolved.ingredients) if usable else (),
        active=active,
        ordered=request and text(resource.get("intent")) in _ORDERED,
        proposed=request and status == "draft",
        held=status == "on-hold",
        reported=_reported(entry.kind, resource),
        prohibited=prohibited,
        prn=_as_needed(resource),
        dose=_dose(resource),
        last=_last(resource),
        unresolved=problem is not None,
        local=_local(entry, sources, reading, named),
        text=named,
        source=(entry.reference, *sources),
        warnings=(resolved.note,) if resolved.note else (),
        date=_last(resource),
    )
    reading.ledger.use(*medication.source)
    return medication


def _active(kind: str, status: str, prohibited: bool) -> bool | None:
    """Status alone: active is true, unknown (or missing) is None, everything else false; a prohibition is never active."""
    if prohibited:
        return False
    if kind in ("MedicationAdministration", "MedicationDispense") and status == "completed":
        return False
    return _ACTIVE.get(status, False) if status else None


def _reported(kind: str, resource: Json) -> bool:
    """Told by patient or relative, or recorded as a statement."""
    if kind == "MedicationStatement":
        return True
    return (
        resource.get("reportedBoolean") is True
        or bool(object_(resource.get("reportedReference")))
        or resource.get("reported") is True
    )


# --- which medicine --------------------------------------------------------------------------------------------------


def _medicine(entry: Entry, reading: Reading) -> tuple[Resolved, str, tuple[str, ...]]:
    """Ingredients, the name shown, and further resources that were used."""
    resource = entry.resource
    either = object_(resource.get("medication"))
    concept = object_(resource.get("medicationCodeableConcept")) or object_(either.get("concept"))
    pointer = object_(resource.get("medicationReference")) or object_(either.get("reference"))
    by_concept = _of_concept(concept, reading) if concept else None
    if not pointer:
        named = words(concept)
        return by_concept or Resolved((), "nothing"), named, ()
    found = reading.record.find(pointer, entry)
    if found is None or found.kind != "Medication":
        said = (
            _of_concept({"text": text(pointer.get("display"))}, reading)
            if text(pointer.get("display"))
            else Resolved((), "not_received")
        )
        return (
            by_concept or (said if said.ingredients else Resolved((), "not_received")),
            words(concept) or text(pointer.get("display")),
            (),
        )
    resolved = _of_medication(found, reading)
    named = (
        words(concept)
        or words(found.resource.get("code"))
        or text(pointer.get("display"))
        or ", ".join(_ingredient_names(found.resource))
    )
    if by_concept and by_concept.ingredients and resolved.ingredients and _keys(by_concept) != _keys(resolved):
        return Resolved((), "conflict"), named, (found.reference,)
    return resolved, named, (found.reference,)


def _keys(resolved: Resolved) -> frozenset[str]:
    return frozenset(row.rxcui or row.name for row in resolved.ingredients)


def _of_concept(concept: Json, reading: Reading) -> Resolved:
    return drugs.resolve(codings(concept), text(concept.get("text")), reading.tables.medicines)


def _of_medication(entry: Entry, reading: Reading, depth: int = 0) -> Resolved:
    """A Medication by its code, else by its ingredients; both must agree where both say something."""
    resource = entry.resource
    if text(resource.get("status")) == "entered-in-error":
        return Resolved((), "withdrawn")
    if has_modifier(resource):
        return Resolved((), "unknown")
    concept = object_(resource.get("code"))
    by_code = _of_concept(concept, reading) if concept else Resolved((), "nothing")
    parts = [
        _of_ingredient(each, entry, reading, depth)
        for each in objects(resource.get("ingredient"))
        if each.get("isActive") is not False
    ]
    if not parts:
        return by_code
    rows = {(row.rxcui or row.name): row for part in parts for row in part.ingredients}
    by_parts = Resolved(tuple(rows.values()), "partly" if not all(part.ingredients for part in parts) else None)
    if not by_parts.ingredients:
        return by_code if by_code.ingredients else Resolved((), "unknown")
    if by_code.ingredients and _keys(by_code) != _keys(by_parts) and by_parts.problem is None:
        return Resolved((), "conflict")
    return by_code if by_code.ingredients and not by_code.problem else by_parts


def _of_ingredient(ingredient: Json, entry: Entry, reading: Reading, depth: int) -> Resolved:
    either = object_(ingredient.get("item"))
    concept = object_(ingredient.get("itemCodeableConcept")) or object_(either.get("concept"))
    if concept:
        return _of_concept(concept, reading)
    pointer = object_(ingredient.get("itemReference")) or object_(either.get("reference"))
    found = reading.record.find(pointer, entry) if pointer else None
    if found is None or depth > 3:
        display = text(pointer.get("display"))
        return _of_concept({"text": display}, reading) if display else Resolved((), "not_received")
    if found.kind == "Medication":
        return _of_medication(found, reading, depth + 1)
    return _of_concept(object_(found.resource.get("code")), reading)


def _ingredient_names(resource: Json) -> list[str]:
    return [said for each in objects(resource.get("ingredient")) if (said := words(each.get("itemCodeableConcept")))]


def _local(entry: Entry, sources: tuple[str, ...], reading: Reading, named: str) -> bool:
    """Whether product, route or name say that the medicine is not meant to reach the body as a whole."""
    pointed = [found.resource for found in reading.record.entries if found.reference in sources] if sources else []
    concepts = [entry.resource.get("medicationCodeableConcept"), *(each.get("code") for each in pointed)]
    for coding in (one for concept in concepts for one in codings(concept)):
        product = reading.tables.medicines.product(coding.code) if "rxnorm" in coding.system else None
        if product is not None and product.dose_form:
            return product.local
    routes = [words(each.get("route")) for each in _dosages(entry.resource)]
    return any(drugs.says_local(said) for said in (*filter(None, routes), named))


# --- dose and dates --------------------------------------------------------------------------------------------------


def _dosages(resource: Json) -> list[Json]:
    return objects(resource.get("dosageInstruction")) or objects(resource.get("dosage"))


def _as_needed(resource: Json) -> bool:
    return any(
        each.get("asNeededBoolean") is True or each.get("asNeeded") is True or bool(object_(each.get("asNeededCodeableConcept")))
        for each in _dosages(resource)
    )


def _dose(resource: Json) -> Mapping[str, float | str] | None:
    """``{value, unit}`` or ``{low, high, unit}``; None when there is none, or several that differ."""
    found: list[dict[str, float | str]] = []
    for dosage in _dosages(resource):
        for rate in objects(dosage.get("doseAndRate")) or [dosage]:
            dose = _single(rate.get("doseQuantity") or rate.get("dose")) or _range(rate.get("doseRange"))
            if dose and dose not in found:
                found.append(dose)
    return found[0] if len(found) == 1 else None


def _single(value: object) -> dict[str, float | str] | None:
    stated = object_(value)
    amount, code, _ = quantity(stated)
    return {"value": amount, "unit": text(stated.get("unit")) or code} if amount is not None else None


def _range(value: object) -> dict[str, float | str] | None:
    stated = object_(value)
    low, high = object_(stated.get("low")), object_(stated.get("high"))
    first, last = quantity(low)[0], quantity(high)[0]
    if first is None or last is None:
        return None
    return {"low": first, "high": last, "unit": text(low.get("unit")) or text(high.get("unit")) or quantity(low)[1]}


def _last(resource: Json) -> str | None:
    """Day of the order, statement, administration or dispense."""
    period = object_(resource.get("effectivePeriod"))
    candidates = (
        resource.get("authoredOn"),
        resource.get("whenHandedOver"),
        resource.get("whenPrepared"),
        resource.get("effectiveDateTime"),
        period.get("end"),
        period.get("start"),
        resource.get("dateAsserted"),
        resource.get("occurenceDateTime"),
    )
    return next((found for each in candidates if (found := day(each))), None)
