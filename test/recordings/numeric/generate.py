"""Writes graphs.jsonl: small ONNX graphs of every family and type, requests for each, and what Python's onnxruntime answers.

One graph a line: {name, files: {path: base64}, requests: [{inputs, outputs}]}; a tensor is {type, dims, data}, its data base64 of
little-endian elements, or a list of texts; the answer of a ZipMap is {maps: [...]}. Run it with
    pip install onnx==1.23.2 onnxruntime==1.30.0 skl2onnx==1.20.0 scikit-learn==1.9.1
    python test/recordings/numeric/generate.py
"""
import base64
import json
import os
import tempfile
import warnings

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto as T
from onnx import helper as h
from onnx import numpy_helper

warnings.filterwarnings("ignore")
rng = np.random.default_rng(7)
NAMES = {
    T.FLOAT: "float32", T.DOUBLE: "float64", T.FLOAT16: "float16", T.INT8: "int8", T.UINT8: "uint8", T.INT16: "int16",
    T.UINT16: "uint16", T.INT32: "int32", T.UINT32: "uint32", T.INT64: "int64", T.UINT64: "uint64", T.BOOL: "bool", T.STRING: "string",
}
graphs = []


def value(name, kind, dims):
    return h.make_tensor_value_info(name, kind, dims)


def const(name, array):
    return numpy_helper.from_array(np.asarray(array), name)


def node(op, inputs, outputs, **attributes):
    return h.make_node(op, inputs.split(), outputs.split(), **attributes)


def floats(*dims):
    return rng.normal(size=dims).astype(np.float32)


def encode(array):
    if isinstance(array, list):
        return {"maps": [{str(key): float(part) for key, part in one.items()} for one in array]}
    array = np.asarray(array)
    if array.dtype.kind in "OU":
        return {"type": "string", "dims": list(array.shape), "data": [str(one) for one in array.reshape(-1)]}
    kind = {"float32": "float32", "float64": "float64", "bool": "bool"}.get(str(array.dtype), str(array.dtype))
    return {"type": kind, "dims": list(array.shape), "data": base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()}


def record(name, files, requests):
    """Asks onnxruntime for every request, each on its own."""
    with tempfile.TemporaryDirectory() as folder:
        for path, content in files.items():
            with open(os.path.join(folder, path), "wb") as file:
                file.write(content)
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 4
        session = onnxruntime.InferenceSession(os.path.join(folder, "model.onnx"), options, providers=["CPUExecutionProvider"])
        names = [output.name for output in session.get_outputs()]
        answers = []
        for inputs in requests:
            outputs = dict(zip(names, session.run(names, inputs)))
            answers.append({"inputs": {key: encode(one) for key, one in inputs.items()}, "outputs": {key: encode(one) for key, one in outputs.items()}})
    encoded = {path: base64.b64encode(content).decode() for path, content in files.items()}
    graphs.append({"name": name, "files": encoded, "requests": answers})


def model(name, inputs, outputs, nodes, requests, weights=(), opset=17, ir=8, extra=()):
    graph = h.make_graph(nodes, "g", inputs, outputs, initializer=list(weights))
    opsets = [h.make_opsetid("", opset), *(h.make_opsetid(domain, version) for domain, version in extra)]
    record(name, {"model.onnx": h.make_model(graph, opset_imports=opsets, ir_version=ir).SerializeToString()}, requests)


def simple(name, nodes, arrays, weights=(), dims=("n", 4), out=("n", None), kind=T.FLOAT, outkind=None, **rest):
    """One input x, one output y; the arrays are the requests."""
    inputs, outputs = [value("x", kind, list(dims))], [value("y", outkind or kind, None if out is None else list(out))]
    model(name, inputs, outputs, nodes, [{"x": one} for one in arrays], weights, **rest)


def rows(*dims, counts=(1, 2, 1, 3)):
    return [floats(count, *dims) for count in counts]


# Element by element.
for op in ["Relu", "Sigmoid", "Tanh", "Erf", "Softplus", "Sqrt", "Log", "Floor", "Reciprocal", "Neg", "HardSwish", "Softsign", "Elu"]:
    simple(op.lower(), [node(op, "x", "y")], rows(4))
