"""Writes the graphs of the memory bench into a folder, with seeded weights. Usage: graphs.py FOLDER INT8_MODEL. Needs onnx and numpy."""
import os
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

FOLDER, INT8_MODEL = sys.argv[1:3]
random = np.random.default_rng(7)


class Graph:
    """Nodes and weights of a graph that is being made."""

    def __init__(self):
        self.nodes, self.weights, self.count = [], [], 0

    def weight(self, *shape, scale=0.02):
        return self.constant(random.standard_normal(shape, dtype=np.float32) * np.float32(scale))

    def constant(self, array):
        self.count += 1
        self.weights.append(numpy_helper.from_array(np.asarray(array), f"w{self.count}"))
        return f"w{self.count}"

    def add(self, operator, inputs, outputs=1, **attributes):
        self.count += 1
        names = [f"v{self.count}_{index}" for index in range(outputs)]
        self.nodes.append(helper.make_node(operator, inputs, names, **attributes))
        return names[0] if outputs == 1 else names

    def save(self, name, inputs, outputs, **how):
        graph = helper.make_graph(self.nodes, name, inputs, outputs, self.weights)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
        model.ir_version = 9
        onnx.checker.check_model(model)
        onnx.save(model, os.path.join(FOLDER, name + ".onnx"), **how)


def value(name, dims, kind=TensorProto.FLOAT):
    return helper.make_tensor_value_info(name, kind, dims)


def float_of(int8_path):
    """The same network in float: weights dequantized, what quantizes activations taken out."""
    model = onnx.load(int8_path)
    graph = model.graph
    weights = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    renamed, kept = {}, []
    for node in graph.node:
        if node.op_type == "QuantizeLinear":
            renamed[node.output[0]] = node.input[0]
        elif node.op_type == "DequantizeLinear" and node.input[0] in weights:
            data, scale = weights[node.input[0]].astype(np.float32), weights[node.input[1]]
            zero = weights[node.input[2]].astype(np.float32) if len(node.input) > 2 else np.zeros_like(scale)
            axis = next((a.i for a in node.attribute if a.name == "axis"), 1)
            shape = [-1 if scale.ndim and i == axis % data.ndim else 1 for i in range(data.ndim)]
            weights[node.output[0]] = (data - zero.reshape(shape)) * scale.reshape(shape) if scale.ndim else (data - zero) * scale
        elif node.op_type == "DequantizeLinear":
            renamed[node.output[0]] = node.input[0]
        else:
            kept.append(node)

    def source(name):
        while name in renamed:
            name = renamed[name]
        return name

    for node in kept:
        node.input[:] = [source(name) for name in node.input]
    for output in graph.output:
        if output.name in renamed:
            kept.append(helper.make_node("Identity", [source(output.name)], [output.name]))
    used = {name for node in kept for name in node.input}
    tensors = [numpy_helper.from_array(np.asarray(array, array.dtype), name) for name, array in weights.items() if name in used]
    made = helper.make_model(
        helper.make_graph(kept, "float", list(graph.input), list(graph.output), tensors),
        opset_imports=list(model.opset_import),
    )
    made.ir_version = model.ir_version
    onnx.checker.check_model(made)
    onnx.save(made, os.path.join(FOLDER, "efficientnet-lite0-float.onnx"))


def dynamic_axes():
    """An hourglass over images of any size: skips that live long, pictures made larger again."""
    g = Graph()

    def conv(x, inside, outside, stride=1):
        y = g.add("Conv", [x, g.weight(outside, inside, 3, 3), g.weight(outside)], kernel_shape=[3, 3], pads=[1] * 4, strides=[stride] * 2)
        return g.add("Relu", [y])

    a = conv("image", 3, 32)
    b = conv(a, 32, 64, 2)
    c = conv(b, 64, 128, 2)
    c = conv(c, 128, 128)
    scales = g.constant(np.array([1, 1, 2, 2], np.float32))
    up = g.add("Resize", [c, "", scales], mode="nearest")
    d = conv(g.add("Concat", [up, b], axis=1), 192, 64)
    up = g.add("Resize", [d, "", scales], mode="nearest")
    e = conv(g.add("Concat", [up, a], axis=1), 96, 32)
    out = g.add("Conv", [e, g.weight(4, 32, 1, 1)], kernel_shape=[1, 1])
    g.nodes.append(helper.make_node("Sigmoid", [out], ["mask"]))
    g.save("hourglass-dynamic", [value("image", ["batch", 3, "height", "width"])], [value("mask", ["batch", 4, "height", "width"])])


