"""Every Bundle of the contract on drug-gene advice and HIV, key by key; those of later rules are told as not judged."""

import json
from pathlib import Path

import pytest

from tests.contract.documents import of_file
from tests.contract.expected import EXPECTED
from tests.shared import SHARED, needs_shared

OWN = Path(__file__).parent / "bundles"
SHARED_BUNDLES = SHARED / "data" / "contract"


def found(name: str) -> Path:
    """The shared Bundle where there is one, else our own copy."""
    for folder in (SHARED_BUNDLES, OWN):
        if (folder / f"{name}.json").is_file():
            return folder / f"{name}.json"
    pytest.skip("LEFT OUT: no folder of source files beside the checkout")


@pytest.fixture(scope="module")
def assessed():
    made = {}

    def get(name):
        if name not in made:
            made[name] = of_file("assess", found(name))
        return made[name]

    return get


@pytest.mark.parametrize("name", EXPECTED)
def test_genes_issues_silence_gaps_and_exclusions(assessed, name):
    made, expected = assessed(name), EXPECTED[name]
    genes = tuple((g["gene"], g["status"], g["diplotype"], g["phenotype"], g["activity_score"]) for g in made["genes"])
    assert genes == expected.genes
    assert tuple((i["drug"]["name"], i["code"], i["status"]) for i in made["issues"]) == expected.issues
    silent = tuple((r["drug"]["name"], r["reason"]) for r in made["recommendations"] if r["status"] == "no_result")
    assert silent == expected.silent
    assert tuple((g["wanted"], g["because"]) for g in made["gaps"]) == expected.gaps
    assert tuple(e["reason"] for e in made["excluded"]) == expected.excluded


@pytest.mark.parametrize("name", EXPECTED)
def test_every_resource_is_accounted_for_and_every_fact_has_a_source(assessed, name):
    made = assessed(name)
    bundle = json.loads(found(name).read_bytes())
    assert sum(sum(kind.values()) for kind in made["accounted"].values()) == len(bundle["entry"])
    known = {f"{e['resource']['resourceType']}/{e['resource']['id']}" for e in bundle["entry"]}
    facts = of_file("read", found(name))
    for listed in (
        facts["variants"],
        facts["genotypes"],
        facts["phenotypes"],
        facts["hla"],
        facts["medications"],
        facts["isolates"],
    ):
        for fact in listed:
            assert fact["source"] and {s.split("#")[0] for s in fact["source"]} <= known


@pytest.mark.parametrize("name", EXPECTED)
def test_recommendations_keep_the_contract(assessed, name):
    made = assessed(name)
    ids = [r["id"] for r in made["recommendations"]]
    assert len(ids) == len(set(ids))
    for rec in made["recommendations"]:
        assert rec["actions"] and rec["summary"] and rec["detail"]
        assert rec["trace"][0]["step"] == "finding"
        assert len(rec["sources"]) <= 1
        if rec["status"] != "no_result":
            assert any(step["row"] for step in rec["trace"] if step["step"] == "knowledge")
            assert any(step["source"] for step in rec["trace"] if step["step"] == "finding")
        else:
            assert rec["reason"]
    for issue in made["issues"]:
        assert issue["leading"] in issue["recommendations"]
        assert set(issue["recommendations"]) <= set(ids)
        assert issue["status"] == next(r["status"] for r in made["recommendations"] if r["id"] == issue["leading"])
    for medication in made["medications"]:
        assert set(medication["findings"]) <= set(ids)


@pytest.mark.parametrize("name", ["variants-observation", "sequence-zygosity-by-pointer"])
def test_one_heterozygous_site_leaves_three_pairs(assessed, name):
    (gene,) = assessed(name)["genes"]
    pairs = [(c["diplotype"], c["phenotype"]) for c in gene["candidates"]]
    assert pairs == [
        ("*1/*2", "Intermediate Metabolizer"),
        ("*2/*3", "Poor Metabolizer"),
        ("*2/*17", "Intermediate Metabolizer"),
    ]
    assert {"rs12248560", "rs4986893", "rs3758581", "*4", "*9"} <= set(gene["missing"])
    assert not {"*3", "*17"} & set(gene["missing"])
    assert [f["allele"] for f in gene["functions"]] == ["*2"]
    assert gene["lookup"] is None


def test_without_zygosity_homozygous_is_possible_too(assessed):
    (gene,) = assessed("variants-molecular-sequence")["genes"]
    assert [c["diplotype"] for c in gene["candidates"]] == ["*1/*2", "*2/*2", "*2/*3", "*2/*17"]


def test_shared_advice_is_certain_and_the_rest_names_its_genotype(assessed):
    recs = assessed("variants-observation")["recommendations"]
    assert recs[0]["if"] is None
    assert [a["code"] for a in recs[0]["actions"]] == ["ALTERNATIVE"]
    assert {r["if"] for r in recs[2:]} == {"CYP2C19 *2/*3", "CYP2C19 *1/*2 or *2/*17"}


