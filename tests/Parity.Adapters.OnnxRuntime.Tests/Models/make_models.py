#!/usr/bin/python3
"""Writes the tiny models beside it. Debian's python3-onnx; seeded, so the same bytes each time."""
from pathlib import Path

import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper

HERE = Path(__file__).parent
TYPES = ["FLOAT", "DOUBLE", "FLOAT16", "BFLOAT16", "INT8", "UINT8", "INT16", "UINT16", "INT32", "UINT32", "INT64", "UINT64", "BOOL"]


def save(name, nodes, inputs, outputs, initializers=(), opset=13, check=True):
    graph = helper.make_graph(nodes, name, inputs, outputs, list(initializers))
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], producer_name="make_models.py", ir_version=8)
    if check:
        checker.check_model(model)
    (HERE / f"{name}.onnx").write_bytes(model.SerializeToString())


def value(name, shape, kind=TensorProto.FLOAT):
    return helper.make_tensor_value_info(name, kind, shape)


def types():
    """Every element type a tensor of Parity has, each a cast of the input."""
    nodes = [helper.make_node("Cast", ["x"], [t.lower()], to=getattr(TensorProto, t)) for t in TYPES]
    save("types", nodes, [value("x", [1, 3, 2, 2])], [value(t.lower(), [1, 3, 2, 2], getattr(TensorProto, t)) for t in TYPES])


def inputs():
    """Inputs that fit no or another contract."""
    for name, shape, kind in [
        ("identity", [1, 3, 8, 8], TensorProto.FLOAT),
        ("open_batch", ["N", 3, 8, 8], TensorProto.FLOAT),
        ("batch_of_four", [4, 3, 8, 8], TensorProto.FLOAT),
        ("channels_last", [1, 8, 6, 3], TensorProto.FLOAT),
        ("bytes_16x8", [1, 3, 8, 16], TensorProto.UINT8),
        ("flat", [1, 192], TensorProto.FLOAT),
    ]:
        save(name, [helper.make_node("Identity", ["x"], ["y"])], [value("x", shape, kind)], [value("y", shape, kind)])
    save("two_inputs", [helper.make_node("Add", ["a", "b"], ["y"])], [value("a", [1, 3, 8, 8]), value("b", [1, 3, 8, 8])], [value("y", [1, 3, 8, 8])])
    save("future_opset", [helper.make_node("Identity", ["x"], ["y"])], [value("x", [1, 3, 8, 8])], [value("y", [1, 3, 8, 8])], opset=99, check=False)
    save("unknown_operator", [helper.make_node("Telepathy", ["x"], ["y"])], [value("x", [1, 3, 8, 8])], [value("y", [1, 3, 8, 8])], check=False)
    save("texts", [helper.make_node("Cast", ["x"], ["y"], to=TensorProto.STRING)], [value("x", [1, 3, 8, 8])], [value("y", [1, 3, 8, 8], TensorProto.STRING)])


class Quantized:
    """A chain of quantized layers as the lowering writes them: activations per tensor, weights per channel, bias as int32 of scale x * w."""

    def __init__(self, unsigned):
        self.random = np.random.RandomState(7)
        self.kind = np.uint8 if unsigned else np.int8
        self.zero = 128 if unsigned else 0
        self.nodes, self.constants = [], []

    def constant(self, name, array):
        self.constants.append(numpy_helper.from_array(array, name))
        return name

    def quantize(self, x, scale, zero=None):
        s = self.constant(f"{x}_scale", np.float32(scale))
        z = self.constant(f"{x}_zero", self.kind(self.zero if zero is None else zero))
        self.nodes.append(helper.make_node("QuantizeLinear", [x, s, z], [f"{x}_q"], name=f"{x}_Q"))
        self.nodes.append(helper.make_node("DequantizeLinear", [f"{x}_q", s, z], [f"{x}_dq"], name=f"{x}_DQ"))
        return f"{x}_dq"

    def conv(self, x, y, channels_in, channels_out, input_scale, size=3):
        weight = self.random.randint(-127, 128, (channels_out, channels_in, size, size)).astype(np.int8)
        scale = self.random.uniform(0.001, 0.004, channels_out).astype(np.float32)
        bias = self.random.randint(-2000, 2000, channels_out).astype(np.int32)
        w = [self.constant(f"{y}_w_q", weight), self.constant(f"{y}_w_scale", scale), self.constant(f"{y}_w_zero", np.zeros(channels_out, np.int8))]
        b = [self.constant(f"{y}_b_q", bias), self.constant(f"{y}_b_scale", (scale * np.float32(input_scale)).astype(np.float32)),
             self.constant(f"{y}_b_zero", np.zeros(channels_out, np.int32))]
        self.nodes.append(helper.make_node("DequantizeLinear", w, [f"{y}_w_dq"], name=f"{y}_w_DQ", axis=0))
        self.nodes.append(helper.make_node("DequantizeLinear", b, [f"{y}_b_dq"], name=f"{y}_b_DQ", axis=0))
        self.nodes.append(helper.make_node("Conv", [x, f"{y}_w_dq", f"{y}_b_dq"], [y], name=y, pads=[size // 2] * 4))
        return y

    def node(self, op, inputs, y, **attributes):
        self.nodes.append(helper.make_node(op, inputs, [y], name=y, **attributes))
        return y


def quantized(name, unsigned):
    """Convolutions with ReLU, max pooling and a residual sum, then one convolution left in float; the last tensor is not quantized."""
    q = Quantized(unsigned)
    low = 0 if unsigned else -128
    x = q.quantize("x", 1 / 127)
    a = q.quantize(q.node("Relu", [q.conv(x, "conv1", 3, 16, 1 / 127)], "relu1"), 0.02, low)
    p = q.quantize(q.node("MaxPool", [a], "pool", kernel_shape=[2, 2], strides=[2, 2]), 0.02, low)
    b = q.quantize(q.node("Relu", [q.conv(p, "conv2", 16, 16, 0.02)], "relu2"), 0.05, low)
    c = q.quantize(q.conv(b, "conv3", 16, 16, 0.05), 0.11)
    s = q.quantize(q.node("Add", [c, p], "sum"), 0.12)
    d = q.quantize(q.conv(s, "conv4", 16, 8, 0.12, size=1), 0.13)
    weight = q.random.normal(0, 0.2, (4, 8, 1, 1)).astype(np.float32)
    q.node("Conv", [d, q.constant("head_w", weight)], "y")
    save(name, q.nodes, [value("x", [1, 3, 32, 32])], [value("y", [1, 4, 16, 16])], q.constants)


def per_channel():
    """An activation quantized per channel (axis 1, written as -3), which the adapter must dequantize so."""
    scales = numpy_helper.from_array(np.array([0.5, 0.25, 2.0], np.float32), "s")
    zeros = numpy_helper.from_array(np.array([0, 10, -20], np.int8), "z")
    nodes = [
        helper.make_node("Mul", ["x", "x"], ["squared"]),
        helper.make_node("QuantizeLinear", ["squared", "s", "z"], ["q"], axis=-3),
        helper.make_node("DequantizeLinear", ["q", "s", "z"], ["dq"], axis=-3),
        helper.make_node("Relu", ["dq"], ["y"]),
    ]
    save("per_channel", nodes, [value("x", [1, 3, 2, 2])], [value("y", [1, 3, 2, 2])], [scales, zeros])


types()
inputs()
quantized("qdq_int8", unsigned=False)
quantized("qdq_uint8", unsigned=True)
per_channel()
