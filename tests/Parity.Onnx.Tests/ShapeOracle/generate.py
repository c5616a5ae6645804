#!/usr/bin/python3
"""Writes cases.json: one-node models with the types and shapes that onnx's own inference gives (Debian python3-onnx 1.12)."""
import base64, json, os
import numpy as np
from onnx import TensorProto, helper, numpy_helper, shape_inference

F, I = TensorProto.FLOAT, TensorProto.INT64
cases = []


def case(op, inputs, outputs=1, opset=17, consts=None, name=None, **attributes):
    """inputs: shapes (float) or (shape, type); consts: input index -> array; None is an input left out."""
    consts = consts or {}
    graph_inputs, initializers, names = [], [], []
    for i in range(len(inputs) + len(consts)):
        if i in consts:
            initializers.append(numpy_helper.from_array(np.asarray(consts[i]), f"c{i}"))
            names.append(f"c{i}")
            continue
        spec = inputs[i - sum(1 for c in consts if c < i)]
        if spec is None:
            names.append("")
            continue
        shape, kind = spec if isinstance(spec, tuple) else (spec, F)
        graph_inputs.append(helper.make_tensor_value_info(f"x{i}", kind, shape))
        names.append(f"x{i}")
    ys = [f"y{i}" for i in range(outputs)]
    node = helper.make_node(op, names, ys, name="n", **attributes)
    graph = helper.make_graph([node], "g", graph_inputs, [helper.make_empty_tensor_value_info(y) for y in ys], initializers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], producer_name="oracle")
    model.ir_version = 8
    found = shape_inference.infer_shapes(model, strict_mode=True, data_prop=True).graph.output
    result = []
    for value in found:
        tensor = value.type.tensor_type
        dims = [d.dim_value if d.HasField("dim_value") else -1 for d in tensor.shape.dim] if tensor.HasField("shape") else None
        result.append({"type": tensor.elem_type, "shape": dims})
    cases.append({"name": name or f"{op}-{len(cases)}", "model": base64.b64encode(model.SerializeToString()).decode(), "outputs": result})


