import pytest

from smartpgx.knowledge.medicines import Medicines
from smartpgx.knowledge.release import load
from smartpgx.notation.drugs import Coding, ndc11, of_text, resolve

RXNORM, ATC, NDC = "http://www.nlm.nih.gov/research/umls/rxnorm", "http://www.whocc.no/atc", "http://hl7.org/fhir/sid/ndc"


@pytest.fixture(scope="module")
def medicines() -> Medicines:
    return load().medicines


@pytest.mark.parametrize(
    ("text", "names", "problem"),
    [
        ("Plavix 75 mg", {"clopidogrel"}, None),
        ("PLAVIX 75 mg tablet by mouth daily", {"clopidogrel"}, None),
        ("escitalopram 10 mg", {"escitalopram"}, None),
        ("esomeprazole 40 mg", {"esomeprazole"}, None),
        ("abacavir 600 mg / lamivudine 300 mg oral tablet", {"abacavir", "lamivudine"}, None),
        ("lisinopril-hydrochlorothiazide 10-12.5 mg", {"lisinopril", "hydrochlorothiazide"}, None),
        ("Vicodin 5/500 Oral Tablet", {"acetaminophen", "hydrocodone"}, None),
        ("Apo-clopidogrel 75", {"clopidogrel"}, None),
        ("metoprolol succinate ER 50 mg", {"metoprolol"}, None),
        ("warfarin (Coumadin) 5 mg", {"warfarin"}, None),
        ("75 mg clopidogrel", {"clopidogrel"}, None),
        ("Tylenol with codeine #3", {"codeine"}, "partly"),
        ("abacavir/lamivudine/unknownium", {"abacavir", "lamivudine"}, "partly"),
        ("warfarin 5 mg, separate from omeprazole", {"warfarin"}, None),
        ("Take separate from omeprazole", set(), "unknown"),
        ("Plavix (warfarin)", set(), "conflict"),
        ("hold clopidogrel", set(), "denied"),
        ("clopidogrelx 75", set(), "unknown"),
        ("", set(), "unknown"),
    ],
)
def test_texts(text: str, names: set[str], problem: str | None, medicines: Medicines) -> None:
    found = of_text(text, medicines)
    assert ({row.name for row in found.ingredients}, found.problem) == (names, problem)


@pytest.mark.parametrize(
    ("code", "padded"),
    [
        ("0093-1712-01", "00093171201"),
        ("12345-678-90", "12345067890"),
        ("12345-6789-1", "12345678901"),
        ("00093-7314-05", "00093731405"),
        ("00093171201", "00093171201"),
        ("0093171201", None),
        ("0093-17-01", None),
        ("abc", None),
    ],
)
def test_the_short_segment_of_an_ndc_is_padded(code: str, padded: str | None) -> None:
    assert ndc11(code) == padded


def test_every_coding_counts(medicines: Medicines) -> None:
    one = [Coding("http://local", "77", "x"), Coding(ATC, "B01AC04", ""), Coding(RXNORM, "309362", "")]
    assert [row.rxcui for row in resolve(one, "", medicines).ingredients] == ["32968"]


def test_codes_that_mean_different_medicines_are_a_conflict(medicines: Medicines) -> None:
    two = [Coding(RXNORM, "32968", ""), Coding(RXNORM, "11289", "")]
    assert resolve(two, "", medicines).problem == "conflict"


def test_a_code_and_a_text_that_disagree_are_a_conflict(medicines: Medicines) -> None:
    assert resolve([Coding(RXNORM, "32968", "")], "warfarin 5 mg", medicines).problem == "conflict"
    assert resolve([Coding(RXNORM, "32968", "Warfarin")], "", medicines).problem == "conflict"


def test_an_unknown_code_leaves_the_text(medicines: Medicines) -> None:
    assert [row.name for row in resolve([Coding(RXNORM, "99999999", "")], "Plavix 75 mg", medicines).ingredients] == [
        "clopidogrel"
    ]


def test_the_oid_of_rxnorm_is_rxnorm(medicines: Medicines) -> None:
    assert resolve([Coding("urn:oid:2.16.840.1.113883.6.88", "32968", "")], "", medicines).ingredients


def test_nothing_known_is_said(medicines: Medicines) -> None:
    assert resolve([Coding("http://local", "1", "")], "Compound capsule", medicines).problem == "unknown"
    assert resolve([Coding(NDC, "0093171201", "")], "", medicines).problem == "unknown"
