"""Checkpoint to ONNX (opset 17), the float detector and, with scales, the one with QuantizeLinear and DequantizeLinear inside."""
import io

import numpy as np
import onnx
import torch
from onnx import TensorProto, checker, helper, numpy_helper, shape_inference

from quantize import fold


def node_of(module):
    """`backbone.stage1.0.dw.conv` is the exporter's `/backbone/stage1/stage1.0/dw/conv/Conv`."""
    parts = []
    for part in module.split("."):
        parts.append(f"{parts[-1]}.{part}" if part.isdigit() else part)
    return "/" + "/".join(parts) + "/Conv"


def float_graph(folded, side=160):
    buffer = io.BytesIO()
    torch.onnx.export(folded.eval(), torch.zeros(1, 3, side, side), buffer, opset_version=17, input_names=["images"], output_names=["output"])
    model = onnx.load_from_string(buffer.getvalue())
    graph = model.graph
    graph.name = "golden_detector"
    constants = {n.output[0]: n for n in graph.node if n.op_type == "Constant"}
    for node in graph.node:
        # Constants become initializers named for the operator that reads them, as the weights are.
        for i, name in enumerate(node.input):
            if name in constants:
                value = numpy_helper.to_array(constants[name].attribute[0].t)
                node.input[i] = f"{node.name}.{ {('Clip', 1): 'min', ('Clip', 2): 'max', ('Resize', 2): 'scales', ('Reshape', 1): 'shape', ('Split', 1): 'split'}.get((node.op_type, i), f'input{i}')}"
                if node.input[i] not in {t.name for t in graph.initializer}:
                    graph.initializer.append(numpy_helper.from_array(value, node.input[i]))
    kept = [n for n in graph.node if n.op_type != "Constant"]
    names = {t.name: t for t in graph.initializer}
    for node in kept:
        for i, name in enumerate(node.input):
            if name in names and node.op_type == "Conv":
                node.input[i] = names[name].name = f"{node.name}.{'weight' if i == 1 else 'bias'}"
                names[node.input[i]] = names[name]
    del graph.node[:]
    graph.node.extend(kept)
    used = {name for node in graph.node for name in node.input}
    unused = [t for t in graph.initializer if t.name not in used]
    for t in unused:
        graph.initializer.remove(t)
    return shape_inference.infer_shapes(model)


def insert_pairs(model, activations):
    """Q/DQ before data and weights of every convolution: weights per output channel, activations[node name] is the scale of its input."""
    graph = model.graph
    values = {t.name: numpy_helper.to_array(t) for t in graph.initializer}
    nodes = []

    def pair(where, source, scale, axis=None):
        zero = np.zeros(scale.shape, np.int8)
        graph.initializer.extend([numpy_helper.from_array(scale, f"{where}/scale"), numpy_helper.from_array(zero, f"{where}/zero_point")])
        extra = {} if axis is None else {"axis": axis}
        nodes.append(helper.make_node("QuantizeLinear", [source, f"{where}/scale", f"{where}/zero_point"], [f"{where}/QuantizeLinear_output_0"], f"{where}/QuantizeLinear", **extra))
        nodes.append(helper.make_node("DequantizeLinear", [f"{where}/QuantizeLinear_output_0", f"{where}/scale", f"{where}/zero_point"], [f"{where}/DequantizeLinear_output_0"], f"{where}/DequantizeLinear", **extra))
        return f"{where}/DequantizeLinear_output_0"
    for node in graph.node:
        if node.op_type == "Conv":
            module = node.name.rsplit("/", 1)[0]
            weight = values[node.input[1]]
            scale = np.maximum(np.abs(weight).max((1, 2, 3)), 1e-12).astype(np.float32) / np.float32(127)
            node.input[0] = pair(f"{module}/_input_quantizer", node.input[0], np.float32(activations[node.name]).reshape(()))
            node.input[1] = pair(f"{module}/_weight_quantizer", node.input[1], scale, 0)
        nodes.append(node)
    del graph.node[:]
    graph.node.extend(nodes)
    del graph.value_info[:]
    return shape_inference.infer_shapes(model)


def save(model, path):
    checker.check_model(model, full_check=True)
    onnx.save(model, path)
