"""Static files: read once at start, bundled, fingerprinted, compressed, and served from memory for ever."""

import gzip
import hashlib
import mimetypes
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from forum.core.places import place
from forum.core.settings import settings

_IMPORT = re.compile(r'@import url\("([^"]+)"\) layer\((\w+)\);')
_URL = re.compile(r'url\("(?:\.\./)*([^"]+)"\)')
_COMMENT = re.compile(r"/\*.*?\*/", re.S)
_SPACE = re.compile(r"\s*\n\s*")
_COMPRESSIBLE = (".css", ".js", ".svg", ".json", ".webmanifest", ".txt")
FOR_EVER = "public, max-age=31536000, immutable"

mimetypes.add_type("font/woff2", ".woff2")
mimetypes.add_type("application/manifest+json", ".webmanifest")


@dataclass(frozen=True, slots=True)
class Asset:
    body: bytes
    packed: bytes | None
    media_type: str
    print: str


class Assets:
    """Every file under static/, plus the bundles app.css and app.js."""

    def __init__(self, root: Path, accent: str) -> None:
        self._root = root
        self._assets = {
            path.relative_to(root).as_posix(): _asset(path.name, path.read_bytes())
            for path in sorted(root.rglob("*"))
            if path.is_file() and not path.name.startswith(".")
        }
        self._assets["app.css"] = _asset("app.css", self._styles(accent).encode())
        self._assets["app.js"] = _asset("app.js", self._scripts().encode())

    def url(self, name: str) -> str:
        return f"/static/{self._assets[name].print}/{name}"

    def find(self, path: str) -> Asset | None:
        """By fingerprinted path, or by bare name (then without a promise to stay)."""
        first, _, rest = path.partition("/")
        found = self._assets.get(rest)
        return found if found and found.print == first else self._assets.get(path)

    def _styles(self, accent: str) -> str:
        folder = self._root / "css"
        entry = (folder / "app.css").read_text() if (folder / "app.css").exists() else ""
        bundle = _IMPORT.sub(lambda m: f"@layer {m[2]} {{\n{(folder / m[1]).read_text()}\n}}", entry)
        if accent:
            bundle += f"\n@layer brand {{ :root {{ --accent: {accent} }} }}"
        bundle = _URL.sub(lambda m: f'url("{self.url(m[1])}")' if m[1] in self._assets else m[0], bundle)
        return _SPACE.sub("\n", _COMMENT.sub("", bundle)).strip()

    def _scripts(self) -> str:
        return "\n".join(f"{{\n{path.read_text()}\n}}" for path in sorted((self._root / "js").glob("*.js")))


def _asset(name: str, body: bytes) -> Asset:
    packed = gzip.compress(body, 9, mtime=0) if name.endswith(_COMPRESSIBLE) else None
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Asset(body, packed, kind, hashlib.sha256(body).hexdigest()[:10])


@cache
def assets() -> Assets:
    return Assets(place("static"), settings().accent)


async def serve(scope: Scope, receive: Receive, send: Send) -> None:
    """ASGI app mounted at /static."""
    path = scope["path"].removeprefix("/static/")
    asset = assets().find(path)
    if asset is None or scope["method"] not in ("GET", "HEAD"):
        await Response("Not found", 404, media_type="text/plain")(scope, receive, send)
        return
    headers = {"Cache-Control": FOR_EVER if path.startswith(asset.print) else "public, max-age=300", "Vary": "Accept-Encoding"}
    accepts = dict(scope["headers"]).get(b"accept-encoding", b"")
    if asset.packed is not None and b"gzip" in accepts:
        headers["Content-Encoding"] = "gzip"
        await Response(asset.packed, headers=headers, media_type=asset.media_type)(scope, receive, send)
        return
    await Response(asset.body, headers=headers, media_type=asset.media_type)(scope, receive, send)
