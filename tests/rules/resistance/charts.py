"""Charts with HIV in them, built by hand."""

from __future__ import annotations

from smartpgx.domain.chart import Chart, Hla, Ingredient, Isolate, Medication, Mutation, Organism
from smartpgx.knowledge.release import load
from smartpgx.knowledge.resistance import Resistance

HIV1 = Organism(text="Human immunodeficiency virus type 1", snomed="89293008")
TENOFOVIR = Ingredient(name="tenofovir disoproxil", rxcui="300195")
TAF = Ingredient(name="tenofovir alafenamide", rxcui="1721603")
LAMIVUDINE = Ingredient(name="lamivudine", rxcui="68244")
EMTRICITABINE = Ingredient(name="emtricitabine", rxcui="276237")
EFAVIRENZ = Ingredient(name="efavirenz", rxcui="195085")
DOLUTEGRAVIR = Ingredient(name="dolutegravir", rxcui="1433868")
BICTEGRAVIR = Ingredient(name="bictegravir", rxcui="1999660")
ABACAVIR = Ingredient(name="abacavir", rxcui="190521")
DARUNAVIR = Ingredient(name="darunavir", rxcui="460132")
RITONAVIR = Ingredient(name="ritonavir", rxcui="85762")
MARAVIROC = Ingredient(name="maraviroc", rxcui="620216")
HLA_POSITIVE = Hla(allele="HLA-B*57:01", present=True, source=("Observation/hla",))


def tables() -> Resistance:
    return load().resistance


def isolate(organism: Organism | None = HIV1, collected: str = "2026-10-01", **genes: str) -> Isolate:
    """``isolate(RT="M184V, K103N", IN="")``: an empty text is a gene reported as "None"."""
    mutations = tuple(
        Mutation(gene=gene, change=change.strip(), source=(f"Observation/{gene}",))
        for gene, listed in genes.items()
        for change in listed.split(",")
        if change.strip()
    )
    source = ("Specimen/s", *(f"Observation/{gene}" for gene in genes))
    return Isolate(
        organism=organism, specimen="Specimen/s", collected=collected, mutations=mutations, sequenced=tuple(genes), source=source
    )


def tablet(*ingredients: Ingredient, id: str = "m", active: bool | None = True, proposed: bool = False) -> Medication:
    return Medication(
        ingredients=ingredients,
        active=active,
        ordered=not proposed,
        proposed=proposed,
        source=(f"MedicationRequest/{id}",),
        text=id,
    )


def chart(*isolates: Isolate, taking: tuple[Medication, ...] = (), hla: tuple[Hla, ...] = ()) -> Chart:
    return Chart(isolates=isolates, medications=taking, hla=hla)
