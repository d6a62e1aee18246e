"""MolecularSequence in R4, STU3 and R5: edits are used only where every statement about them agrees."""

from typing import Any

import pytest

from tests.fhir.read.building import (
    LOINC,
    SITE,
    adds_up,
    because,
    coded,
    gene,
    genotype,
    observation,
    read,
    sequence,
    told,
    variant,
)

SPDI = "NC_000010.11:94781858:G:A"
ONE = (94781858, 94781859, "G", "A")


def spelled(*given: dict[str, Any]) -> list[str | None]:
    return [each.spdi for each in read(*given).variants]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (sequence(ONE), SPDI),
        (sequence((94781859, 94781859, "G", "A"), counting=1), SPDI),
        (sequence((94781859, 94781860, "-", "AT"), counting=1), "NC_000010.11:94781859::AT"),
        (sequence((94781859, 94781859, "-", "AT")), "NC_000010.11:94781859::AT"),
        (sequence((94781899, 94781901, "CA", "-"), counting=0), "NC_000010.11:94781899:CA:"),
        (sequence((94781900, 94781901, "CA", "-"), counting=1), "NC_000010.11:94781899:CA:"),
        (sequence((94781858, 94781859, "CG", "CA"), counting=1), SPDI),
        (sequence((94781858, 94781859, "g", "a")), SPDI),
    ],
)
def test_both_ways_of_counting(given: dict[str, Any], expected: str) -> None:
    assert spelled(given) == [expected]


def test_a_sequence_has_no_zygosity() -> None:
    (found,) = read(sequence(ONE)).variants
    assert (found.zygosity, found.origin) == (None, None)


def test_two_entries_are_not_homozygous() -> None:
    (found,) = read(sequence(ONE, ONE)).variants
    assert found.zygosity is None
    assert len(read(sequence(ONE, (94781858, 94781859, "G", "C"))).variants) == 2


@pytest.mark.parametrize("word", ["GRCh38", "GRCh 38", "hg38"])
def test_chromosome_and_build(word: str) -> None:
    reference = {"chromosome": coded("http://terminology.hl7.org/CodeSystem/chromosome-human", "10"), "genomeBuild": word}
    assert spelled(sequence(ONE, referenceSeq=reference)) == [SPDI]


def test_grch37_numbers_on_grch37() -> None:
    (found,) = read(sequence((96541615, 96541616, "G", "A"), accession="NC_000010.10")).variants
    assert found.same_as == SPDI


def test_the_strand_flag_changes_nothing() -> None:
    given = sequence(ONE)
    given["referenceSeq"]["strand"] = "crick"
    assert spelled(given) == [SPDI]


@pytest.mark.parametrize(
    "given",
    [
        sequence((94781859, 94781859, "-", "AT"), counting=1),
        sequence((94781859, 94781860, "G", "A"), counting=1),
        sequence((1282737234, 94781859, "G", "A")),
        sequence(ONE, counting=2),
        sequence(ONE) | {"coordinateSystem": None},
        sequence(ONE, accession="NC_000010"),
        sequence(ONE, accession="NG_007726.3"),
        sequence(ONE, accession="NT_007592.15"),
        sequence(ONE, accession="NM_000059.3"),
        sequence((94781858, 94781859, "C", "T")),
        sequence((94781858, 94781859, "G", "A,C")),
        sequence((94781858, 94781859, "G", "N")),
        sequence(("x", 94781859, "G", "A")),
        sequence(ONE, type="aa"),
        sequence(repository=[{"type": "openapi", "url": "http://x"}]),
        sequence(),
        sequence(ONE, referenceSeq={}),
        sequence(ONE) | {"variant": [{"start": 94781858, "end": 94781859, "observedAllele": "A"}]},
        sequence(ONE)
        | {"variant": [{"start": 94781858, "end": 94781859, "observedAllele": "A", "referenceAllele": "G", "cigar": "3I"}]},
    ],
)
def test_what_disagrees_or_is_missing_is_a_gap(given: dict[str, Any]) -> None:
    chart = read(given)
    assert chart.variants == ()
    assert chart.reference_calls == ()
    assert told(chart) == {"MolecularSequence/q"}
    assert chart.accounted["MolecularSequence"] == {"gap": 1}


@pytest.mark.parametrize(
    "reference", [{"genomeBuild": "GRCh37"}, {"genomeBuild": "hg99"}, {"chromosome": {"text": "7"}, "genomeBuild": "GRCh38"}]
)
def test_accession_build_and_chromosome_must_agree(reference: dict[str, Any]) -> None:
    given = sequence(ONE)
    given["referenceSeq"] |= reference
    assert read(given).variants == ()


def test_a_window_limits_and_does_not_move() -> None:
    given = sequence(ONE)
    given["referenceSeq"] |= {"windowStart": 94781800, "windowEnd": 94781900}
    assert spelled(given) == [SPDI]
    given["referenceSeq"] |= {"windowStart": 94781900, "windowEnd": 94782000}
    assert read(given).variants == ()


def test_known_sites_in_an_observed_window_are_read() -> None:
    given = sequence(
        observedSeq="CGG",
        referenceSeq={"referenceSeqId": coded("x", "NC_000010.11"), "windowStart": 94781857, "windowEnd": 94781860},
    )
    assert [each.spdi for each in read(given).reference_calls] == ["NC_000010.11:94781857:C:C", "NC_000010.11:94781858:G:G"]
    (found,) = read(given | {"observedSeq": "CRG"}).variants
    assert (found.spdi, found.zygosity) == (SPDI, "heterozygous")
    assert spelled(given | {"observedSeq": "CAG"}) == [SPDI]


