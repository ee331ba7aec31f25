"""Every setting of Kith, typed, with its default: read from the environment, `KITH_...`."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


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
    map_radius_m: float = Field(
        5_000, gt=0, le=50_000, description="Radius of a practice's map when none is asked for."
    )
    reject_ratio: float = Field(
        0.5, ge=0, le=1, description="Share of bad rows above which an import is refused."
    )
    log_level: str = Field("INFO", description="Least level that is logged.")

    @property
    def url(self) -> str:
        """The database's address, the default filled in."""
        return self.database_url or f"sqlite:///{self.var_dir / 'kith.db'}"

    @property
    def gazetteer_dir(self) -> Path:
        """Where the packed postcodes are kept."""
        return self.var_dir / "gazetteer"
