"""Every action of every guidance row, and of every reading, is said whole: nothing lost, nothing raw, a proper sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from smartpgx.domain.advice import Action
from smartpgx.domain.codes import ActionCode
from smartpgx.knowledge.release import load
from smartpgx.wording import phrases
from smartpgx.wording.actions import HOW, WATCH, action
from smartpgx.wording.doses import SCHEDULES
from smartpgx.wording.grammar import sentence
from tests.rules.source_rows import readings
from tests.shared import SHARED, needs_shared

LONGEST = 330
NUMBERS = re.compile(r"\d+(?:\.\d+)?")
RAW_KEYS = ("factor_low", "factor_high", "amount_low", "amount_high", "cap_unit", "DOSE_", "NO_REC", "FURTHER_TEST", "rank")


def shipped() -> Iterator[tuple[str, str, Action]]:
    for drug, rows in load().drug_gene.guidance.items():
        for row in rows:
            for one in row.actions:
                yield row.id, drug, one


def read() -> Iterator[tuple[str, str, Action]]:
    for reading in readings() if SHARED.exists() else ():
        for raw in reading["actions"]:
            yield (
                reading["text_id"],
                reading["drugs"][0],
                Action(code=raw["code"], parameters={k: v for k, v in raw.items() if k != "code"}),
            )


def check(where: str, drug: str, one: Action) -> None:
    said = sentence(action(one, drug, "CPIC"))
    assert said[0].isupper() or said[0].isdigit(), (where, said)
    assert said.endswith(".") and not said.endswith(".."), (where, said)
    assert 12 <= len(said) <= LONGEST, (where, said)
    assert "  " not in said and " ," not in said and " ." not in said.replace(" ...", ""), (where, said)
    assert "None" not in said and "{" not in said and "[" not in said, (where, said)
    assert not any(key in said for key in RAW_KEYS), (where, said)
    for missing in lost(one.parameters, drug, said):
        raise AssertionError((where, missing, said))


def lost(parameters: Mapping[str, Any], drug: str, said: str) -> Iterator[str]:
    """Values of the parameters that the sentence does not hold, by their wording or by every number and long word in them."""
    plain = said.casefold().replace("–", "-").replace("²", "2")
    for key, value in parameters.items():
        if key in ("rank", "basis", "unit", "cap_unit"):
            continue
        for part in value if isinstance(value, list | tuple) else [value]:
            if isinstance(part, int | float):
                yield from () if number_is_said(key, part, plain) else (f"{key}={part}",)
            elif not any(form in plain for form in forms(key, str(part), drug)):
                yield f"{key}={part}"


def number_is_said(key: str, value: float, plain: str) -> bool:
    numbers = {float(n) for n in NUMBERS.findall(plain)}
    if key.startswith("factor"):
        words = {0.5: ("half", "halve"), 2: ("double",)}.get(value, ())
        return any(word in plain for word in words) or any(abs(n - value * 100) < 0.06 for n in numbers)
    return float(value) in numbers


def forms(key: str, text: str, drug: str) -> list[str]:
    """The ways a phrase may be said: as it stands, or by the wording the catalogue gives it."""
    worded = {
        "when": [phrases.when(text), SCHEDULES.get(text, "").format(drug=drug), text.removeprefix("stop at first")],
        "unless": [phrases.unless(text, drug), phrases.unless(text)],
        "class": [phrases.drug_class(text)],
        "about": [phrases.about(text)],
        "how": [HOW.get(text, "").format(drug=drug), text.removeprefix("slower:").strip()],
        "what": [WATCH.get(text, "")],
    }.get(key, [])
    reason = {
        "silent": ["gives no recommendation"],
        "insufficient evidence": ["insufficient evidence"],
        "not applicable": ["not applicable"],
    }
    all_forms = [text, *worded, *(reason.get(text, []) if key == "reason" else [])]
    return [re.sub(r"\s+", " ", form.casefold().replace("–", "-").replace("²", "2")).rstrip(".") for form in all_forms if form]


def test_every_action_of_every_shipped_row_is_said_whole() -> None:
    seen = 0
    for where, drug, one in shipped():
        check(where, drug, one)
        seen += 1
    assert seen > 5000


@needs_shared
def test_every_action_of_every_reading_is_said_whole() -> None:
    for where, drug, one in read():
        check(where, drug, one)


@pytest.mark.parametrize("table", [phrases.WHEN, phrases.UNLESS, phrases.CLASSES])
def test_wordings_of_phrases_keep_every_number(table: Mapping[str, str]) -> None:
    """Also those the sentence test accepts because the catalogue says so; a threshold said by the dose itself may be left out."""
    for phrase, said in table.items():
        dropped = [n for n in NUMBERS.findall(phrase) if n not in said]
        assert dropped in ([], ["25"]), phrase


@pytest.mark.parametrize(
    ("code", "parameters", "expected"),
    [
        ("DOSE_DECREASE", {"basis": "start", "factor": 0.5}, "Start x with half the usual dose."),
        (
            "DOSE_DECREASE",
            {"basis": "start", "factor_low": 0.5, "factor_high": 0.75},
            "Reduce the starting dose of x by 25–50 % (to 50–75 % of the usual dose).",
        ),
        (
            "DOSE_DECREASE",
            {"basis": "daily", "factor": 0.1, "when": "malignancy"},
            "Reduce the daily dose of x to 10 % of the usual dose in malignancy.",
        ),
        (
            "DOSE_DECREASE",
            {"basis": "maximum", "amount": 20, "unit": "mg/day", "cap": 20, "cap_unit": "mg/day"},
            "Do not exceed 20 mg per day of x.",
        ),
        ("DOSE_DECREASE", {"basis": "start", "cap": 40, "cap_unit": "mg"}, "Start x with no more than 40 mg."),
        ("DOSE_INCREASE", {"basis": "start", "factor": 2}, "Double the starting dose of x."),
        (
            "DOSE_INCREASE",
            {"basis": "start", "factor_low": 1.5, "factor_high": 2, "cap": 0.3, "cap_unit": "mg/kg/day"},
            "Increase the starting dose of x by 50–100 % (to 150–200 % of the usual dose), at most 0.3 mg/kg per day.",
        ),
        ("AVOID", {"unless": "a tricyclic is warranted"}, "Avoid x unless a tricyclic is warranted."),
        ("AVOID", {"of": "fluorouracil and its prodrugs"}, "Avoid fluorouracil and its prodrugs."),
        (
            "CONTRAINDICATED",
            {"of": "prasugrel", "when": "history of stroke or TIA"},
            "Do not give prasugrel with a history of stroke or TIA.",
        ),
        (
            "ALTERNATIVE",
            {"drugs": ["prasugrel", "ticagrelor"], "rank": "primary"},
            "Choose prasugrel or ticagrelor instead of x.",
        ),
        (
            "ALTERNATIVE",
            {"class": "opioid", "not": ["tramadol"], "rank": "primary"},
            "Choose another opioid (not tramadol) instead of x.",
        ),
        ("STANDARD", {"amount": 600, "unit": "mg/day"}, "Give x at the usual dose, 600 mg per day."),
        ("MONITOR", {"what": "toxicity, closely"}, "Monitor closely for toxicity with x."),
        ("FURTHER_TEST", {"what": "erythrocyte TPMT activity"}, "Measure erythrocyte TPMT activity for x."),
        ("INFORM", {"about": "risk up (myopathy)"}, "Note for x: the risk is higher (myopathy)."),
        ("NO_REC", {"reason": "silent"}, "CPIC gives no recommendation on x for this result."),
    ],
)
def test_sentence(code: ActionCode, parameters: dict[str, Any], expected: str) -> None:
    assert sentence(action(Action(code=code, parameters=parameters), "x", "CPIC")) == expected


def test_decrease_is_never_said_as_increase() -> None:
    for _, drug, one in shipped():
        said = action(one, drug, "CPIC")
        if one.code == "DOSE_DECREASE":
            assert not said.startswith(("increase", "double")), said
        if one.code == "DOSE_INCREASE":
            assert not said.startswith(("reduce", "halve", "start", "do not")), said
