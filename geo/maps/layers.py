"""Draw a sheet with folium: ground, outlines, names, centres, and one clustered layer of marks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo import projection
from geo.maps.escaping import for_folium
from geo.maps.sheet import Area, AreaKind, MapSheet

if TYPE_CHECKING:
    import folium

DECIMALS = 6
"""Decimals of drawn degrees: about 0.1 m, finer than any postcode."""
MAX_ZOOM = 18
_SMALLEST_EXTENT_M = 800.0
_MANY = 300
_STYLES: dict[AreaKind, dict[str, object]] = {
    AreaKind.LAND: {"color": "#8d8879", "weight": 1.5, "fillColor": "#faf8f3", "fillOpacity": 1},
    AreaKind.WATER: {"color": "#7fa9c4", "weight": 1, "fillColor": "#c3dcec", "fillOpacity": 1},
    AreaKind.CATCHMENT: {
        "color": "#003087", "weight": 2.5, "dashArray": "9 6",
        "fillColor": "#005eb8", "fillOpacity": 0.05,
    },
    AreaKind.REACH: {
        "color": "#00703c", "weight": 2, "fillColor": "#00703c", "fillOpacity": 0.12,
    },
    AreaKind.GAP: {
        "color": "#7a4a00", "weight": 2, "dashArray": "2 5",
        "fillColor": "url(#kith-hatch)", "fillOpacity": 1,
    },
}  # fmt: skip


def folium_map(sheet: MapSheet) -> folium.Map:
    """A folium map of the sheet, not yet rendered.

    Text that folium would read as a template, or Leaflet as HTML, is escaped here. Marks carry no
    text at all: each names its row in the page's own list, from which its pop-up is filled.
    """
    import folium
    from folium.plugins import FastMarkerCluster, Fullscreen

    south_west, north_east = extent(sheet)
    drawn = folium.Map(
        location=[(south_west[0] + north_east[0]) / 2, (south_west[1] + north_east[1]) / 2],
        zoom_start=13,
        tiles=None,
        control_scale=True,
        maxZoom=MAX_ZOOM,
        # Pictures of a base map blur between their own zooms; lines of ours do not.
        zoom_snap=1 if sheet.tiles else 0.25,
        scroll_wheel_zoom=False,
        attribution_control=sheet.tiles is not None,
    )
    if sheet.tiles is not None:
        attribution = for_folium(sheet.tiles.attribution)
        folium.TileLayer(sheet.tiles.url, attr=attribution, max_zoom=MAX_ZOOM).add_to(drawn)
    fit = folium.FitBounds([south_west, north_east], padding=(24, 24), max_zoom=16)
    fit.options["animate"] = False
    fit.add_to(drawn)
    _add_areas(drawn, sheet)
    _add_names(drawn, sheet)
    _add_centres(drawn, sheet)
    cluster = FastMarkerCluster(  # type: ignore[no-untyped-call]
        feature_positions(sheet),
        callback="function (row) { return kithMap.mark(row); }",
        icon_create_function="function (cluster) { return kithMap.clusterIcon(cluster); }",
        control=False,
        max_cluster_radius=48 if len(sheet.features) <= _MANY else 64,
        show_coverage_on_hover=False,
        spider_leg_polyline_options={"weight": 1.5, "color": "#212b32", "opacity": 0.7},
    )
    cluster.add_to(drawn)
    full_screen = Fullscreen("topleft", "Full screen", "Leave full screen")  # type: ignore[no-untyped-call]
    full_screen.add_to(drawn)
    _hand_over(drawn, cluster=cluster, bounds=[south_west, north_east])
    return drawn


def extent(sheet: MapSheet) -> tuple[list[float], list[float]]:
    """South-west and north-east corner as [latitude, longitude] of what the map is about.

    That is features, centres, catchments and what is reached; land, water and gaps count only when
    there is none of these. Never less than 800 m across.
    """
    points = [centre.point for centre in sheet.centres]
    points += [item.point for item in sheet.features if item.point is not None]
    boxes = [(point.easting_m, point.northing_m) * 2 for point in points]
    about = (AreaKind.CATCHMENT, AreaKind.REACH)
    outlines = [area.shape for area in sheet.areas if area.kind in about]
    if not boxes and not outlines:
        outlines = [area.shape for area in sheet.areas]
    boxes += [shape.bounds for shape in outlines if not shape.is_empty]
    box = np.array(boxes, dtype=float)
    low, high = box[:, :2].min(axis=0), box[:, 2:].max(axis=0)
    short = np.maximum(_SMALLEST_EXTENT_M - (high - low), 0) / 2
    (west, south), (east, north) = low - short, high + short
    lons, lats = projection.to_lonlat([west, west, east, east], [south, north, south, north])
    return (
        [round(float(lats.min()), DECIMALS), round(float(lons.min()), DECIMALS)],
        [round(float(lats.max()), DECIMALS), round(float(lons.max()), DECIMALS)],
    )


def feature_positions(sheet: MapSheet) -> list[list[float]]:
    """[latitude, longitude, row of the list counted from 0] of every feature that has a place."""
    placed = [
        (item.point, row) for row, item in enumerate(sheet.features) if item.point is not None
    ]
    lons, lats = projection.to_lonlat(
        [point.easting_m for point, _ in placed], [point.northing_m for point, _ in placed]
    )
    return [
        [round(float(lat), DECIMALS), round(float(lon), DECIMALS), row]
        for lat, lon, (_, row) in zip(lats, lons, placed, strict=True)
    ]


def _add_areas(drawn: folium.Map, sheet: MapSheet) -> None:
    import folium

    for kind, style in _STYLES.items():
        areas = [area for area in sheet.areas if area.kind is kind and not area.shape.is_empty]
        # A base map shows its own land and water, and ours would hide it.
        if not areas or (sheet.tiles is not None and kind in (AreaKind.LAND, AreaKind.WATER)):
            continue
        folium.GeoJson(
            {"type": "FeatureCollection", "features": [_geojson(area) for area in areas]},
            style_function=lambda _, style=style: style,
            control=False,
            interactive=False,
            class_name=f"kith-{kind}",
        ).add_to(drawn)


def _geojson(area: Area) -> dict[str, object]:
    shape = shapely.transform(area.shape, _degrees)
    return {"type": "Feature", "properties": {}, "geometry": shapely.geometry.mapping(shape)}


def _degrees(metres: NDArray[np.float64]) -> NDArray[np.float64]:
    lons, lats = projection.to_lonlat(metres[:, 0], metres[:, 1])
    degrees: NDArray[np.float64] = np.column_stack([lons, lats])
    return degrees.round(DECIMALS)


def _add_names(drawn: folium.Map, sheet: MapSheet) -> None:
    for area in sheet.areas:
        if area.label and not area.shape.is_empty:
            _add_name(drawn, area.label, _name_place(area), f"kith-name kith-name-{area.kind}")
    for place in sheet.places:
        at = shapely.Point(place.point.easting_m, place.point.northing_m)
        _add_name(drawn, place.name, at, "kith-name kith-name-place")


def _name_place(area: Area) -> BaseGeometry:
    """Water and gaps are named inside; outlines at their northernmost point, above the line."""
    if area.kind in (AreaKind.WATER, AreaKind.GAP):
        return area.shape.representative_point()
    corners = shapely.get_coordinates(area.shape)
    return shapely.Point(corners[corners[:, 1].argmax()])


def _add_name(drawn: folium.Map, text: str, at: BaseGeometry, css: str) -> None:
    html = f"<span>{for_folium(text)}</span>"
    _add_sign(drawn, html, _degrees(shapely.get_coordinates(at)), css, behind=True)


def _add_centres(drawn: folium.Map, sheet: MapSheet) -> None:
    for centre in sheet.centres:
        at = shapely.Point(centre.point.easting_m, centre.point.northing_m)
        # The page's heading says which the only one is; its name would only hide marks.
        if len(sheet.centres) > 1:
            _add_name(drawn, centre.name, at, "kith-name kith-name-centre")
        html = (
            '<svg aria-hidden="true"><use href="#kith-centre"/></svg>'
            f'<span class="hidden">{for_folium(centre.name)}</span>'
        )
        _add_sign(drawn, html, _degrees(shapely.get_coordinates(at)), "kith-centre", behind=False)


def _add_sign(
    drawn: folium.Map, html: str, lonlat: NDArray[np.float64], css: str, *, behind: bool
) -> None:
    """Something to read and not to press: what it names is described beside the map."""
    import folium

    icon = folium.DivIcon(html=html, icon_size=(0, 0), icon_anchor=(0, 0), class_name=css)
    # Given as `icon=`, folium would first draw Leaflet's own pin, whose pictures we do not serve.
    icon.add_to(drawn)
    marker = folium.Marker([float(lonlat[0, 1]), float(lonlat[0, 0])])
    marker.options.update(
        {
            "icon": icon,  # type: ignore[dict-item]  # folium writes the icon's name
            "interactive": False,
            "keyboard": False,
            "zIndexOffset": -1000 if behind else 1000,
        }
    )
    marker.add_to(drawn)


def _hand_over(drawn: folium.Map, **options: object) -> None:
    """Give the drawn objects to our own script, which knows the search box and the list."""
    from branca.element import MacroElement
    from folium.template import Template

    element: Any = MacroElement()  # type: ignore[no-untyped-call]
    element._template = Template(
        "{% macro script(this, kwargs) %}"
        "kithMap.start({{ this.options|tojavascript }});"
        "{% endmacro %}"
    )
    element.options = {"map": drawn, **options}
    element.add_to(drawn)