def test_one_absent_site_makes_nothing_normal(assessed):
    (gene,) = assessed("variants-absent")["genes"]
    assert gene["candidates"] == gene["functions"] == []
    assert gene["phenotype"] is None and gene["lookup"] is None
    assert "rs67376798" in gene["missing"]
    assert "standard" not in {r["status"] for r in assessed("variants-absent")["recommendations"]}


@pytest.mark.parametrize(
    ("name", "drug", "order"),
    [
        ("drug-gene-phenoconversion", "paroxetine", "MedicationRequest/rx2"),
        ("medication-home", "bupropion", "MedicationRequest/rx2"),
        ("medication-statement", "bupropion", "MedicationStatement/ms"),
    ],
)
def test_current_is_null_and_the_gap_names_the_inhibitor(assessed, name, drug, order):
    made = assessed(name)
    assert [g["current"] for g in made["genes"]] == [None]
    (gap,) = made["gaps"]
    assert drug in gap["message"] and gap["source"] == [order]


def test_without_inhibitors_the_current_phenotype_is_the_genetic_one(assessed):
    (gene,) = assessed("drug-gene-diplotype")["genes"]
    assert gene["current"] == {"phenotype": "Poor Metabolizer", "activity_score": None, "caused_by": []}
    assert gene["lookup"] == "*2/*2" and gene["basis"] == "diplotype"
    assert [f["function"] for f in gene["functions"]] == ["No function", "No function"]


def test_a_proposed_order_is_warned_about(assessed):
    made = assessed("drug-gene-activity-score")
    (medication,) = made["medications"]
    assert (medication["proposed"], medication["active"]) == (True, False)
    assert made["issues"][0]["orders"] == ["MedicationRequest/rx"]
    decrease = made["recommendations"][0]["actions"][0]
    assert decrease["code"] == "DOSE_DECREASE" and decrease["parameters"]["factor"] == 0.5


def test_loss_of_benefit_comes_with_alternatives(assessed):
    leading = assessed("drug-gene-diplotype")["recommendations"][0]
    assert [(a["name"], a["ok"]) for a in leading["alternatives"]] == [("prasugrel", True), ("ticagrelor", True)]


def test_four_spellings_are_one_medicine_and_one_issue(assessed):
    made = assessed("order-codings")
    assert {m["ingredients"][0]["rxcui"] for m in made["medications"]} == {"32968"}
    (issue,) = made["issues"]
    assert len(issue["orders"]) == 4


def test_hla_is_looked_up_by_its_status(assessed):
    (gene,) = assessed("host-and-pathogen")["genes"]
    assert gene["lookup"] == ["*57:01 positive"] and gene["basis"] == "presence"


def test_m184v_never_stops_lamivudine(assessed):
    made = assessed("hiv-mutations")
    (isolate,) = made["isolates"]
    letters = {d["drug"]["code"]: d["interpretation"] for d in isolate["drugs"]}
    assert letters["3TC"] == "R" and letters["EFV"] == "S"
    assert {d["algorithm"]["version"] for d in isolate["drugs"]} == {"10.2"}
    assert {"RT184VI", "RT69i", "PR30N"} <= {c["id"] for c in isolate["comments"]}
    assert made["recommendations"][0]["summary"].startswith("Do not stop lamivudine")


def test_the_drug_is_wrong_for_the_host_not_for_the_virus(assessed):
    made = assessed("host-and-pathogen")
    (isolate,) = made["isolates"]
    assert next(d for d in isolate["drugs"] if d["drug"]["code"] == "ABC")["interpretation"] == "S"
    assert isolate["regimen"]["fully_active"] == 1
    assert any("stays wrong for this patient" in remark for remark in isolate["regimen"]["remarks"])
    assert "LAB" not in {issue["code"] for issue in made["issues"]}


def test_what_is_withheld_or_our_own_leaves_no_trace_of_its_content(assessed):
    for name in ("consent-denied", "own-output"):
        assert "*2/*2" not in json.dumps(assessed(name))
        assert "oor metabolizer" not in json.dumps(assessed(name)).casefold()


def test_after_opting_out_the_gene_is_not_mentioned(assessed):
    assert "BRCA" not in json.dumps(assessed("germline-secondary-opt-out"))


@needs_shared
@pytest.mark.parametrize("command", ["read", "assess", "write"])
def test_no_bundle_of_the_contract_fails(command):
    for path in sorted(SHARED_BUNDLES.glob("*.json")):
        made = of_file(command, path)
        assert made.get("schema") != "smartpgx.error/1", path.name
        if command == "assess" and path.name not in {f"{name}.json" for name in EXPECTED}:
            assert made["issues"] == [] and made["gaps"], path.name


@needs_shared
def test_our_copies_are_the_shared_bundles():
    for path in OWN.glob("*.json"):
        assert json.loads(path.read_bytes()) == json.loads((SHARED_BUNDLES / path.name).read_bytes()), path.name