simple("clip", [node("Clip", "x low high", "y")], rows(4), [const("low", np.float32(-0.5)), const("high", np.float32(0.5))])
simple("leaky", [node("LeakyRelu", "x", "y", alpha=0.3)], rows(4))
simple("gelu", [node("Gelu", "x", "y")], rows(4), opset=20, ir=9)
simple("affine", [node("Mul", "x scale", "a"), node("Add", "a bias", "y")], rows(4), [const("scale", floats(4)), const("bias", np.float32(2))])
simple("pow-div", [node("Pow", "x two", "a"), node("Div", "a three", "y")], rows(4), [const("two", np.float32(2)), const("three", floats(1, 4))])
simple("where", [node("Greater", "x zero", "c"), node("Where", "c x zero", "y")], rows(4), [const("zero", np.float32(0))])
simple("extremes", [node("Max", "x low", "a"), node("Min", "a high", "b"), node("Mean", "a b x", "y")], rows(4), [const("low", floats(4)), const("high", floats(4))])
simple("infinities", [node("Log", "x", "a"), node("Div", "a x", "y")], [np.array([[0, -1, 1, np.inf]], np.float32), np.array([[np.nan, 2, -np.inf, 0]], np.float32)])
simple("is-nan", [node("IsNaN", "x", "y")], [np.array([[np.nan, 1, np.inf, 2]], np.float32), np.array([[0, np.nan, np.nan, 1]], np.float32)], outkind=T.BOOL)
simple("modulo", [node("Mod", "x m", "y")], [rng.integers(-9, 9, (n, 4)).astype(np.int32) for n in (1, 2, 3)], [const("m", np.int32(5))], kind=T.INT32)
simple("shift", [node("BitShift", "x by", "y", direction="LEFT")], [rng.integers(0, 9, (n, 4)).astype(np.uint32) for n in (1, 2, 1)], [const("by", np.uint32(3))], kind=T.UINT32)
simple("compare", [node("LessOrEqual", "x zero", "y")], rows(4), [const("zero", np.float32(0))], outkind=T.BOOL)
model("logic", [value("a", T.BOOL, ["n", 2]), value("b", T.BOOL, ["n", 2])], [value("y", T.BOOL, ["n", 2])],
      [node("And", "a b", "c"), node("Not", "c", "d"), node("Xor", "d a", "y")],
      [{"a": rng.random((n, 2)) > 0.5, "b": rng.random((n, 2)) > 0.5} for n in (1, 2, 2, 1)])

# Every type, in and out.
for kind, arrays in {
    T.FLOAT: rows(4), T.DOUBLE: [floats(n, 4).astype(np.float64) / 3 for n in (1, 2, 1)],
    T.FLOAT16: [np.array([[1.5, -65504, 6e-8, np.inf]], np.float16), np.array([[np.nan, 0.1, -0.0, 1e-5]], np.float16)],
    T.INT8: [np.array([[-128, 127, 0, 1]], np.int8)] * 2, T.UINT8: [np.array([[0, 255, 3, 91]], np.uint8), np.array([[91, 93, 32, 34]], np.uint8)],
    T.INT16: [np.array([[-32768, 32767, 0, 1]], np.int16)] * 2, T.UINT16: [np.array([[0, 65535, 1, 2]], np.uint16)] * 2,
    T.INT32: [np.array([[-2**31, 2**31 - 1, 0, 1]], np.int32)] * 2, T.UINT32: [np.array([[0, 2**32 - 1, 1, 2]], np.uint32)] * 2,
    T.INT64: [np.array([[1, -2, 3, 4]], np.int64), np.array([[2**63 - 1, -2**63, 2**53 + 1, 7]], np.int64)],
    T.UINT64: [np.array([[1, 2, 3, 4]], np.uint64), np.array([[2**64 - 1, 2**53 + 1, 0, 1]], np.uint64)],
    T.BOOL: [np.array([[True, False, True, True]]), np.array([[False, False, True, False]])],
    T.STRING: [np.array([["a", "", "ü\"\\", "[1]"]], object), np.array([["NaN", "7", "true", "\n"]], object)],
}.items():
    simple(f"type-{NAMES[kind]}", [node("Identity", "x", "y")], arrays, kind=kind)
