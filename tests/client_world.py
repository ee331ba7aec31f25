"""A registered system as a test plays it: its keys, its assertions, and where it publishes them."""

from __future__ import annotations

import json
import ssl
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path

import httpx
from api_client import Api, Town
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from joserfc import jws
from joserfc.jwk import ECKey, OctKey, RSAKey
from town import WIDNES

from service.identity.actors import operator
from service.identity.clients import DEFAULT_SCOPES, KeysGiven, register_client
from service.store.work import Store

TOKEN_URL = "http://kith.test/oauth2/token"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
KINDS = {"RS384": "RSA", "RS512": "RSA", "ES384": "EC"}


def key(kid: str, kind: str = "RSA") -> RSAKey | ECKey:
    """A private key; made once for each name, since making an RSA key takes a while."""
    return _key(kid, kind)


@cache
def _key(kid: str, kind: str) -> RSAKey | ECKey:
    named = {"kid": kid, "use": "sig"}
    if kind == "RSA":
        return RSAKey.generate_key(2048, named, auto_kid=False)
    return ECKey.generate_key("P-384", named, auto_kid=False)


def jwks(*keys: RSAKey | ECKey) -> str:
    """The public halves, as they are given away."""
    return json.dumps({"keys": [each.as_dict(private=False) for each in keys]})


def signed(header: dict, claims: object, by: RSAKey | ECKey | OctKey | None = None) -> str:
    """A compact JWS with exactly this header, whatever it says."""
    algorithm = header.get("alg")
    payload = claims if isinstance(claims, str) else json.dumps(claims)
    if by is None or not isinstance(algorithm, str) or algorithm == "none":
        import base64

        parts = [json.dumps(header), payload, "signature"]
        return ".".join(
            base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in parts
        )
    registry = jws.JWSRegistry(algorithms=[algorithm], strict_check_header=False)
    return jws.serialize_compact(header, payload, by, registry=registry)


@dataclass
class System:
    """A system with one key, registered under `client_id`."""

    town: Town
    client_id: str
    algorithm: str = "RS384"
    kid: str = "first"
    headers: dict[str, str] = field(default_factory=dict)

    def assertion(self, *, header: dict | None = None, by=None, drop=(), **changes) -> str:
        """An assertion that holds, but for what a test changes or drops."""
        head = {"alg": self.algorithm, "kid": self.kid, "typ": "JWT"} | (header or {})
        claims = {
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": TOKEN_URL,
            "jti": str(uuid.uuid4()),
            "exp": int(time.time()) + 240,
        } | changes
        for name in drop:
            head.pop(name, None)
            claims.pop(name, None)
        return signed(head, claims, by or key(self.kid, KINDS.get(self.algorithm, "RSA")))

    def ask(self, assertion: str | None = None, *, drop=(), **changes) -> httpx.Response:
        """Ask for a token, with a form that holds but for what a test changes or drops."""
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": assertion or self.assertion(),
            "scope": "system/ServiceRequest.crs system/Patient.r system/HealthcareService.rs",
        } | changes
        for name in drop:
            form.pop(name)
        return self.town.caller.request("POST", "/oauth2/token", data=form)

    def api(self, scope: str) -> Api:
        """The API as this system calls it with a token of that scope."""
        answer = self.ask(scope=scope)
        assert answer.status_code == 200, answer.text
        return Api(self.town, answer.json()["access_token"])


def system_for(
    town: Town,
    *,
    practices=(WIDNES,),
    algorithm: str = "RS384",
    kid: str = "first",
    scopes: str = DEFAULT_SCOPES,
    nhs: bool = False,
    issuer: str = "",
    jwks_url: str = "",
) -> System:
    """A system registered by the operator, with its keys inline or at an address."""
    public = "" if jwks_url else jwks(key(kid, KINDS[algorithm]))
    return System(
        town,
        registered(
            town.store,
            practices=practices,
            keys=KeysGiven(public, jwks_url),
            scopes=scopes,
            nhs_mode=nhs,
            issuer=issuer,
        ),
        algorithm,
        kid,
    )


def registered(store: Store, **changes) -> str:
    """The client id of a system registered by the operator."""
    given = {
        "name": "A clinical system",
        "practices": (WIDNES,),
        "keys": KeysGiven(jwks(key("first"))),
    } | changes
    with store.work() as work:
        return register_client(work, by=operator(), **given)


@dataclass
class Published:
    """A real HTTP server with a key set, as a system runs one."""

    address: str
    document: str
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    slow_s: float = 0.0
    asked: int = 0


def tls_of_nobody(folder: Path) -> ssl.SSLContext:
    """A certificate for this machine that nobody vouches for."""
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .sign(private, hashes.SHA256())
    )
    pem = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ) + certificate.public_bytes(serialization.Encoding.PEM)
    (folder / "tls.pem").write_bytes(pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "tls.pem")
    return context


@contextmanager
def publishing(document: str, tls: ssl.SSLContext | None = None, **how) -> Iterator[Published]:
    """Serve a key set on a free port of this machine while the block runs."""
    state = Published("", document, **how)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            state.asked += 1
            time.sleep(state.slow_s)
            body = state.document.encode()
            self.send_response(state.status)
            for name, value in state.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    state.address = (
        f"{'http' if tls is None else 'https'}://127.0.0.1:{server.server_address[1]}/jwks"
    )
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
