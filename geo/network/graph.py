"""The streets as a graph: what can be walked, what can be wheeled, and the largest part of each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from geo.distance import FloatArray
from geo.network.cache import Arrays, cached, file_digest
from geo.network.faults import BadNetworkFile
from geo.network.osm import read_streets
from geo.network.rules import FORMAT
from geo.network.snap import Snapper
from geo.progress import Progress, Quiet

Indices: TypeAlias = "NDArray[np.int32]"
Flags: TypeAlias = "NDArray[np.bool_]"

_LAYOUT = 1
"""Raise by one whenever the stored arrays change."""


@dataclass(frozen=True, eq=False)
class Variant:
    """The part of the streets that one may use in one way: on foot, or on wheels.

    Attributes
    ----------
    eastings_m, northings_m : ndarray of float64, shape (n,)
        Of all nodes of the network, EPSG:27700.
    indptr, indices, lengths_m : ndarray
        The graph as compressed rows, each street in both directions; only its largest connected
        component has any.
    starts, ends : ndarray of int32, shape (m,)
        The streets of the largest component, each once.
    edge_m : ndarray of float64, shape (m,)
    in_largest : ndarray of bool, shape (n,)
        Which nodes belong to the largest component. Of equally large ones the one with the lowest
        node.
    """

    eastings_m: FloatArray
    northings_m: FloatArray
    indptr: Indices
    indices: Indices
    lengths_m: FloatArray
    starts: Indices
    ends: Indices
    edge_m: FloatArray
    in_largest: Flags

    @cached_property
    def snapper(self) -> Snapper:
        """Finds the street nearest to a place."""
        return Snapper(self.eastings_m, self.northings_m, self.starts, self.ends, self.edge_m)


@dataclass(frozen=True, eq=False)
class StreetGraph:
    """A walking network. Made by `open_network` or `StreetGraph.of`.

    Attributes
    ----------
    digest : str
        Of the file it was made from; "" when it was not made from one.
    osm_node : ndarray of int64, shape (n,)
        OpenStreetMap's numbers of the nodes, rising.
    on_foot, on_wheels : Variant
        Wheels keep off steps, stiles and whatever says `wheelchair=no`.
    """

    digest: str
    osm_node: NDArray[np.int64]
    on_foot: Variant
    on_wheels: Variant

    @staticmethod
    def of(streets: Arrays, digest: str = "") -> StreetGraph:
        """A graph of arrays in the layout of `geo.network.osm.read_streets`."""
        return _graph(_packed(streets), digest)

    def variant(self, on_wheels: bool) -> Variant:
        """The streets for that way of moving."""
        return self.on_wheels if on_wheels else self.on_foot


def open_network(path: Path, directory: Path, *, progress: Progress | None = None) -> StreetGraph:
    """The walking network of an OpenStreetMap extract.

    Read from the extract once, then mapped into memory from `directory`; a changed file is read
    anew, whatever its name and date.

    Parameters
    ----------
    path : Path
        An .osm.pbf file, cut to the town or county that is wanted: everything costs in proportion
        to it.
    directory : Path
        Where to keep what was read. Made if need be.
    progress : Progress, optional

    Raises
    ------
    BadNetworkFile
        If the file is missing, broken, or holds nothing to walk on; or pyosmium is not installed.
    CacheUnusable
        If the folder cannot be written.
    """
    try:
        digest = file_digest(path)
    except OSError as fault:
        raise BadNetworkFile(
            f"The street file {path.name} cannot be opened: {fault.strerror}. Correct the setting, "
            "or leave it empty to go without streets.",
            file=path.name,
        ) from fault
    stamp = f"{digest} rules {FORMAT} layout {_LAYOUT}"
    told = progress or Quiet()
    return _graph(
        cached(directory, "streets", stamp, lambda: _packed(read_streets(path, told))), digest
    )


def _packed(streets: Arrays) -> dict[str, NDArray[Any]]:
    packed = {name: streets[name] for name in ("osm_node", "easting_m", "northing_m")}
    every = np.ones(len(streets["start"]), dtype=np.bool_)
    for name, usable in (("foot", every), ("wheel", streets["wheels"])):
        for part, values in _variant_arrays(streets, usable).items():
            packed[f"{name}_{part}"] = values
    return packed


def _variant_arrays(streets: Arrays, usable: Flags) -> dict[str, NDArray[Any]]:
    nodes = len(streets["easting_m"])
    starts, ends = streets["start"][usable], streets["end"][usable]
    lengths = streets["length_m"][usable]
    labels = _components(nodes, starts, ends)
    # A node without any street is a component too, but never a network.
    sizes = np.bincount(labels[starts], minlength=1) if len(starts) else np.zeros(1)
    inside = np.zeros(nodes, dtype=np.bool_)
    if sizes.max() > 0:
        sizes = np.bincount(labels)
        inside = labels == np.argmax(sizes)
    kept = inside[starts]
    starts, ends, lengths = starts[kept], ends[kept], lengths[kept]
    rows = np.concatenate((starts, ends))
    columns = np.concatenate((ends, starts))
    order = np.lexsort((columns, rows))
    indptr = np.zeros(nodes + 1, dtype=np.int32)
    np.cumsum(np.bincount(rows, minlength=nodes), out=indptr[1:])
    return {
        "indptr": indptr,
        "indices": columns[order].astype(np.int32),
        "lengths_m": np.concatenate((lengths, lengths))[order],
        "starts": starts,
        "ends": ends,
        "edge_m": lengths,
        "in_largest": inside,
    }


def _components(nodes: int, starts: Indices, ends: Indices) -> Indices:
    links = csr_array((np.ones(len(starts), dtype=np.int8), (starts, ends)), shape=(nodes, nodes))
    labels: Indices = connected_components(links, directed=False)[1]
    return labels


def _graph(packed: Arrays, digest: str) -> StreetGraph:
    def variant(name: str) -> Variant:
        return Variant(
            packed["easting_m"],
            packed["northing_m"],
            packed[f"{name}_indptr"],
            packed[f"{name}_indices"],
            packed[f"{name}_lengths_m"],
            packed[f"{name}_starts"],
            packed[f"{name}_ends"],
            packed[f"{name}_edge_m"],
            packed[f"{name}_in_largest"],
        )

    return StreetGraph(digest, packed["osm_node"], variant("foot"), variant("wheel"))