def test_observed_bases_that_contradict_the_variants_use_neither() -> None:
    given = sequence(
        ONE,
        observedSeq="CGG",
        referenceSeq={"referenceSeqId": coded("x", "NC_000010.11"), "windowStart": 94781857, "windowEnd": 94781860},
    )
    chart = read(given)
    assert chart.variants == ()
    assert because(chart) == {"contradiction"}


def test_edits_on_a_literal_reference_are_comparable_and_local() -> None:
    literal = {"referenceSeqString": "GCACACAT", "windowStart": 0, "windowEnd": 8}
    one = sequence((1, 3, "CA", "-"), name="a", referenceSeq=literal)
    two = sequence((5, 7, "CA", "-"), name="b", referenceSeq=literal)
    three = sequence((2, 3, "CA", "-"), name="c", referenceSeq=literal | {"windowStart": 1}, counting=1)
    chart = read(one, two, three)
    assert {(each.pos0, each.ref, each.alt) for each in chart.local_variants} == {(1, "CACACA", "CACA")}
    assert len(chart.local_variants) == 3
    assert chart.variants == ()


def test_structural_variants_are_listed_with_their_numbers() -> None:
    kind = {
        "outer": {"start": 42522500, "end": 42527000},
        "inner": {"start": 42523000, "end": 42526500},
        "variantType": {"text": "deletion"},
    }
    (found,) = read(sequence(accession="NC_000022.10", counting=1, structureVariant=[kind])).structural
    assert (found.refseq, found.type, found.inner, found.coordinate_system) == (
        "NC_000022.10",
        "deletion",
        (42523000, 42526500),
        1,
    )


def test_the_zygosity_of_the_observation_derived_from_it() -> None:
    about = variant(**SITE, zygosity="LA6705-3", derivedFrom=[{"reference": "MolecularSequence/q"}])
    (found,) = read(sequence(ONE), about).variants
    assert (found.zygosity, found.source) == ("homozygous", ("Observation/v", "MolecularSequence/q"))


def test_the_zygosity_of_an_observation_without_bases() -> None:
    about = variant(derivedFrom=[{"reference": "MolecularSequence/q"}])
    chart = read(sequence(ONE), about)
    assert [each.zygosity for each in chart.variants] == ["heterozygous"]
    assert chart.gaps == ()


def test_the_zygosity_of_the_observation_it_points_at() -> None:
    given = sequence(ONE)
    given["variant"][0]["variantPointer"] = {"reference": "Observation/v"}
    (found,) = read(given, variant(zygosity="LA6705-3")).variants
    assert (found.zygosity, found.gene) == ("homozygous", "CYP2C19")


def test_one_sequence_per_haplotype_gives_zygosity_and_phase() -> None:
    both = sequence((18138996, 18138997, "C", "T"), (18130686, 18130687, "T", "C"), accession="NC_000006.12", name="q1")

    def haplotype(text: str, name: str, source: str) -> dict[str, Any]:
        derived = [{"reference": f"MolecularSequence/{source}"}]
        return observation(
            name, coded(LOINC, "84414-2"), valueCodeableConcept={"text": text}, component=[gene("TPMT")], derivedFrom=derived
        )

    whole = genotype("*1/*3A", "TPMT", derivedFrom=[{"reference": "Observation/h1"}, {"reference": "Observation/h2"}])
    chart = read(
        both, sequence(accession="NC_000006.12", name="q2"), haplotype("*3A", "h1", "q1"), haplotype("*1", "h2", "q2"), whole
    )
    assert [each.zygosity for each in chart.variants] == ["heterozygous", "heterozygous"]
    assert not isinstance(chart.phase, str)
    assert [each.relation for each in chart.phase] == ["cis"]
    assert chart.accounted["MolecularSequence"] == {"used": 2}


def test_stu3_sequence_is_read() -> None:
    given = sequence(ONE) | {"resourceType": "Sequence"}
    given["referenceSeq"]["strand"] = 1
    chart = read(given)
    assert [each.spdi for each in chart.variants] == [SPDI]
    assert chart.accounted["Sequence"] == {"used": 1}


def r5(counting: str | None = "LA30100-4") -> dict[str, Any]:
    starting = {"sequenceCodeableConcept": coded("http://www.ncbi.nlm.nih.gov/refseq", "NC_000010.11")}
    edit = {"start": 94781858, "end": 94781859, "replacementSequence": "A", "replacedSequence": "G"}
    relative = {"startingSequence": starting, "edit": [edit]} | ({"coordinateSystem": coded(LOINC, counting)} if counting else {})
    return {
        "resourceType": "MolecularSequence",
        "id": "q",
        "type": "dna",
        "subject": {"reference": "Patient/p"},
        "relative": [relative],
    }


def test_r5_relative_is_converted_or_told() -> None:
    assert spelled(r5()) == [SPDI]
    chart = read(r5(None))
    assert chart.variants == ()
    assert because(chart) == {"coordinate_system_missing"}
    assert adds_up(chart, 2)


def test_the_sequence_of_a_pathogen_is_never_the_patients() -> None:
    chart = read(sequence((761154, 761155, "C", "T"), accession="NC_000962.3"))
    assert chart.variants == ()
    assert because(chart) >= {"not_translated"}