for source, target in [(T.FLOAT, T.INT64), (T.FLOAT, T.FLOAT16), (T.INT64, T.FLOAT), (T.FLOAT, T.BOOL), (T.INT32, T.STRING), (T.FLOAT16, T.DOUBLE), (T.UINT8, T.FLOAT)]:
    arrays = [(rng.integers(0, 99, (n, 4))).astype(h.tensor_dtype_to_np_dtype(source)) for n in (1, 2, 1)]
    simple(f"cast-{NAMES[source]}-{NAMES[target]}", [node("Cast", "x", "y", to=target)], arrays, kind=source, outkind=target)

# Along axes.
for op in ["ReduceMean", "ReduceMax", "ReduceL2", "ReduceProd", "ReduceLogSumExp"]:
    simple(op.lower(), [node(op, "x", "y", axes=[-1], keepdims=0)], rows(3, 5), dims=("n", 3, 5))
simple("reduce-sum", [node("ReduceSum", "x axes", "y")], rows(3, 5), [const("axes", np.array([1], np.int64))], dims=("n", 3, 5), out=("n", 1, 5))
simple("reduce-everything", [node("ReduceSum", "x", "y")], rows(4), out=(1, 1))
simple("argmax", [node("ArgMax", "x", "y", axis=1, keepdims=0)], rows(4), out=("n",), outkind=T.INT64)
simple("argmax-of-rows", [node("ArgMax", "x", "y", axis=0)], rows(4), out=(1, 4), outkind=T.INT64)
model("topk", [value("x", T.FLOAT, ["n", 6])], [value("best", T.FLOAT, ["n", 2]), value("at", T.INT64, ["n", 2])],
      [node("TopK", "x k", "best at")], [{"x": one} for one in rows(6)], [const("k", np.array([2], np.int64))])
simple("cumsum", [node("CumSum", "x axis", "y")], rows(4), [const("axis", np.int64(1))])
simple("cumsum-of-rows", [node("CumSum", "x axis", "y")], rows(4), [const("axis", np.int64(0))])
simple("softmax", [node("Softmax", "x", "y")], rows(4))
simple("softmax-of-rows", [node("Softmax", "x", "y", axis=0)], rows(4))
simple("softmax-11", [node("Softmax", "x", "y", axis=1)], rows(2, 3), dims=("n", 2, 3), out=("n", 2, 3), opset=11)
simple("log-softmax", [node("LogSoftmax", "x", "y", axis=-1)], rows(4))
simple("layer-norm", [node("LayerNormalization", "x s b", "y", axis=-1)], rows(3, 4), [const("s", floats(4)), const("b", floats(4))], dims=("n", 3, 4), out=("n", 3, 4))
simple("instance-norm", [node("InstanceNormalization", "x s b", "y")], rows(2, 4, 4), [const("s", floats(2)), const("b", floats(2))], dims=("n", 2, 4, 4), out=("n", 2, 4, 4))
simple("batch-norm", [node("BatchNormalization", "x s b m v", "y")], rows(3, 2, 2), [const("s", floats(3)), const("b", floats(3)), const("m", floats(3)), const("v", np.abs(floats(3)))], dims=("n", 3, 2, 2), out=("n", 3, 2, 2))
simple("mean-variance", [node("MeanVarianceNormalization", "x", "y")], rows(3, 2, 2), dims=("n", 3, 2, 2), out=("n", 3, 2, 2))
simple("lrn", [node("LRN", "x", "y", size=3)], rows(4, 2, 2), dims=("n", 4, 2, 2), out=("n", 4, 2, 2))

# Shapes.
ints = lambda name, *values: const(name, np.array(values, np.int64))
simple("reshape", [node("Reshape", "x to", "y")], rows(2, 6), [ints("to", 0, -1)], dims=("n", 2, 6))
simple("reshape-guess", [node("Reshape", "x to", "y")], rows(2, 6), [ints("to", -1, 12)], dims=("n", 2, 6), out=(None, 12))
simple("reshape-across", [node("Reshape", "x to", "y")], rows(2, 6), [ints("to", -1, 3)], dims=("n", 2, 6), out=(None, 3))
simple("reshape-by-shape", [node("Shape", "x", "s"), node("Gather", "s zero", "r"), node("Unsqueeze", "r zeros", "f"), node("Concat", "f rest", "to", axis=0), node("Reshape", "x to", "y")],
       rows(2, 6), [const("zero", np.int64(0)), ints("zeros", 0), ints("rest", 3, 4)], dims=("n", 2, 6), out=(None, 3, 4))
