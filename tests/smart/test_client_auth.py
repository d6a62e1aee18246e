import base64
import time

import pytest
import responses
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

from smartpgx.errors import SettingsError
from smartpgx.settings import Issuer
from smartpgx.smart import client_auth, launch, tokens
from smartpgx.smart.discovery import Endpoints

TOKEN = "https://ehr.example.org/token"
ENDPOINTS = Endpoints(authorize="https://ehr.example.org/authorize", token=TOKEN)
ANSWER = {"access_token": "a", "token_type": "bearer", "patient": "p", "expires_in": 60}


def issuer(**more) -> Issuer:
    return Issuer(iss="https://ehr.example.org/fhir", name="E", client_id="client-1", **more)


@pytest.fixture(params=["RSA", "EC", "JWK"])
def keyed(request, tmp_path) -> Issuer:
    key = RSAKey.generate_key(2048, private=True) if request.param == "RSA" else ECKey.generate_key("P-384", private=True)
    path = tmp_path / "key"
    path.write_bytes(
        key.as_pem(private=True) if request.param != "JWK" else __import__("json").dumps(key.as_dict(private=True)).encode()
    )
    return issuer(auth="private_key_jwt", private_key_file=str(path), kid="our-1")


def form_of(call) -> dict[str, str]:
    from urllib.parse import parse_qsl

    return dict(parse_qsl(call.request.body if isinstance(call.request.body, str) else call.request.body.decode()))


def exchanged(made: Issuer):
    with responses.RequestsMock() as mock:
        mock.post(TOKEN, json=ANSWER)
        _, pending = launch.begin("f", made, ENDPOINTS, launch="L", scopes=("openid",), redirect_uri="https://a/cb", now=0)
        tokens.exchange(made, ENDPOINTS, pending, "c", "https://a/cb", time.time())
        return mock.calls[0]


def test_an_assertion_is_what_smart_asks_for(keyed):
    call = exchanged(keyed)
    form = form_of(call)
    assert form["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    assert "client_id" not in form and "Authorization" not in call.request.headers
    assert int(call.request.headers["Content-Length"]) == len(call.request.body)
    published = client_auth.public_keys((keyed,))
    opened = jwt.decode(form["client_assertion"], KeySet.import_key_set(published), algorithms=["RS384", "ES384"])
    assert opened.header["typ"] == "JWT" and opened.header["kid"] == "our-1" and opened.header["alg"] in ("RS384", "ES384")
    claims = opened.claims
    assert claims["iss"] == claims["sub"] == "client-1" and claims["aud"] == TOKEN
    assert 0 < claims["exp"] - time.time() <= 300
    again = jwt.decode(
        form_of(exchanged(keyed))["client_assertion"], KeySet.import_key_set(published), algorithms=["RS384", "ES384"]
    )
    assert claims["jti"] and again.claims["jti"] != claims["jti"]


def test_published_keys_hold_nothing_private(keyed):
    (key,) = client_auth.public_keys((keyed,))["keys"]
    assert key["kid"] == "our-1" and key["kty"] in ("RSA", "EC")
    assert not {"d", "p", "q", "dp", "dq", "qi"} & key.keys()
    assert {"n", "e"} <= key.keys() or {"crv", "x", "y"} <= key.keys()


def test_a_shared_secret_goes_as_basic_and_client_id_stays_out(monkeypatch):
    monkeypatch.setenv("EHR_SECRET", "s3:cret")
    call = exchanged(issuer(auth="client_secret_basic", client_secret_env="EHR_SECRET"))
    assert call.request.headers["Authorization"] == "Basic " + base64.b64encode(b"client-1:s3:cret").decode()
    assert "client_id" not in form_of(call) and "s3" not in str(form_of(call))


def test_a_key_of_the_wrong_kind_is_refused(tmp_path):
    path = tmp_path / "key"
    path.write_bytes(ECKey.generate_key("P-256", private=True).as_pem(private=True))
    with pytest.raises(SettingsError):
        client_auth.signing_key(issuer(auth="private_key_jwt", private_key_file=str(path), kid="k"))
    path.write_bytes(RSAKey.generate_key(2048, private=True).as_pem(private=False))
    with pytest.raises(SettingsError):
        client_auth.signing_key(issuer(auth="private_key_jwt", private_key_file=str(path), kid="k"))


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (3600, 3600),
        ("3600", 3600),
        (None, 300),
        ("soon", 300),
        (0, 300),
        (-5, 300),
        (True, 300),
        ([], 300),
        ("NaN", 300),
        (1e12, 86400),
    ],
)
def test_lifetimes(value, seconds):
    assert tokens.lifetime(value) == seconds


def test_renewed_scopes_never_grow():
    from smartpgx.domain.visit import Tokens

    held = Tokens(access_token="a", expires_at=0, refresh_token="r", scopes=("patient/Patient.rs", "patient/Observation.rs"))
    with responses.RequestsMock() as mock:
        mock.post(TOKEN, json=ANSWER | {"scope": "patient/Patient.rs system/*.cruds"})
        newer = tokens.renew(issuer(), ENDPOINTS, held, "p", "https://a/cb", 0)
    assert newer.scopes == ("patient/Patient.rs",) and newer.refresh_token == "r"
