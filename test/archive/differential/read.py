"""What Python's zipfile finds in each archive of a directory: a JSON line with the digest of each entry, or why not."""
import hashlib
import json
import os
import sys
import zipfile


def read(path):
    with zipfile.ZipFile(path) as archive:
        found = []
        for info in archive.infolist():
            if info.is_dir():
                continue
            with archive.open(info) as entry:
                found.append([info.filename, hashlib.sha256(entry.read()).hexdigest()])
        return found


for name in sorted(os.listdir(sys.argv[1])):
    try:
        result = {"entries": read(os.path.join(sys.argv[1], name))}
    except Exception as error:
        result = {"error": type(error).__name__ + ": " + str(error)}
    print(json.dumps({"name": name, **result}))
