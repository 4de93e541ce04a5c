"""Archives whose content is made to take memory: `python3 bench/hurting.py FOLDER` writes one .mar of each kind."""
import base64
import hashlib
import io
import json
import os
import struct
import sys
import zipfile
import zlib

MEGABYTE = 1 << 20
MANIFEST = json.dumps({"runtime": "python", "model": {"modelName": "m", "handler": "service:handle"}})
HANDLER = 'def handle(data, context):\n    return None if data is None else ["ok"] * len(data)\n'


def pickle(unit, size=100 * MEGABYTE, start=b"\x80\x04", end=b"."):
    return start + unit * (size // len(unit)) + end


def wheel(name, files, lines):
    """A wheel of so many modules, with its RECORD."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        record = []
        for number in range(files):
            text = "".join(f"def work_{line}(value):\n    return value + {number}\n" for line in range(lines)).encode()
            path = f"{name}/module_{number}.py"
            archive.writestr(path, text)
            digest = base64.urlsafe_b64encode(hashlib.sha256(text).digest()).rstrip(b"=").decode()
            record.append(f"{path},sha256={digest},{len(text)}")
        archive.writestr(f"{name}-1.0.dist-info/METADATA", f"Name: {name}\nVersion: 1.0\n")
        archive.writestr(f"{name}-1.0.dist-info/RECORD", "\n".join(record) + "\n")
    return made.getvalue()


def filled(start, unit, end, size=64 * MEGABYTE):
    return start + unit * (size // len(unit)) + end


KINDS = {
    "tuples": lambda: {"m.pkl": pickle(b"K\x01K\x02\x86\x94")},
    "nested tuples": lambda: {"m.pkl": pickle(b"\x85", start=b"\x80\x04)")},
    "ints": lambda: {"m.pkl": pickle(b"K\x01", start=b"\x80\x04(", end=b"t.")},
    "many pickles": lambda: {"m.pkl": pickle(b"\x80\x04N.", start=b"", end=b"")},
    "many pickles of lists": lambda: {"m.pkl": pickle(b"\x80\x04](K\x01K\x02K\x03e.", start=b"", end=b"")},
    "lists": lambda: {"m.pkl": pickle(b"]\x94a", start=b"\x80\x04]")},
    "texts": lambda: {"m.pkl": pickle(b"\x8c\x0cabcdefghijkl\x94")},
    "dictionaries": lambda: {"m.pkl": pickle(b"}\x94\x8c\x01aK\x01s")},
    "many small wheels": lambda: {f"w{n}-1.0-py3-none-any.whl": wheel(f"w{n}", 40, 40) for n in range(300)},
    "JSON of 64 MB, data": lambda: {"data.json": filled(b'{"a": [', b'{"x": 1.5, "y": "abc"}, ', b"{}]}")},
    "JSON of 64 MB, layers": lambda: {"config.json": filled(b'{"class_name": "x", "a": [', b"{},[],", b"{}]}")},
    "JSON of 15 MB, layers": lambda: {"config.json": filled(b'{"class_name": "x", "a": [', b"{},[],", b"{}]}", 15 * MEGABYTE)},
    "JSON of 64 MB, nested": lambda: {"config.json": filled(b'{"class_name": "x", "a": ', b"[", b"")},
    "YAML of 64 MB, interpolated": lambda: {"config.yaml": filled(b"a: os\n", b"- _target_: ${a}.${b}\n", b"")},
    "YAML of 64 MB, escaped": lambda: {"config.yaml": filled(b"", b'"\\x5f\\u0074arget_": "os\\x2esystem x"\n', b"")},
}


def deflated(path, unit, times, start):
    """An archive with one deflated entry of `times` units, which is written without making it: each unit is the same compressed block."""
    size, crc = len(start), zlib.crc32(start)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    first = packer.compress(start) + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(unit) + packer.flush(zlib.Z_FULL_FLUSH)
    last = packer.compress(b".") + packer.flush()
    for _ in range(times):
        crc = zlib.crc32(unit, crc)
    crc = zlib.crc32(b".", crc)
    size += len(unit) * times + 1
    packed = len(first) + len(block) * times + len(last)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("MAR-INF/MANIFEST.json", MANIFEST)
        archive.writestr("service.py", HANDLER)
        directory, name = archive.start_dir, b"m.pkl"
        listed = [(info.header_offset, info) for info in archive.infolist()]
    with open(path, "r+b") as out:
        out.seek(directory)
        central = out.read()
        out.seek(directory)
        wide = struct.pack("<HHQQ", 1, 16, size, packed)
        out.write(struct.pack("<4sHHHHHIIIHH", b"PK\3\4", 45, 0, 8, 0, 33, crc, 0xFFFFFFFF, 0xFFFFFFFF, len(name), len(wide)) + name + wide)
        out.write(first)
        for _ in range(times):
            out.write(block)
        out.write(last)
        start_of_list = out.tell()
        own = struct.pack("<4sHHHHHHIIIHHHHHII", b"PK\1\2", 45, 45, 0, 8, 0, 33, crc, 0xFFFFFFFF, 0xFFFFFFFF, len(name), len(wide), 0, 0, 0, 0, directory) + name + wide
        entries = central[: central.rindex(b"PK\5\6")] + own
        out.write(entries)
        out.write(struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, len(listed) + 1, len(listed) + 1, len(entries), start_of_list, 0))
        out.truncate()


def main(folder):
    for kind, make in KINDS.items():
        with zipfile.ZipFile(os.path.join(folder, f"{kind}.mar"), "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            archive.writestr("MAR-INF/MANIFEST.json", MANIFEST)
            archive.writestr("service.py", HANDLER)
            for path, content in make().items():
                archive.writestr(path, content)
    # A number in between, so that it is not refused as what unpacks to too much.
    unit = b"".join(b"\x85" * 1200 + b"J" + os.urandom(4) + b"0" for _ in range(16 * MEGABYTE // 1206))
    deflated(os.path.join(folder, "10 GB of nested tuples.mar"), unit, 640, b"\x80\x04)")


main(sys.argv[1])
