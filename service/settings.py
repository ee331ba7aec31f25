"""Every setting of Kith, typed, with its default: read from the environment, `KITH_...`."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from geo.errors import DomainError


class BadSettings(DomainError):
    """A setting of this installation cannot be used."""

    slug = "settings-invalid"
    title = "A setting cannot be used"


class CannotListen(BadSettings):
    """Another program listens there already, or this machine has no such address."""

    slug = "listen-address-invalid"
    title = "Kith cannot listen there"


class Settings(BaseSettings):
    """What a deployment may set. With nothing set, Kith runs the example town on SQLite."""

    model_config = SettingsConfigDict(env_prefix="KITH_", extra="forbid", frozen=True)

    var_dir: Path = Field(Path("var"), description="Folder for the database, caches and maps.")
    database_url: str = Field(
        "",
        description="sqlite:///file or postgresql://... ; empty means a SQLite file in `var_dir`.",
    )
    pool_size: int = Field(10, ge=1, le=200, description="Database connections kept per process.")
    host: str = Field("127.0.0.1", description="Address that `kith serve` listens on.")
    port: int = Field(8000, ge=1, le=65535, description="Port that `kith serve` listens on.")
    max_body_bytes: int = Field(
        1_000_000, ge=1_000, description="Largest request body taken; a larger one is refused."
    )
    max_import_bytes: int = Field(
        200_000_000, ge=1_000, description="Largest file `kith import` reads."
    )
    tile_url: str = Field(
        "", description="Template of a base map, with {z} {x} {y}; empty draws Kith's own outline."
    )
    tile_attribution: str = Field("", description="Credit shown for the base map.")
    match_limit: int = Field(10, ge=1, le=50, description="Matches given when none is asked for.")
    osm_pbf: Path | None = Field(
        None, description="OpenStreetMap extract (.osm.pbf): walks are measured along its streets."
    )
    gtfs: Path | None = Field(
        None, description="GTFS timetable (.zip) for buses; needs the street extract as well."
    )
    barriers: Path | None = Field(
        None,
        description=(
            "Folder with barriers.geojson and crossings.toml: rivers and bridges; empty means "
            "those of the example town."
        ),
    )
    matching_file: Path | None = Field(
        None, description="TOML file of matching parameters that differ from Kith's own."
    )
    answer_days: int = Field(
        14,
        ge=1,
        le=90,
        description="Days that a group has to answer, unless whoever asks says otherwise.",
    )
    map_radius_m: float = Field(
        5_000, gt=0, le=50_000, description="Radius of a practice's map when none is asked for."
    )
    reject_ratio: float = Field(
        0.5, ge=0, le=1, description="Share of bad rows above which an import is refused."
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] = Field(
        "INFO", description="Least level that is logged."
    )
    sign_in: Literal["auto", "development", "oidc", "off"] = Field(
        "auto",
        description="How staff sign in. auto: oidc when an issuer is set; else the development "
        "sign-in when listening on this machine only; else off.",
    )
    public_url: str = Field(
        "",
        description="Address that browsers use, as https://kith.example.org; empty: as asked for. "
        "Set it behind a proxy that ends TLS.",
    )
    token_errors: Literal["smart", "nhs"] = Field(
        "smart",
        description="How the token endpoint names a refusal of somebody it does not know: smart "
        "says invalid_client, nhs says invalid_request.",
    )
    oidc_issuer: str = Field("", description="Issuer of the OpenID Connect provider for staff.")
    oidc_client_id: str = Field("", description="Client id that the provider gave to this Kith.")
    oidc_client_secret: SecretStr = Field(
        SecretStr(""), description="Its secret; empty for a public client, which PKCE protects."
    )
    oidc_scopes: str = Field("openid profile email", description="Scopes asked of the provider.")
    oidc_algorithms: tuple[str, ...] = Field(
        ("RS256", "PS256", "ES256"), description="Signatures of id tokens that are taken."
    )
    oidc_subject_claim: str = Field("sub", description="Claim that says who somebody is, for good.")
    oidc_name_claim: str = Field("name", description="Claim with the name to be shown.")
    oidc_email_claim: str = Field("email", description="Claim with the e-mail address.")
    oidc_assurance_claim: str = Field(
        "", description="Claim that says how surely somebody was identified; empty asks for none."
    )
    oidc_assurance_values: tuple[str, ...] = Field(
        (), description="Values of that claim that are taken, as a JSON list."
    )
    oidc_acr_values: str = Field(
        "",
        description="Kinds of sign-in asked of the provider (acr_values); empty leaves it to them.",
    )
    oidc_client_auth: Literal["client_secret_basic", "client_secret_post"] = Field(
        "client_secret_basic", description="How this Kith shows its secret to the provider."
    )
    sign_in_adds_staff: bool = Field(
        False, description="List whoever the provider knows, without any role, at first sign-in."
    )
    ask_for_access: str = Field(
        "the person who runs Kith in your organisation",
        description="Whom somebody who is not on the list should ask, in words for a page.",
    )
    dos_service_id: str = Field(
        "",
        description="This service's id in the NHS Directory of Services, which messages in the "
        "shape of BaRS are addressed to; empty takes any.",
    )
    synthetic_only: bool = Field(
        False,
        description="Take only NHS numbers of the range for tests (999) over FHIR: for a "
        "demonstration, where nobody's real number belongs.",
    )
    licensed_measures: tuple[Literal["mycaw", "swemwbs", "pam"], ...] = Field(
        (),
        description="Outcome measures for which your licence or registration is confirmed, as a "
        "JSON list: mycaw, swemwbs, pam. For the others only scores worked out elsewhere are kept.",
    )
    session_idle_min: int = Field(
        30, ge=1, le=720, description="Minutes without use after which somebody is signed out."
    )
    session_longest_min: int = Field(
        720, ge=5, le=1440, description="Minutes after which somebody is signed out in any case."
    )

    organisation_name: str = Field(
        "Link workers of this Kith",
        min_length=1,
        max_length=200,
        description="Name of the organisation whose link workers use this Kith, as it is told to "
        "other systems.",
    )
    organisation_ods: str = Field(
        "",
        pattern=r"^[A-Z0-9]{0,10}$",
        description="Its ODS code; empty when it has none.",
    )

    def __init__(self, **given: Any) -> None:  # noqa: ANN401 - whatever pydantic takes
        try:
            super().__init__(**given)
        except ValidationError as error:
            # Without the cause: it quotes what was set, which may hold a password.
            raise BadSettings(_explained(error)) from None

    @field_validator("log_level", mode="before")
    @classmethod
    def _in_capitals(cls, value: object) -> object:
        return value.upper() if isinstance(value, str) else value

    @property
    def url(self) -> str:
        """The database's address, the default filled in."""
        return self.database_url or f"sqlite:///{self.var_dir / 'kith.db'}"

    @property
    def network_dir(self) -> Path:
        """Where street networks and timetables are kept in the shape they are searched in."""
        return self.var_dir / "network"

    @property
    def gazetteer_dir(self) -> Path:
        """Where the packed postcodes are kept."""
        return self.var_dir / "gazetteer"


def _explained(error: ValidationError) -> str:
    wrong = [
        f"KITH_{'_'.join(map(str, each['loc'])).upper()}: {each['msg'].rstrip('.')}."
        for each in error.errors(include_input=False, include_url=False)
    ]
    return f"{' '.join(wrong)} Correct it, or take it away to use the default."
