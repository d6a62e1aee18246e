"""Faults the sandbox can simulate. A fault is bound to one launch, or to the whole server by the test controls."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import NamedTuple

from smartpgx.errors import SettingsError


class Scenario(NamedTuple):
    """One fault: ``label`` is what the EHR page says of it."""

    name: str
    label: str


ALL = (
    Scenario("ask", "Ask the clinician for consent"),
    Scenario("access_denied", "The clinician refuses access"),
    Scenario("no_patient", "No patient in the launch context"),
    Scenario("downgrade", "Write permissions are not granted"),
    Scenario("no_refresh", "No refresh token"),
    Scenario("no_scope", "The token answer names no scope"),
    Scenario("token_type", "The token is not a Bearer token"),
    Scenario("no_id_token", "No id_token"),
    Scenario("id_alg_none", "id_token without a signature"),
    Scenario("id_tamper", "id_token signed with a foreign key"),
    Scenario("id_wrong_aud", "id_token for another app"),
    Scenario("id_wrong_nonce", "id_token of another sign-in"),
    Scenario("slow", "FHIR answers slowly"),
    Scenario("down", "FHIR is down (503)"),
    Scenario("html", "FHIR answers with a web page"),
    Scenario("expired_once", "The access token ends midway"),
    Scenario("429", "Too many requests (429) at first"),
    Scenario("no_molecularsequence", "The record has no MolecularSequence"),
    Scenario("no_detectedissue", "The record has no DetectedIssue"),
    Scenario("unknown_param_400", "Only the plainest search parameters"),
    Scenario("small_pages", "Two results a page"),
    Scenario("search_cache", "Repeated searches are answered from a cache"),
    Scenario("write_422", "Writing is refused (422)"),
    Scenario("write_lost", "Writes are stored, but the answer is lost (504)"),
)
NAMES = tuple(scenario.name for scenario in ALL)
MISSING_TYPES = {"no_molecularsequence": "MolecularSequence", "no_detectedissue": "DetectedIssue"}


def checked(names: Iterable[str]) -> frozenset[str]:
    """The same names. Raises SettingsError at one that is no scenario, with the nearest that is."""
    wanted = frozenset(names)
    for name in sorted(wanted - set(NAMES)):
        near = difflib.get_close_matches(name, NAMES, 1)
        hint = f" Did you mean {near[0]!r}?" if near else f" There are: {', '.join(NAMES)}."
        raise SettingsError(f"There is no sandbox scenario {name!r}.{hint}")
    return wanted
