"""Whether a library of Linux's format, ELF, is whole: one that was cut ends the process that touches it."""

import struct

MAGIC = b"\x7fELF\x02\x01"  # of 64 bits, the lowest byte first
LOAD = 1  # a segment that is mapped into memory


def is_cut(content: bytes) -> bool:
    """Whether an ELF file of 64 bits ends before a part that its header names; other files are never cut.

    >>> is_cut(b"no library"), is_cut(b"\\x7fELF\\x02\\x01")
    (False, True)
    """
    if not content.startswith(MAGIC):
        return False
    try:
        segments, sections = struct.unpack_from("<QQ", content, 32)
        size, n, section_size, section_n = struct.unpack_from("<HHHH", content, 54)
        ends = [sections + section_size * section_n]
        for place in range(segments, segments + size * n, max(size, 1)):
            kind, _, offset, _, _, length = struct.unpack_from("<IIQQQQ", content, place)
            ends.append(offset + length if kind == LOAD else 0)
    except struct.error:
        return True
    return max(ends) > len(content)