def external_data():
    """Wide layers whose weights lie beside the model."""
    g = Graph()
    x, inside = "x", 2048
    for outside in [4096, 4096, 1024]:
        x = g.add("Relu", [g.add("Gemm", [x, g.weight(inside, outside), g.weight(outside)])])
        inside = outside
    g.nodes.append(helper.make_node("Softmax", [x], ["y"]))
    g.save(
        "layers-external", [value("x", ["batch", 2048])], [value("y", ["batch", 1024])],
        save_as_external_data=True, location="layers-external.data", size_threshold=1024,
    )


def transformer(layers=6, width=384, heads=6, vocabulary=8000):
    """An encoder of sentences, spelled out as exporters do."""
    g = Graph()
    x = g.add("Gather", [g.weight(vocabulary, width), "tokens"])
    x = g.add("Add", [x, g.weight(1, 256, width)])
    shape = g.constant(np.array([0, 0, heads, width // heads]))
    back = g.constant(np.array([0, 0, width]))
    root = g.constant(np.float32((width // heads) ** 0.5))

    def dense(x, inside, outside):
        return g.add("Add", [g.add("MatMul", [x, g.weight(inside, outside)]), g.weight(outside)])

    def norm(x):
        return g.add("LayerNormalization", [x, g.constant(np.ones(width, np.float32)), g.weight(width)], axis=-1)

    def split(x, order):
        return g.add("Transpose", [g.add("Reshape", [dense(x, width, width), shape])], perm=order)

    for _ in range(layers):
        q, k, v = split(x, [0, 2, 1, 3]), split(x, [0, 2, 3, 1]), split(x, [0, 2, 1, 3])
        weights = g.add("Softmax", [g.add("Div", [g.add("MatMul", [q, k]), root])], axis=-1)
        mixed = g.add("Transpose", [g.add("MatMul", [weights, v])], perm=[0, 2, 1, 3])
        x = norm(g.add("Add", [x, dense(g.add("Reshape", [mixed, back]), width, width)]))
        y = dense(x, width, width * 4)
        half = g.add("Mul", [y, g.constant(np.float32(0.5))])
        erf = g.add("Erf", [g.add("Mul", [y, g.constant(np.float32(0.7071))])])
        y = g.add("Mul", [half, g.add("Add", [erf, g.constant(np.float32(1))])])
        x = norm(g.add("Add", [x, dense(y, width * 4, width)]))
    g.nodes.append(helper.make_node("ReduceMean", [x], ["y"], axes=[1], keepdims=0))
    g.save("transformer", [value("tokens", ["batch", 256], TensorProto.INT64)], [value("y", ["batch", width])])


def recurrent(hidden=512, size=256):
    """Two layers of LSTM, the first in both directions."""
    g = Graph()
    x = g.add("Transpose", ["x"], perm=[1, 0, 2])
    y, _, _ = g.add("LSTM", [x, g.weight(2, 4 * hidden, size), g.weight(2, 4 * hidden, hidden), g.weight(2, 8 * hidden)], 3, hidden_size=hidden, direction="bidirectional")
    y = g.add("Reshape", [g.add("Transpose", [y], perm=[0, 2, 1, 3]), g.constant(np.array([0, 0, 2 * hidden]))])
    y, _, _ = g.add("LSTM", [y, g.weight(1, 4 * hidden, 2 * hidden), g.weight(1, 4 * hidden, hidden), g.weight(1, 8 * hidden)], 3, hidden_size=hidden)
    y = g.add("Squeeze", [y, g.constant(np.array([1]))])
    g.nodes.append(helper.make_node("Transpose", [g.add("MatMul", [y, g.weight(hidden, 96)])], ["y"], perm=[1, 0, 2]))
    g.save("recurrent", [value("x", ["batch", 200, size])], [value("y", ["batch", 200, 96])])


def identity():
    """Nothing but a session, which every other graph is held against."""
    g = Graph()
    g.nodes.append(helper.make_node("Identity", ["x"], ["y"]))
    g.save("identity", [value("x", ["batch", 4])], [value("y", ["batch", 4])])


identity()
float_of(INT8_MODEL)
dynamic_axes()
external_data()
transformer()
recurrent()
with open(os.path.join(FOLDER, "complete"), "w"):
    pass