simple("transpose", [node("Transpose", "x", "y")], rows(4), out=(4, "n"))
simple("transpose-inner", [node("Transpose", "x", "y", perm=[0, 2, 1])], rows(2, 3), dims=("n", 2, 3), out=("n", 3, 2))
simple("concat", [node("Neg", "x", "a"), node("Concat", "x a x", "y", axis=1)], rows(4), out=("n", 12))
simple("concat-rows", [node("Neg", "x", "a"), node("Concat", "x a", "y", axis=0)], rows(4), out=(None, 4))
model("split", [value("x", T.FLOAT, ["n", 6])], [value("a", T.FLOAT, ["n", 2]), value("b", T.FLOAT, ["n", 4])],
      [node("Split", "x parts", "a b", axis=1)], [{"x": one} for one in rows(6)], [ints("parts", 2, 4)])
simple("slice", [node("Slice", "x from to axes", "y")], rows(6), [ints("from", 1), ints("to", 5), ints("axes", 1)], dims=("n", 6))
simple("slice-rows", [node("Slice", "x from to", "y")], rows(6), [ints("from", 0), ints("to", 1)], dims=("n", 6))
simple("reverse-rows", [node("Slice", "x from to axes steps", "y")], rows(3), [ints("from", -1), ints("to", -2**40), ints("axes", 0), ints("steps", -1)], dims=("n", 3))
simple("gather", [node("Gather", "x at", "y", axis=1)], rows(6), [ints("at", 5, 0, -2)], dims=("n", 6))
simple("embedding", [node("Gather", "table x", "y")], [rng.integers(0, 9, (n, k)).astype(np.int64) for n, k in [(1, 3), (2, 3), (1, 5), (3, 3)]], [const("table", floats(10, 3))], dims=("n", "words"), out=("n", "words", 3), kind=T.INT64, outkind=T.FLOAT)
simple("squeeze", [node("Unsqueeze", "x at", "a"), node("Squeeze", "a at", "y")], rows(4), [ints("at", 1)])
simple("expand", [node("Expand", "x to", "y")], rows(1, 4), [ints("to", 1, 3, 4)], dims=("n", 1, 4), out=("n", 3, 4))
simple("tile", [node("Tile", "x times", "y")], rows(4), [ints("times", 1, 2)])
simple("tile-rows", [node("Tile", "x times", "y")], rows(4), [ints("times", 2, 1)], out=(None, 4))
simple("pad", [node("Pad", "x by fill", "y")], rows(4), [ints("by", 0, 1, 0, 2), const("fill", np.float32(9))])
simple("flatten", [node("Flatten", "x", "y")], rows(2, 3), dims=("n", 2, 3))
simple("depth-to-space", [node("DepthToSpace", "x", "y", blocksize=2)], rows(4, 2, 2), dims=("n", 4, 2, 2), out=("n", 1, 4, 4))
simple("resize", [node("Resize", "x none scales", "y", mode="linear")], rows(1, 3, 3), [const("none", np.array([], np.float32)), const("scales", np.array([1, 1, 2, 2], np.float32))], dims=("n", 1, 3, 3), out=("n", 1, None, None))
simple("one-hot", [node("OneHot", "x depth values", "y")], [rng.integers(0, 4, (n,)).astype(np.int64) for n in (1, 2, 3)], [const("depth", np.int64(4)), const("values", np.array([0, 1], np.float32))], dims=("n",), kind=T.INT64, outkind=T.FLOAT)
simple("nonzero", [node("NonZero", "x", "y")], [np.array([[0, 0, 0, 0]], np.float32), np.array([[0, 2, 0, 3]], np.float32), floats(2, 4)], out=(2, None), outkind=T.INT64)
simple("compress", [node("Compress", "x keep", "y", axis=1)], rows(4), [const("keep", np.array([True, False, True]))])
simple("unique", [node("Unique", "x", "y")], [np.array([[1, 1, 2, 2]], np.float32), np.array([[5, 1, 5, 1]], np.float32)], out=(None,))
simple("shape-of", [node("Shape", "x", "y")], rows(4), out=(2,), outkind=T.INT64)
simple("empty-rows", [node("Relu", "x", "y")], [np.zeros((0, 4), np.float32), floats(2, 4), np.zeros((0, 4), np.float32)])
simple("scalar", [node("Add", "x x", "y")], [np.array(1.5, np.float32), np.array(-2, np.float32)], dims=(), out=())
simple("scalar-out", [node("ReduceSum", "x", "y", keepdims=0)], rows(4), out=())
simple("trilu", [node("Trilu", "x", "y")], rows(3, 3), dims=("n", 3, 3), out=("n", 3, 3))
simple("unnamed-axes", [node("Relu", "x", "y")], rows(4), dims=(None, None), out=(None, None))
simple("fixed", [node("Relu", "x", "y")], [floats(1, 4), floats(1, 4)], dims=(1, 4), out=(1, 4))

