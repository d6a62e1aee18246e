import pytest

from smartpgx.smart.scopes import allows, filtered, missing, to_ask


@pytest.mark.parametrize(
    ("granted", "resource", "right", "answer"),
    [
        ("patient/Observation.rs", "Observation", "r", True),
        ("patient/Observation.rs", "Observation", "c", False),
        ("patient/*.rs", "Observation", "s", True),
        ("patient/Observation.read", "Observation", "s", True),
        ("user/*.*", "DetectedIssue", "u", True),
        ("patient/*.write", "DetectedIssue", "c", True),
        ("patient/*.write", "DetectedIssue", "r", False),
        ("patient/DetectedIssue.cruds", "DetectedIssue", "d", True),
        ("patient/Observation.rs?category=laboratory", "Observation", "s", True),
        ("launch", "Observation", "r", False),
        ("patient/Observations.rs", "Observation", "r", False),
        ("", "Observation", "r", False),
    ],
)
def test_rights(granted, resource, right, answer):
    assert allows((granted,), resource, right) is answer


def test_what_is_missing_is_named_to_the_letter():
    asked = ("launch", "openid", "patient/Observation.rs", "patient/DetectedIssue.crus", "patient/Consent.rs", "online_access")
    assert missing(asked, ("patient/Observation.rs", "patient/DetectedIssue.rs")) == (
        "patient/DetectedIssue.cu",
        "patient/Consent.rs",
    )
    assert missing(asked, ("patient/*.cruds",)) == ()


def test_filters_bind_only_when_every_grant_has_one():
    assert filtered(("patient/Observation.rs?category=x",), "Observation", "s") == ("category=x",)
    assert filtered(("patient/Observation.rs?category=x", "patient/*.rs"), "Observation", "s") == ()


def test_online_access_gives_way_where_only_offline_is_offered():
    assert to_ask(("launch",), ("online_access",), ("permission-offline",)) == ("launch", "offline_access")
    assert to_ask(("launch",), ("online_access",), ("permission-offline", "permission-online")) == ("launch", "online_access")
    assert to_ask(("launch", "launch"), ("online_access",), ()) == ("launch", "online_access")
