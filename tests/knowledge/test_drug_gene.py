from collections import Counter

import pytest

from smartpgx.knowledge.release import load

KNOWN = load().drug_gene
ROWS = [row for rows in KNOWN.guidance.values() for row in rows]


def test_all_current_cpic_rows_are_there():
    assert len(ROWS) == len({row.id for row in ROWS}) == 2217
    assert {row.source.name for row in ROWS} == {"CPIC"}


def test_input_errors_are_counted_but_no_advice():
    errors = [row for row in ROWS if row.kind == "input_error"]
    assert len(errors) == 58
    assert {value for row in errors for value in row.conditions["CYP2D6"]} == {"xN combinations"}
    assert {row.status for row in errors} == {"no_result"}


def test_a_guideline_that_says_nothing_gives_no_rec():
    silent = [row for row in ROWS if row.kind == "no_statement"]
    assert len(silent) == 165
    assert {row.status for row in silent} == {"no_result"}
    assert {action.code for row in silent for action in row.actions} == {"NO_REC"}


def test_every_row_can_be_traced_to_its_guideline():
    for row in ROWS:
        assert row.source.url and row.source.pmids and row.source.version
        assert row.text_id and row.implication_id
    assert {row.source.version for row in ROWS if row.drug in ("azathioprine", "mercaptopurine", "thioguanine")} == {"2026-08-13"}


def test_a_reading_for_one_drug_only():
    def inform(drug: str) -> set[str]:
        rows = [row for row in KNOWN.guidance[drug] if row.text_id == "T75"]
        return {action.code for row in rows for action in row.actions}

    assert "INFORM" in inform("ibuprofen")
    assert "INFORM" not in inform("celecoxib")


def test_clopidogrel_poor_metabolizer_by_population():
    found = {
        row.population: row.status for row in KNOWN.guidance["clopidogrel"] if row.conditions["CYP2C19"] == ("Poor Metabolizer",)
    }
    assert found == {"CVI ACS PCI": "avoid", "CVI non-ACS non-PCI": "avoid", "NVI": "avoid"}


def test_spellings_of_one_allele():
    assert KNOWN.allele_aliases["G6PD"]["Telti/Kobe"] == "Telti, Kobe"
    assert "Telti/Kobe" not in KNOWN.alleles["G6PD"]
    assert KNOWN.alleles["G6PD"]["Telti, Kobe"].function == "I/Deficient with CNSHA"
    assert KNOWN.allele_aliases["SLCO1B1"]["*45.001"] == "*45"
    assert KNOWN.allele_aliases["VKORC1"]["rs9923231 T"] == "rs9923231 variant (T)"


def test_functions_of_alleles_that_change_doses():
    alleles = KNOWN.alleles["CYP2D6"]
    assert alleles["*10"].activity_value == alleles["*41"].activity_value == alleles["*9"].activity_value == 0.25
    assert alleles["*1x≥3"].activity_value == "≥3.0"
    assert KNOWN.alleles["CYP2B6"]["*22"].function == "Uncertain function"
    assert KNOWN.alleles["CYP2C19"]["*40"].function is None, "defined without a function: unknown, never normal"


def test_sites_are_found_on_both_builds():
    (on38,) = KNOWN.sites["NC_000010.11", 94781858]
    (on37,) = KNOWN.sites["NC_000010.10", 96541615]
    assert (on38.gene, on38.site.rsid, on38.build) == ("CYP2C19", "rs4244285", 38)
    assert on37.site is on38.site and on37.build == 37


def test_the_five_sites_where_the_builds_differ():
    differ = {site.rsid for definition in KNOWN.definitions.values() for site in definition.sites if site.ref_differs_on_grch37}
    assert differ == {"rs3758581", "rs1135840", "rs16947", "rs776746", "rs1801265"}


def test_definitions_leave_out_the_reference_base():
    for definition in KNOWN.definitions.values():
        references = {site.index: site.ref for site in definition.sites}
        for allele in definition.alleles:
            assert all(base != references[index] for index, base in allele.at.items()), (definition.gene, allele.name)
    one = next(allele for allele in KNOWN.definitions["CYP2C19"].alleles if allele.name == "*1")
    assert len(one.at) == 1


def test_exemptions_reach_the_definitions():
    assert len(KNOWN.definitions["NAT2"].required) == 5
    assert (("*1/*6", "*4/*34"), "*1/*6") in KNOWN.definitions["NAT2"].priorities
    assert KNOWN.definitions["CYP2C19"].key_alleles == ("*2", "*3", "*17")
    assert KNOWN.definitions["G6PD"].ignored_alleles == ("Mediterranean Haplotype",)


@pytest.mark.parametrize(
    ("score", "phenotype"),
    [
        (0, "Poor"),
        (0.25, "Intermediate"),
        (1.0, "Intermediate"),
        (1.25, "Normal"),
        (2.25, "Normal"),
        (2.5, "Ultrarapid"),
        (6, "Ultrarapid"),
    ],
)
def test_cyp2d6_bins_of_the_2020_consensus(score, phenotype):
    bins = KNOWN.phenotype_rules["CYP2D6"].bins
    found = [name for low, high, name in bins if low <= score and (high is None or score <= high)]
    assert found == [f"{phenotype} Metabolizer"]


def test_phenotype_rules_of_every_kind():
    rules = KNOWN.phenotype_rules
    assert len(rules) == 23
    assert rules["CYP2C19"].pairs["Increased function", "No function"] == "Intermediate Metabolizer"
    assert rules["G6PD"].singles["II/Deficient"] == "Deficient"
    assert rules["MT-RNR1"].singles["Increased risk of aminoglycoside-induced hearing loss"].startswith("increased risk")
    assert rules["CYP3A5"].ehr_priority["Normal Metabolizer"] == "Abnormal/Priority/High Risk"
    assert all(tuple(sorted(pair)) == pair for rule in rules.values() for pair in rule.pairs)
    assert Counter(rule.method for rule in rules.values())["presence"] == 2


def test_drugs_by_code_and_relations_without_a_rule():
    assert KNOWN.drug_by_rxcui["4815"].name == "glyburide", "the name that the guidance uses"
    assert KNOWN.drugs["sulfamethoxazole / trimethoprim"].ingredients == ("10180", "10829")
    assert KNOWN.drugs["warfarin"].relations["CYP2C9"] == "CPIC A"
    assert "warfarin" not in KNOWN.guidance
    assert KNOWN.hgnc["HGNC:2621"] == "CYP2C19"


def test_inhibitors_with_their_strength():
    fluoxetine = {each.enzyme: each.strength for each in KNOWN.inhibitors["fluoxetine"]}
    assert fluoxetine["CYP2D6"] == "strong"
    assert "rifampin" in KNOWN.inducers


def test_no_sentence_of_a_source_is_shipped():
    columns = [row.note or "" for row in KNOWN.readings]
    assert max(map(len, columns)) < 300
    assert not hasattr(ROWS[0], "text")
