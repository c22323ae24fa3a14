"""The C that the kernels of this room share, in files beside this one."""

from pathlib import Path

HERE = Path(__file__).parent


def with_headers(source: str, *names: str) -> str:
    """The texts of the named headers, then the source."""
    return "\n".join([*((HERE / name).read_text(encoding="utf-8") for name in names), source])
