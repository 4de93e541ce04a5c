"""Writes boxes.json: boxes that onnxruntime's NonMaxSuppression keeps, and YOLOX outputs decoded by numpy.

    pip install onnx==1.23.2 onnxruntime==1.32.0 numpy==2.4.6
    python test/recordings/service/boxes.py
"""
import json
import os

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper

rng = np.random.default_rng(7)


def session():
    node = helper.make_node("NonMaxSuppression", ["boxes", "scores", "limit", "overlap", "score"], ["kept"])
    inputs = [
        helper.make_tensor_value_info("boxes", TensorProto.FLOAT, [1, "n", 4]),
        helper.make_tensor_value_info("scores", TensorProto.FLOAT, [1, "c", "n"]),
        helper.make_tensor_value_info("limit", TensorProto.INT64, [1]),
        helper.make_tensor_value_info("overlap", TensorProto.FLOAT, [1]),
        helper.make_tensor_value_info("score", TensorProto.FLOAT, [1]),
    ]
    outputs = [helper.make_tensor_value_info("kept", TensorProto.INT64, ["k", 3])]
    model = helper.make_model(helper.make_graph([node], "nms", inputs, outputs),
                              opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    return onnxruntime.InferenceSession(model.SerializeToString())


nms = session()


def suppressed(count, classes, overlap, score, per_class):
    corner = rng.uniform(0, 60, (count, 2))
    boxes = np.concatenate([corner, corner + rng.uniform(5, 40, (count, 2))], 1).astype(np.float32)
    scores = rng.permutation(np.linspace(0.01, 0.99, count)).astype(np.float32)
    labels = rng.integers(0, classes, count)
    rows = classes if per_class else 1
    table = np.zeros((rows, count), np.float32)
    table[labels if per_class else 0, np.arange(count)] = scores
    kept = nms.run(None, {
        "boxes": boxes[None], "scores": table[None], "limit": np.array([count], np.int64),
        "overlap": np.array([overlap], np.float32), "score": np.array([score], np.float32),
    })[0][:, 2]
    return {
        "boxes": boxes.tolist(), "scores": scores.tolist(), "labels": labels.tolist(),
        "overlap": overlap, "score": score, "perClass": per_class,
        "kept": sorted((int(at) for at in kept), key=lambda at: -scores[at]),
    }


def yolox(width, height, classes):
    """Megvii's demo_postprocess, said in numpy of our own."""
    rows, boxes = [], []
    for stride in (8, 16, 32):
        for y in range(height // stride):
            for x in range(width // stride):
                row = rng.normal(0, 0.4, 5 + classes)
                row[4:] = rng.uniform(0, 1, 1 + classes)
                row = row.astype(np.float32).astype(np.float64)
                centre = (row[:2] + [x, y]) * stride
                size = np.exp(row[2:4]) * stride
                rows.append(row)
                boxes.append([*(centre - size / 2), *(centre + size / 2), float(row[4] * row[5:].max()), int(row[5:].argmax())])
    return {"width": width, "height": height, "rows": np.asarray(rows).tolist(), "boxes": np.asarray(boxes).tolist()}


recorded = {
    "versions": {"onnx": onnx.__version__, "onnxruntime": onnxruntime.__version__, "numpy": np.__version__},
    "suppressed": [
        suppressed(40, 1, 0.45, 0.0, True),
        suppressed(60, 3, 0.3, 0.25, True),
        suppressed(60, 3, 0.3, 0.25, False),
        suppressed(50, 2, 0.7, 0.5, True),
    ],
    "yolox": yolox(96, 64, 3),
}
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "boxes.json")
with open(path, "w", encoding="utf-8") as file:
    json.dump(recorded, file)
    file.write("\n")
print(os.path.getsize(path), "bytes")
