import pytest

from smartpgx.knowledge.release import load

KNOWN = load().medicines


def names(found) -> set[str]:
    return {each.name for each in found}


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("32968", {"clopidogrel"}),
        ("174742", {"clopidogrel"}),
        ("203168", {"amitriptyline"}),
        ("208416", {"sulfamethoxazole", "trimethoprim"}),
        ("10831", {"sulfamethoxazole", "trimethoprim"}),
        ("495430", {"emtricitabine", "tenofovir disoproxil"}),
        ("1999668", {"bictegravir", "emtricitabine", "tenofovir alafenamide"}),
        ("1996259", {"bictegravir", "emtricitabine", "tenofovir alafenamide"}),
        ("266856", {"valproate"}),
        ("1", set()),
        ("", set()),
    ],
)
def test_any_rxnorm_concept_gives_all_its_ingredients(code, expected):
    assert names(KNOWN.by_rxcui(code)) == expected


def test_a_pack_holds_what_its_parts_hold():
    pack = KNOWN.product("2635026")
    assert {"elexacaftor", "ivacaftor", "tezacaftor"} >= names(pack.ingredients) >= {"ivacaftor"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Plavix", {"clopidogrel"}),
        ("CLOPIDOGREL  75 mg tablet", {"clopidogrel"}),
        ("simvastatin 40mg", {"simvastatin"}),
        ("acetaminophen-codeine #3", {"acetaminophen", "codeine"}),
        ("abacavir/lamivudine", {"abacavir", "lamivudine"}),
        ("Metoprolol succinate ER 50 mg", {"metoprolol"}),
        ("5-fluorouracil", {"fluorouracil"}),
        ("tenofovir alafenamide", {"tenofovir alafenamide"}),
        ("salbutamol", {"albuterol"}),
        ("glibenclamide", {"glyburide"}),
        ("St John's wort", {"st. john's wort"}),
        ("islatravir", {"islatravir"}),
        ("unknownium 5 mg", set()),
        ("", set()),
        ("statin", set()),
    ],
)
def test_a_text_gives_the_ingredients_it_names(text, expected):
    assert names(KNOWN.by_text(text)) == expected


def test_every_drug_that_a_table_speaks_of_can_be_ordered_by_text():
    knowledge = load()
    drugs = {*knowledge.drug_gene.guidance, *knowledge.drug_gene.drugs, *(row.name for row in knowledge.resistance.hiv_drugs)}
    special = {"moviprep", "acetaminophen / caffeine / dihydrocodeine", "articaine / epinephrine"}
    assert [drug for drug in sorted(drugs - special) if not KNOWN.by_name(drug)] == []
    inhibitors = set(knowledge.drug_gene.inhibitors) - {
        "grapefruit juice",
        "oral contraceptives",
        "piperine",
        "tobacco (smoking)",
    }
    assert [drug for drug in sorted(inhibitors) if not KNOWN.by_text(drug)] == []


def test_guidance_drugs_resolve_to_the_code_of_their_rows():
    knowledge = load()
    for drug, rows in knowledge.drug_gene.guidance.items():
        row = knowledge.drug_gene.drugs[drug]
        found = {each.rxcui for each in KNOWN.by_name(drug)}
        assert found == (set(row.ingredients) or {None}), drug
        assert rows[0].rxcui == row.rxcui


def test_ndc_with_and_without_hyphens():
    assert KNOWN.by_ndc("00002298026") == KNOWN.by_ndc("00002-2980-26") == KNOWN.by_ndc("0002-2980-26") != ()
    assert KNOWN.by_ndc("0002298026") == (), "ten bare digits are ambiguous"
    assert KNOWN.by_ndc("00000000000") == KNOWN.by_ndc("99999999999") == KNOWN.by_ndc("123") == KNOWN.by_ndc("abcdefghijk") == ()


def test_ndc_search_agrees_with_reading_all():
    lines = KNOWN._ndc.decode().splitlines()
    for line in (lines[0], lines[1], lines[len(lines) // 2], lines[-2], lines[-1]):
        code, rxcui = line.split(",")
        assert KNOWN.product_of_ndc(code) == rxcui.strip()


def test_atc_of_an_hiv_combination_is_unread_rather_than_half_read():
    assert KNOWN.by_atc("J05AR02") == KNOWN.by_atc("J05AR13") == KNOWN.by_atc("J05AR15") == ()
    assert names(KNOWN.by_text("abacavir 600 mg / lamivudine 300 mg")) == {"abacavir", "lamivudine"}


def test_atc_of_one_substance():
    assert names(KNOWN.by_atc("J05AF06")) == {"abacavir"}
    assert names(KNOWN.by_atc("J05AF05")) == {"lamivudine"}
    assert names(KNOWN.by_atc("b01ac04 ")) == {"clopidogrel"}
    assert KNOWN.by_atc("Z99ZZ99") == ()


def test_a_product_that_may_hold_more_says_so():
    assert KNOWN.product("1927610").complete is False
    assert KNOWN.product("208416").complete is True
    assert KNOWN.product("no such") is None


@pytest.mark.parametrize(
    ("name", "local", "form"),
    [
        ("fluorouracil 50 MG/ML Topical Cream", True, "Topical Cream"),
        ("fluorouracil 50 MG/ML Injectable Solution", False, "Injectable Solution"),
        ("fluorouracil 50 MG/ML Topical Cream [Efudex]", True, "Topical Cream"),
    ],
)
def test_what_is_put_on_the_skin_is_told_from_what_is_injected(name, local, form):
    (code,) = [rxcui for rxcui, product in KNOWN._products.items() if product[1] == name]
    product = KNOWN.product(code)
    assert (product.local, product.dose_form) == (local, form)