f = lambda *s: np.zeros(s, np.float32)
i64 = lambda *v: np.array(v, np.int64)
case("Conv", [[2, 4, 15, 16], [6, 4, 3, 3]], strides=[2, 1], pads=[1, 0, 1, 2])
case("Conv", [[2, 4, 15, 16], [8, 2, 3, 3], [8]], group=2, dilations=[2, 3])
case("Conv", [[2, 4, 15, 16], [6, 4, 3, 3]], auto_pad="SAME_UPPER", strides=[2, 2])
case("Conv", [[2, 4, 15, 16], [6, 4, 3, 3]], auto_pad="VALID")
case("Conv", [["N", 4, 15], [6, 4, 3]])
case("ConvTranspose", [[1, 4, 7, 8], [4, 3, 3, 2]], strides=[2, 3], pads=[1, 0, 1, 1], output_padding=[1, 0])
case("ConvTranspose", [[1, 4, 7, 8], [4, 3, 3, 3]], group=2, dilations=[2, 1])
case("ConvTranspose", [[1, 4, 7, 8], [4, 3, 3, 3]], strides=[2, 2], output_shape=[14, 16])
case("ConvTranspose", [[1, 4, 7, 8], [4, 3, 3, 3]], strides=[2, 2], auto_pad="SAME_LOWER")
case("MaxPool", [[1, 4, 15, 16]], 2, kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
case("MaxPool", [[1, 4, 15, 15]], kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1)
case("MaxPool", [[1, 4, 16, 17]], kernel_shape=[2, 2], strides=[3, 3], ceil_mode=1, dilations=[2, 2])
case("AveragePool", [[1, 4, 15, 16]], kernel_shape=[2, 2], strides=[2, 2], auto_pad="SAME_UPPER")
case("GlobalAveragePool", [[2, 4, 15, 16]])
case("Gemm", [[5, 7], [9, 7], [9]], transB=1)
case("Gemm", [[7, 5], [7, 9]], transA=1)
case("MatMul", [[2, 1, 3, 4], [5, 4, 6]])
case("MatMul", [[4], [2, 4, 6]])
case("MatMul", [[2, 3, 4], [4]])
case("Einsum", [[2, 3, 4], [2, 4, 5]], equation="bij,bjk->bik")
case("Add", [[2, 1, 4], [3, 1]])
case("Where", [([2, 1], TensorProto.BOOL), [1, 3], [4, 1, 1]])
case("Equal", [([2, 3], I), ([3], I)])
case("Concat", [[2, 3, 4], [2, 5, 4]], axis=-2)
case("Split", [[7, 4]], 2, consts={1: i64(3, 4)}, axis=0)
case("Split", [[6, 4]], 3, axis=0)
case("Split", [[6, 4]], 2, opset=11, axis=1, split=[1, 3])
case("Slice", [[10, 20]], consts={1: i64(1, -5), 2: i64(9, 2 ** 63 - 1), 3: i64(0, 1), 4: i64(3, 1)})
case("Slice", [[10, 20]], consts={1: i64(-1), 2: i64(-2 ** 63), 3: i64(0), 4: i64(-2)})
case("Slice", [[10, 20]], opset=9, starts=[2], ends=[1000], axes=[1])
case("Slice", [[10, 20]], consts={1: i64(8), 2: i64(3)})
case("Reshape", [[2, 3, 4]], consts={1: i64(0, -1)})
case("Reshape", [["N", 3, 4]], consts={1: i64(-1, 6)})
case("Reshape", [[2, 0, 4]], consts={1: i64(0, 5)}, allowzero=1)
case("Transpose", [[2, 3, 4]], perm=[2, 0, 1])
case("Transpose", [[2, 3, 4]])
case("Flatten", [[2, 3, 4, 5]], axis=-2)
case("Flatten", [[2, 3]], axis=0)
case("Squeeze", [[1, 3, 1, 5]], consts={1: i64(-2)})
case("Squeeze", [[1, 3, 1, 5]])
case("Squeeze", [[1, 3, 1, 5]], opset=11, axes=[0])
case("Unsqueeze", [[3, 5]], consts={1: i64(0, -1)})
case("Unsqueeze", [[3, 5]], opset=11, axes=[1, 2])
case("Resize", [[1, 3, 7, 9]], consts={1: f(0), 2: np.array([1, 1, 2.5, 0.6], np.float32)})
case("Resize", [[1, 3, 7, 9]], consts={1: f(0), 2: f(0), 3: i64(1, 3, 20, 30)})
case("Resize", [[1, 3, 7, 9]], opset=10, consts={1: np.array([1, 1, 2, 3], np.float32)})
case("Upsample", [[1, 3, 7, 9]], opset=9, consts={1: np.array([1, 1, 2, 1.5], np.float32)})
case("Pad", [[3, 4]], consts={1: i64(1, 2, 3, -1)})
case("Pad", [[3, 4]], opset=9, pads=[0, 1, 2, 3])
case("ReduceMean", [[2, 3, 4]], axes=[-1])
case("ReduceMean", [[2, 3, 4]], keepdims=0)
case("ReduceSum", [[2, 3, 4]], consts={1: i64(0, 2)}, keepdims=0)
case("ReduceSum", [[2, 3, 4]], noop_with_empty_axes=1)
case("ArgMax", [[2, 3, 4]], axis=1, keepdims=0)
case("Shape", [[2, 3, 4]])
case("Shape", [[2, 3, 4]], start=-2, end=5)
case("Gather", [[5, 6, 7]], consts={1: np.zeros((2, 3), np.int64)}, axis=1)
case("GatherElements", [[5, 6], ([2, 6], I)], axis=0)
case("GatherND", [[2, 3, 4], ([2, 5, 1], I)], batch_dims=1)
case("ScatterND", [[4, 5], ([2, 1], I), [2, 5]])
case("Expand", [[3, 1]], consts={1: i64(2, 1, 6)})
case("Tile", [[2, 3]], consts={1: i64(2, 4)})
case("Range", [], consts={0: np.int64(3), 1: np.int64(14), 2: np.int64(4)})
case("ConstantOfShape", [], consts={0: i64(2, 5)}, value=helper.make_tensor("v", I, [1], [7]))
case("Cast", [[2, 3]], to=TensorProto.FLOAT16)
case("TopK", [[3, 9]], 2, consts={1: i64(4)}, axis=-1)
case("NonMaxSuppression", [[1, 9, 4], [1, 2, 9]])
case("OneHot", [([3, 4], I)], consts={1: np.int64(6), 2: np.array([0, 1], np.float32)}, axis=1)
case("QuantizeLinear", [[2, 3]], consts={1: np.float32(0.5), 2: np.int8(0)})
case("QuantizeLinear", [[2, 3]], consts={1: np.float32(0.5)})
case("DequantizeLinear", [([2, 3], TensorProto.INT8)], consts={1: np.float32(0.5), 2: np.int8(0)})
case("DynamicQuantizeLinear", [[2, 3]], 3)
case("QLinearConv", [([1, 4, 9, 9], TensorProto.UINT8)], consts={
    1: np.float32(1), 2: np.uint8(0), 3: np.zeros((6, 4, 3, 3), np.int8), 4: np.float32(1), 5: np.int8(0), 6: np.float32(1), 7: np.uint8(0)})
case("ConvInteger", [([1, 4, 9, 9], TensorProto.UINT8), ([6, 4, 3, 3], TensorProto.UINT8)])
case("MatMulInteger", [([3, 4], TensorProto.UINT8), ([4, 6], TensorProto.INT8)])
case("LSTM", [[11, 2, 5], [2, 24, 5], [2, 24, 6]], 3, hidden_size=6, direction="bidirectional")
case("GRU", [[2, 11, 5], [1, 18, 5], [1, 18, 6]], 2, hidden_size=6, layout=1)
case("DepthToSpace", [[1, 12, 4, 5]], blocksize=2)
case("SpaceToDepth", [[1, 3, 4, 6]], blocksize=2)
case("BatchNormalization", [[1, 3, 4], [3], [3], [3], [3]])
case("InstanceNormalization", [[1, 3, 4], [3], [3]])
case("LayerNormalization", [[2, 3, 4], [4]], 3, axis=-1)
case("GridSample", [[1, 3, 4, 5], [1, 7, 8, 2]], opset=16)
case("RoiAlign", [[1, 3, 20, 20], [6, 4], ([6], I)], output_height=5, output_width=7)
case("PRelu", [[1, 3, 4], [3, 1]])
case("Softmax", [["N", 10]])
case("HardSwish", [[2, 3]])
case("Dropout", [[2, 3]], 2)
case("NonZero", [[2, 3]])
case("Max", [[2, 1], [3], [1]])
case("Clip", [[2, 3]], consts={1: np.float32(0), 2: np.float32(6)})

with open(os.path.join(os.path.dirname(__file__), "cases.json"), "w") as out:
    out.write("[\n" + ",\n".join(json.dumps(c) for c in cases) + "\n]\n")
print(len(cases), "cases")