# Products and convolutions.
simple("matmul", [node("MatMul", "x w", "y")], rows(4), [const("w", floats(4, 3))])
simple("gemm", [node("Gemm", "x w b", "y", transB=1, alpha=0.5)], rows(4), [const("w", floats(3, 4)), const("b", floats(3))])
simple("gram", [node("Transpose", "x", "t"), node("MatMul", "x t", "y")], rows(4), out=("n", None))
simple("einsum", [node("Einsum", "x w", "y", equation="bi,io->bo")], rows(4), [const("w", floats(4, 2))])
simple("einsum-rows", [node("Einsum", "x x", "y", equation="bi,ci->bc")], rows(4), out=("n", None))
simple("convolution", [node("Conv", "x w b", "a", pads=[1, 1, 1, 1]), node("Relu", "a", "r"), node("MaxPool", "r", "p", kernel_shape=[2, 2], strides=[2, 2]), node("GlobalAveragePool", "p", "g"), node("Flatten", "g", "f"), node("Gemm", "f v", "y")],
       rows(3, 8, 8, counts=(1, 2, 1)), [const("w", floats(4, 3, 3, 3)), const("b", floats(4)), const("v", floats(4, 5))], dims=("n", 3, 8, 8))
simple("vgg-end", [node("Conv", "x w", "a", pads=[1, 1, 1, 1], strides=[2, 2]), node("Reshape", "a to", "y")], rows(1, 4, 4), [const("w", floats(2, 1, 3, 3)), ints("to", -1, 8)], dims=("n", 1, 4, 4), out=(None, 8))
simple("deconvolution", [node("ConvTranspose", "x w", "y", strides=[2, 2])], rows(2, 3, 3, counts=(1, 2)), [const("w", floats(2, 1, 2, 2))], dims=("n", 2, 3, 3), out=("n", 1, None, None))
model("pool-indices", [value("x", T.FLOAT, ["n", 1, 6])], [value("y", T.FLOAT, ["n", 1, 3]), value("at", T.INT64, ["n", 1, 3])],
      [node("MaxPool", "x", "y at", kernel_shape=[2], strides=[2])], [{"x": one} for one in rows(1, 6)])

