"""`kith map`: the map of one practice's assets, as a file that opens anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from geo.maps import Assets, draw
from service import bootstrap
from service.cli.outcomes import told
from service.identity.codes import OdsCode
from service.insights import queries
from service.insights.errors import MapNotWritten
from service.parts import Kith
from service.settings import Settings


def map_(
    practice: Annotated[str, typer.Argument(metavar="ODS", help="ODS code of the practice.")],
    radius: Annotated[float | None, typer.Option(help="Metres around the practice.")] = None,
    need: Annotated[list[str] | None, typer.Option(help="Only assets for this need.")] = None,
    walk: Annotated[
        list[int] | None,
        typer.Option(min=5, max=60, help="Show the walk in so many minutes; repeatable."),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="File to write.")] = None,
) -> None:
    """Draw what there is near a practice: one HTML file that opens from disk without a network.

    With --walk it shows how far one walks, where KITH_OSM_PBF names the streets.

    Example: kith map N81011 --radius 3000 --walk 15 --out widnes.html
    """
    with told():
        settings = Settings()
        kith = bootstrap.wire(settings)
        code = OdsCode(practice)
        target = out or settings.var_dir / "maps" / f"{code}.html"
        written = write_map(
            kith, code, target, radius_m=radius, needs=tuple(need or ()), walk_min=walk or ()
        )
        Console().print(f"{written}: {written.stat().st_size:,} bytes")


def write_map(
    kith: Kith,
    practice: OdsCode,
    target: Path,
    *,
    radius_m: float | None = None,
    needs: tuple[str, ...] = (),
    walk_min: Sequence[int] = (),
) -> Path:
    """Write the map of a practice to `target`, whole or not at all, and return where it is.

    Raises
    ------
    MapNotWritten
        If the disk or the folder does not let it.
    """
    with kith.store.read() as session:
        view = queries.practice(session, practice)
        sheet = queries.asset_map(
            session,
            view=view,
            at=queries.whereabouts(view, kith.gazetteer),
            radius_m=kith.settings.map_radius_m if radius_m is None else radius_m,
            needs=needs,
            today=kith.today(),
            settings=kith.settings,
            travel=kith.travel,
            walk_min=walk_min,
        )
    html = draw(sheet, assets=Assets.inline())
    partial = target.with_suffix(".partial")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        partial.write_text(html, encoding="utf-8")
        partial.replace(target)
    except OSError as error:
        raise MapNotWritten(
            f"{target.name} could not be written: {error.strerror}. Choose another place with "
            "--out, or make room."
        ) from error
    return target
