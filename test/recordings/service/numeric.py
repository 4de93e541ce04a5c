"""Writes numeric.json: what numpy, onnxruntime and scipy make of small tensors and sounds.

    pip install numpy==2.4.6 scipy==1.17.1 onnx==1.23.2 onnxruntime==1.32.0
    python test/recordings/service/numeric.py
"""
import base64
import io
import json
import os

import numpy as np
import onnx
import onnxruntime
import scipy
import scipy.io.wavfile
import scipy.signal
from onnx import TensorProto, helper

rng = np.random.default_rng(11)


def tensor(values):
    names = {"float32": "float32", "float64": "float64", "float16": "float16", "int64": "int64", "int32": "int32", "uint8": "uint8"}
    return {"type": names[str(values.dtype)], "dims": list(values.shape),
            "data": base64.b64encode(np.ascontiguousarray(values).tobytes()).decode()}


def operator(name, values, **attributes):
    """The answer of one ONNX operator, as onnxruntime computes it."""
    k = attributes.pop("k", None)
    inputs = [helper.make_tensor_value_info("x", helper.np_dtype_to_tensor_dtype(values.dtype), values.shape)]
    feeds = {"x": values}
    if k is not None:
        inputs.append(helper.make_tensor_value_info("k", TensorProto.INT64, [1]))
        feeds["k"] = np.array([k], np.int64)
    outputs = ["y", "i"] if name == "TopK" else ["y"]
    kinds = [TensorProto.INT64 if name == "ArgMax" or out == "i" else helper.np_dtype_to_tensor_dtype(values.dtype) for out in outputs]
    graph = helper.make_graph([helper.make_node(name, list(feeds), outputs, **attributes)], "one", inputs,
                              [helper.make_tensor_value_info(out, kind, None) for out, kind in zip(outputs, kinds)])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    found = onnxruntime.InferenceSession(model.SerializeToString()).run(None, feeds)
    return [tensor(one.astype(np.int32) if one.dtype == np.int64 else one) for one in found]


x = (rng.normal(0, 4, (3, 4, 5))).astype(np.float32)
x[0, 0, 1] = 300
x[1, 2, 3] = x[1, 2, 4]
axes = []
for axis in (-1, 0, 1):
    axes.append({
        "axis": axis,
        "softmax": operator("Softmax", x, axis=axis)[0],
        "argmax": operator("ArgMax", x, axis=axis, keepdims=0)[0],
        "topk": operator("TopK", x, axis=axis, k=3, largest=1, sorted=1),
        "l2": operator("LpNormalization", x, axis=axis, p=2)[0],
    })
halves = x.astype(np.float16)
wide = halves.astype(np.float32)
shifted = np.exp(wide - wide.max(-1, keepdims=True))

vectors = rng.normal(0, 1, (3, 6, 4)).astype(np.float32)
mask = np.array([[1] * 6, [1, 1, 0, 0, 0, 0], [0] * 6], np.int64)
weights = mask[..., None].astype(np.float32)
pooled = (vectors * weights).sum(1) / np.clip(weights.sum(1), 1e-9, None)

lengths = [2, 5, 0, 3]
sequences = [rng.normal(0, 1, (n, 2)).astype(np.float32) for n in lengths]
filled = np.full((4, 5, 2), -1, np.float32)
for at, one in enumerate(sequences):
    filled[at, : len(one)] = one
padded_mask = (np.arange(5)[None] < np.array(lengths)[:, None]).astype(np.int64)

LABELS = ["", "a", "b", "c"]


def ctc(logits, blank):
    read = []
    for rows in logits:
        best = rows.argmax(-1)
        keep = (best != blank) & np.r_[True, best[1:] != best[:-1]]
        steps = np.flatnonzero(keep)
        read.append({"text": "".join(LABELS[c] for c in best[steps]), "classes": best[steps].tolist(),
                     "steps": steps.tolist(), "scores": [float(rows[s, best[s]]) for s in steps]})
    return read