# Sequences.
W, R = floats(1, 12, 2), floats(1, 12, 3)
simple("lstm-torch-layout", [node("LSTM", "x w r", "a", hidden_size=3), node("Squeeze", "a one", "y")], [floats(s, 1, 2) for s in (2, 2, 5, 1)], [const("w", W), const("r", R), ints("one", 1)], dims=("sequence", 1, 2), out=("sequence", 1, 3))
simple("lstm-batch-first", [node("Transpose", "x", "t", perm=[1, 0, 2]), node("LSTM", "t w r", "a h", hidden_size=3), node("Squeeze", "h zero", "y")], [floats(n, s, 2) for n, s in [(1, 3), (2, 3), (1, 4), (1, 3)]], [const("w", W), const("r", R), ints("zero", 0)], dims=("n", "sequence", 2), out=("n", 3))
simple("gru-both-ways", [node("Transpose", "x", "t", perm=[1, 0, 2]), node("GRU", "t w r", "a", hidden_size=3, direction="bidirectional"), node("Transpose", "a", "b", perm=[2, 0, 1, 3]), node("Reshape", "b to", "y")], [floats(n, 3, 2) for n in (1, 2, 1)], [const("w", floats(2, 9, 2)), const("r", floats(2, 9, 3)), ints("to", 0, 0, -1)], dims=("n", 3, 2), out=("n", 3, 6))
simple("rnn", [node("RNN", "x w r", "y", hidden_size=2)], [floats(3, n, 2) for n in (1, 2)], [const("w", floats(1, 2, 2)), const("r", floats(1, 2, 2))], dims=("sequence", "n", 2), out=("sequence", 1, "n", 2))
model("attention", [value("x", T.FLOAT, ["n", "s", 8]), value("mask", T.INT64, ["n", "s"])], [value("y", T.FLOAT, ["n", "s", 8])],
      [node("MatMul", "x w", "q"), node("Reshape", "q heads", "a"), node("Transpose", "a", "b", perm=[0, 2, 1, 3]), node("Transpose", "a", "c", perm=[0, 2, 3, 1]),
       node("MatMul", "b c", "d"), node("Unsqueeze", "mask at", "m"), node("Cast", "m", "f", to=T.FLOAT), node("Sub", "one f", "g"), node("Mul", "g far", "i"),
       node("Add", "d i", "e"), node("Softmax", "e", "p"), node("MatMul", "p b", "o"), node("Transpose", "o", "u", perm=[0, 2, 1, 3]), node("Reshape", "u flat", "y")],
      [{"x": floats(n, s, 8), "mask": np.array([[1] * (s - 1) + [0]] * n, np.int64)} for n, s in [(1, 3), (2, 3), (1, 5), (1, 3)]],
      [const("w", floats(8, 8)), ints("heads", 0, 0, 2, 4), ints("flat", 0, 0, 8), ints("at", 1, 2), const("one", np.float32(1)), const("far", np.float32(-1e4))])
branch = lambda name, op: h.make_graph([node(op, "x", name)], name, [], [value(name, T.FLOAT, None)])
simple("branch", [node("ReduceSum", "x", "sum", keepdims=0), node("Greater", "sum zero", "c"), h.make_node("If", ["c"], ["y"], then_branch=branch("t", "Neg"), else_branch=branch("e", "Abs"))],
       [floats(1, 4) + 1, floats(1, 4) - 1, floats(2, 4)], [const("zero", np.float32(0))])
body = h.make_graph([node("Add", "state step", "next"), node("Identity", "next", "each")], "body", [value("state", T.FLOAT, [4]), value("step", T.FLOAT, [4])], [value("next", T.FLOAT, [4]), value("each", T.FLOAT, [4])])
simple("scan", [h.make_node("Scan", ["first", "x"], ["last", "y"], body=body, num_scan_inputs=1)], rows(4), [const("first", np.zeros(4, np.float32))])

# Several inputs.
two = [value("x", T.FLOAT, ["n", 3]), value("w", T.FLOAT, ["n", 3])]
model("two-inputs", two, [value("z", T.FLOAT, ["n", 3])], [node("Mul", "x w", "z")], [{"x": floats(n, 3), "w": floats(n, 3)} for n in (1, 2, 1)])
model("two-axes", [value("x", T.FLOAT, ["n", 3]), value("w", T.FLOAT, ["m", 3])], [value("z", T.FLOAT, [None, 3])], [node("Mul", "x w", "z")],
      [{"x": floats(n, 3), "w": floats(m, 3)} for n, m in [(2, 1), (1, 2), (2, 2), (1, 1)]])
model("outer", [value("x", T.FLOAT, ["n", 1]), value("w", T.FLOAT, ["n"])], [value("z", T.FLOAT, ["n", "n"])], [node("Mul", "x w", "z")], [{"x": floats(n, 1), "w": floats(n)} for n in (1, 2, 2)])
model("mixed-types", [value("x", T.FLOAT, ["n", 2]), value("ids", T.INT64, ["n", 2]), value("keep", T.BOOL, ["n", 2]), value("k", T.FLOAT16, ["n", 2])],
      [value("y", T.FLOAT, ["n", 2]), value("same", T.INT64, ["n", 2])],
      [node("Cast", "ids", "a", to=T.FLOAT), node("Cast", "k", "b", to=T.FLOAT), node("Add", "a b", "c"), node("Where", "keep x c", "y"), node("Identity", "ids", "same")],
      [{"x": floats(n, 2), "ids": rng.integers(0, 2**40, (n, 2)), "keep": rng.random((n, 2)) > 0.5, "k": floats(n, 2).astype(np.float16)} for n in (1, 2, 1)])
