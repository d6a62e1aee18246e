"""Every document is valid by the JSON Schema that `smartpgx schema` prints."""

import json

import jsonschema
import pytest

from smartpgx.cli.main import main
from tests.contract.documents import document, of_file
from tests.contract.test_contract_bundles import OWN
from tests.shared import ROOT

CHARTS = [*sorted((ROOT / "fhir_fixtures").glob("*/*al*.json")), *sorted((ROOT / "fhir_fixtures").glob("*/profile.json")),
          *sorted(OWN.glob("*.json"))]  # fmt: skip


@pytest.fixture
def schema(capfdbinary):
    def printed(name):
        assert main(["schema", name]) == 0
        return json.loads(capfdbinary.readouterr().out)

    return printed


@pytest.mark.parametrize(("command", "name"), [("read", "facts"), ("assess", "consultation")])
def test_documents_are_valid_by_their_schema(schema, command, name):
    text = schema(name)
    jsonschema.Draft202012Validator.check_schema(text)
    validator = jsonschema.Draft202012Validator(text)
    for path in CHARTS:
        made = of_file(command, path)
        assert made["schema"] == f"smartpgx.{name}/1"
        assert [error.message for error in validator.iter_errors(made)] == [], path


def test_error_documents_are_valid_by_their_schema(schema):
    made = document("read", b"[]")
    jsonschema.validate(made, schema("error"))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(made | {"code": 5}, schema("error"))


def test_a_document_with_a_wrong_status_is_refused(schema):
    made = of_file("assess", OWN / "drug-gene-diplotype.json")
    made["recommendations"][0]["status"] = "perhaps"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(made, schema("consultation"))
