"""
Seeded requests for a model, and what Python's onnxruntime answers to each. Usage: answers.py MODEL FOLDER REQUESTS. REQUESTS is JSON: for each request
its inputs by name, `{"shape": [...], "low": 0, "high": 1}` or `{"value": 16000}`. Writes the inputs and outputs as little-endian bytes into FOLDER
and prints JSON: the version, and for each request `{inputs, outputs}`, each by name with `shape`, `type` and `file`.
"""
import json
import sys

import numpy as np
import onnxruntime

MODEL, FOLDER, REQUESTS = sys.argv[1:4]
TYPES = {"tensor(float)": np.float32, "tensor(int64)": np.int64, "tensor(int32)": np.int32}
session = onnxruntime.InferenceSession(MODEL, providers=["CPUExecutionProvider"])
kinds = {one.name: TYPES[one.type] for one in session.get_inputs()}
random = np.random.default_rng(5)


def made(kind, spec):
    if "value" in spec:
        return np.asarray(spec["value"], dtype=kind)
    low, high = spec["low"], spec["high"]
    if np.issubdtype(kind, np.integer):
        return random.integers(low, high, spec["shape"], dtype=kind)
    return (random.random(spec["shape"], dtype=np.float32) * (high - low) + low).astype(kind)


def written(prefix, name, array):
    file = "%s/%s-%d.bin" % (FOLDER, prefix, len(files))
    files.append(file)
    np.ascontiguousarray(array).tofile(file)
    return {"shape": list(array.shape), "type": str(array.dtype), "file": file}


files, told = [], []
for request in json.loads(REQUESTS):
    inputs = {name: made(kinds[name], spec) for name, spec in request.items()}
    outputs = session.run(None, inputs)
    names = [one.name for one in session.get_outputs()]
    told.append(
        {
            "inputs": {name: written("in", name, array) for name, array in inputs.items()},
            "outputs": {name: written("out", name, array) for name, array in zip(names, outputs)},
        }
    )
print(json.dumps({"version": onnxruntime.__version__, "requests": told}))