model("state", [value("x", T.FLOAT, ["n", 2]), value("sr", T.INT64, [])], [value("y", T.FLOAT, ["n", 2])], [node("Cast", "sr", "a", to=T.FLOAT), node("Div", "x a", "y")], [{"x": floats(n, 2), "sr": np.array(16000, np.int64)} for n in (1, 2)])
model("names", [value("__proto__", T.FLOAT, ["n", 2]), value("constructor", T.FLOAT, ["n", 2])], [value("toString", T.FLOAT, ["n", 2]), value("größe/1:0", T.FLOAT, ["n", 2])],
      [node("Add", "__proto__ constructor", "toString"), node("Sub", "__proto__ constructor", "größe/1:0")], [{"__proto__": floats(n, 2), "constructor": floats(n, 2)} for n in (1, 2)])
model("default", [value("x", T.FLOAT, ["n", 2]), value("w", T.FLOAT, [2])], [value("y", T.FLOAT, ["n", 2])], [node("Mul", "x w", "y")], [{"x": floats(n, 2)} for n in (1, 2)], [const("w", floats(2))])

# Quantised.
q = lambda *dims: rng.integers(0, 255, dims).astype(np.uint8)
simple("quantise", [node("QuantizeLinear", "x s z", "y")], rows(4), [const("s", np.float32(0.05)), const("z", np.uint8(128))], outkind=T.UINT8)
simple("qdq", [node("QuantizeLinear", "x s z", "a"), node("DequantizeLinear", "a s z", "b"), node("DequantizeLinear", "w ws wz", "c", axis=1), node("MatMul", "b c", "y")],
       rows(4), [const("s", np.float32(0.05)), const("z", np.uint8(128)), const("w", q(4, 3)), const("ws", np.array([0.1, 0.2, 0.3], np.float32)), const("wz", np.array([1, 2, 3], np.uint8))])
simple("matmul-integer", [node("MatMulInteger", "x w xz wz", "y")], [q(n, 4) for n in (1, 2, 1)], [const("w", q(4, 3)), const("xz", np.uint8(10)), const("wz", np.uint8(20))], kind=T.UINT8, outkind=T.INT32)
simple("qlinear-matmul", [node("QLinearMatMul", "x xs xz w ws wz ys yz", "y")], [q(n, 4) for n in (1, 2, 1)], [const("xs", np.float32(0.1)), const("xz", np.uint8(10)), const("w", q(4, 3)), const("ws", np.float32(0.1)), const("wz", np.uint8(20)), const("ys", np.float32(5)), const("yz", np.uint8(100))], kind=T.UINT8)
simple("qlinear-conv", [node("QLinearConv", "x s z w s z s2 z", "y")], [q(n, 1, 4, 4) for n in (1, 2)], [const("s", np.float32(0.1)), const("z", np.uint8(128)), const("w", q(2, 1, 2, 2)), const("s2", np.float32(3))], dims=("n", 1, 4, 4), out=("n", 2, 3, 3), kind=T.UINT8)
simple("dynamic-quantise", [node("DynamicQuantizeLinear", "x", "q s z"), node("DequantizeLinear", "q s z", "y")], [floats(1, 4), floats(1, 4) * 100, floats(2, 4)])
int4 = h.make_tensor("w", T.INT4, [4, 2], [1, -2, 3, -4, 5, -6, 7, -8])
simple("int4-weights", [node("DequantizeLinear", "w s", "a"), node("MatMul", "x a", "y")], rows(4), [int4, const("s", np.float32(0.5))], opset=21, ir=10)