logits = rng.normal(0, 1, (3, 14, 4)).astype(np.float32)
logits[:, :, 0] += 0.7
logits[0, 3:6] = [0, 9, 0, 0]
logits[0, 6] = [9, 0, 0, 0]
logits[0, 7] = [0, 9, 0, 0]

sounds = []
time = np.arange(700)
sound = (0.6 * np.sin(time / 9) + 0.3 * np.sin(time / 2.3 + 1) + 0.05 * rng.normal(0, 1, 700)).astype(np.float32)
for source, target in ((44100, 16000), (8000, 16000), (48000, 16000), (22050, 16000), (16000, 16000), (16000, 44100), (3, 2)):
    made = scipy.signal.resample_poly(sound.astype(np.float64), target, source)
    sounds.append({"from": source, "to": target, "samples": tensor(made)})

stereo = rng.uniform(-1, 1, (20, 2))
files = []


def wav(name, rate, values, expected):
    stream = io.BytesIO()
    scipy.io.wavfile.write(stream, rate, values)
    read_rate, read = scipy.io.wavfile.read(io.BytesIO(stream.getvalue()))
    assert read_rate == rate and read.shape == values.shape
    files.append({"name": name, "rate": rate, "file": base64.b64encode(stream.getvalue()).decode(),
                  "channels": [tensor(one.astype(np.float32)) for one in np.atleast_2d(expected.T)]})


eight = np.round(stereo * 127 + 128).astype(np.uint8)
wav("8 bits", 8000, eight, (eight.astype(np.float64) - 128) / 128)
sixteen = np.round(stereo * 32767).astype(np.int16)
wav("16 bits", 16000, sixteen, sixteen / 2.0**15)
wav("16 bits, one channel", 44100, sixteen[:, 0], sixteen[:, :1] / 2.0**15)
thirty_two = np.round(stereo * (2**31 - 1)).astype(np.int32)
wav("32 bits", 16000, thirty_two, thirty_two / 2.0**31)
wav("float of 32 bits", 48000, stereo.astype(np.float32), stereo.astype(np.float32))
wav("float of 64 bits", 16000, stereo, stereo)
# Python's wave writes 24 bits.
import wave

stream = io.BytesIO()
with wave.open(stream, "wb") as out:
    out.setnchannels(2)
    out.setsampwidth(3)
    out.setframerate(16000)
    twenty_four = np.round(stereo * (2**23 - 1)).astype(np.int64)
    out.writeframes(b"".join(int(v).to_bytes(3, "little", signed=True) for v in twenty_four.reshape(-1)))
files.append({"name": "24 bits", "rate": 16000, "file": base64.b64encode(stream.getvalue()).decode(),
              "channels": [tensor((one / 2.0**23).astype(np.float32)) for one in twenty_four.T]})

recorded = {
    "versions": {"numpy": np.__version__, "scipy": scipy.__version__, "onnx": onnx.__version__, "onnxruntime": onnxruntime.__version__},
    "x": tensor(x), "axes": axes, "sigmoid": operator("Sigmoid", x)[0],
    "halves": tensor(halves), "softmaxOfHalves": tensor((shifted / shifted.sum(-1, keepdims=True)).astype(np.float32)),
    "pool": {"vectors": tensor(vectors), "mask": tensor(mask), "mean": tensor(pooled)},
    "pad": {"sequences": [tensor(one) for one in sequences], "fill": -1, "tensor": tensor(filled), "mask": tensor(padded_mask)},
    "ctc": {"logits": tensor(logits), "labels": LABELS, "read": ctc(logits, 0), "blankLast": ctc(logits, 3)},
    "sound": tensor(sound), "resampled": sounds, "wav": files,
}
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "numeric.json")
with open(path, "w", encoding="utf-8") as file:
    json.dump(recorded, file, separators=(",", ":"))
    file.write("\n")
print(os.path.getsize(path), "bytes")