# Weights beside the model.
with tempfile.TemporaryDirectory() as folder:
    graph = h.make_graph([node("MatMul", "x w", "y")], "g", [value("x", T.FLOAT, ["n", 64])], [value("y", T.FLOAT, ["n", 8])], [const("w", floats(64, 8))])
    proto = h.make_model(graph, opset_imports=[h.make_opsetid("", 17)], ir_version=8)
    onnx.save(proto, os.path.join(folder, "model.onnx"), save_as_external_data=True, location="weights.bin", size_threshold=16)
    files = {name: open(os.path.join(folder, name), "rb").read() for name in ("model.onnx", "weights.bin")}
    record("external-data", files, [{"x": one} for one in rows(64, counts=(1, 2))])


def classic():
    """Pipelines of scikit-learn, as skl2onnx converts them."""
    from skl2onnx import convert_sklearn
    from skl2onnx.common.data_types import FloatTensorType, Int64TensorType, StringTensorType
    from sklearn.cluster import KMeans
    from sklearn.compose import ColumnTransformer
    from sklearn.decomposition import PCA
    from sklearn.ensemble import GradientBoostingRegressor, RandomForestClassifier
    from sklearn.linear_model import LinearRegression, LogisticRegression
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.neural_network import MLPClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import Normalizer, OneHotEncoder, StandardScaler
    from sklearn.svm import SVC
    from sklearn.tree import DecisionTreeRegressor
    import pandas

    X = rng.normal(size=(60, 4)).astype(np.float32)
    label = (X[:, 0] * 2 + X[:, 1] > 0).astype(np.int64) + (X[:, 2] > 1)
    words = np.array(["cat", "dog", "owl"])[label]
    target = X @ np.array([1, 2, 3, 4]) + 0.1
    requests = [{"x": X[at:at + count]} for at, count in [(0, 1), (1, 2), (5, 1), (9, 3)]]
    kind = [("x", FloatTensorType([None, 4]))]

    def add(name, fitted, types=kind, asked=requests, **options):
        converted = convert_sklearn(fitted, initial_types=types, target_opset={"": 17, "ai.onnx.ml": 3}, **options)
        record(f"sklearn-{name}", {"model.onnx": converted.SerializeToString()}, asked)

    logistic = make_pipeline(StandardScaler(), LogisticRegression()).fit(X, label)
    add("logistic", logistic)
    add("logistic-tensors", logistic, options={id(logistic): {"zipmap": False}})
    add("logistic-words", make_pipeline(StandardScaler(), LogisticRegression()).fit(X, words))
    add("forest", RandomForestClassifier(n_estimators=3, max_depth=3, random_state=1).fit(X, words))
    add("boosting", GradientBoostingRegressor(n_estimators=3, random_state=1).fit(X, target))
    add("tree", DecisionTreeRegressor(max_depth=3).fit(X, target))
    add("linear", LinearRegression().fit(X, target))
    add("svc", SVC(probability=True, random_state=1).fit(X, label))
    add("neighbours", KNeighborsClassifier(2).fit(X[:12], label[:12]))
    add("perceptron", MLPClassifier((5,), max_iter=50, random_state=1).fit(X, label))
    add("pca", make_pipeline(Normalizer(), PCA(2)).fit(X))
    add("kmeans", KMeans(2, n_init=1, random_state=1).fit(X))
    frame = pandas.DataFrame({"size": X[:, 0], "count": label, "colour": np.array(["red", "blue"])[(X[:, 1] > 0).astype(int)]})
    columns = ColumnTransformer([("numbers", StandardScaler(), ["size", "count"]), ("words", OneHotEncoder(), ["colour"])])
    table = make_pipeline(columns, LogisticRegression()).fit(frame, label)
    asked = [{"size": X[at:at + n, :1], "count": label[at:at + n].reshape(-1, 1), "colour": frame["colour"].values[at:at + n].reshape(-1, 1).astype(object)} for at, n in [(0, 1), (3, 2), (7, 1)]]
    add("table", table, [("size", FloatTensorType([None, 1])), ("count", Int64TensorType([None, 1])), ("colour", StringTensorType([None, 1]))], asked)


classic()
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "graphs.jsonl")
with open(path, "w", encoding="utf-8") as file:
    for graph in graphs:
        file.write(json.dumps(graph, ensure_ascii=False, sort_keys=True) + "\n")
print(len(graphs), "graphs,", os.path.getsize(path), "bytes")
