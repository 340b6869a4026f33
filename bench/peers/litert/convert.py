"""Converts the CNNs of the shipped models to LiteRT's format, so that LiteRT.js can be compared with Mien.

    pip install tensorflow onnx
    python bench/peers/litert/convert.py

writes expression-cnn.tflite and blazeface-128.tflite beside this file: batch 1, NHWC, weights stored as f16. It also
prints how far their outputs are from those of ONNX's reference implementation.
"""

from pathlib import Path

import numpy as np
import onnx
import tensorflow as tf
from onnx import numpy_helper
from onnx.reference import ReferenceEvaluator

HERE = Path(__file__).parent
WEIGHTS = HERE.parents[2] / "weights"


def constants_of(model):
    """The constants by name, those that nodes compute from others included."""
    known = {t.name: numpy_helper.to_array(t) for t in model.graph.initializer}
    for node in model.graph.node:
        inputs = [known.get(name) for name in node.input]
        if any(value is None for value in inputs):
            continue
        (output,) = node.output
        if node.op_type == "Cast":
            known[output] = inputs[0].astype(np.float32)
        elif node.op_type == "DequantizeLinear":  # one scale for each output channel, no zero point
            scale = inputs[1].reshape(-1, *[1] * (inputs[0].ndim - 1))
            known[output] = inputs[0].astype(np.float32) * scale
        elif node.op_type == "ConstantOfShape":
            known[output] = np.zeros(inputs[0], np.float32)
    return known


def attributes_of(node):
    return {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}


def nhwc(x):
    return np.transpose(x, (0, 2, 3, 1)) if x.ndim == 4 else x


def step(node, value, known):
    """One node of the graph in TensorFlow, whose tensors are NHWC."""
    given = attributes_of(node)
    name = node.op_type
    if name == "Conv":
        weight = known[node.input[1]]
        top, left, bottom, right = given.get("pads", [0, 0, 0, 0])
        strides = given.get("strides", [1, 1])
        x = tf.pad(value(0), [[0, 0], [top, bottom], [left, right], [0, 0]])
        if given.get("group", 1) > 1:
            y = tf.nn.depthwise_conv2d(x, weight.transpose(2, 3, 0, 1), [1, *strides, 1], "VALID")
        else:
            y = tf.nn.conv2d(x, weight.transpose(2, 3, 1, 0), strides, "VALID")
        return tf.nn.bias_add(y, known[node.input[2]]) if len(node.input) > 2 else y
    if name == "MaxPool":
        return tf.nn.max_pool2d(value(0), given["kernel_shape"], given["strides"], "VALID")
    if name == "GlobalAveragePool":
        return tf.reduce_mean(value(0), [1, 2], keepdims=True)
    if name == "Flatten":
        return tf.reshape(value(0), [1, -1])  # only after GlobalAveragePool, where the layout does not matter
    if name == "Gemm":
        weight = known[node.input[1]]
        return tf.matmul(value(0), weight.T if given.get("transB") else weight) + known[node.input[2]]
    if name == "Concat":  # zeros after the channels
        zeros = nhwc(known[node.input[1]])
        return tf.pad(value(0), [[0, 0], [0, 0], [0, 0], [0, zeros.shape[3]]])
    simple = {
        "Relu": lambda: tf.nn.relu(value(0)),
        "Add": lambda: value(0) + value(1),
        "Transpose": lambda: value(0),  # from and to NHWC
        "Reshape": lambda: tf.reshape(value(0), known[node.input[1]]),
    }
    return simple[name]()


def convert(path, file, outputs=None):
    model = onnx.load(path)
    known = constants_of(model)
    outputs = outputs or [output.name for output in model.graph.output]
    graph_input = model.graph.input[0]
    shape = [d.dim_value or 1 for d in graph_input.type.tensor_type.shape.dim]
    is_nhwc = shape[-1] == 3
    nodes = [node for node in model.graph.node if node.output[0] not in known]
    nodes = nodes[: max(at for at, node in enumerate(nodes) if set(outputs) & set(node.output)) + 1]

    @tf.function(input_signature=[tf.TensorSpec(shape if is_nhwc else [shape[0], *shape[2:], shape[1]])])
    def run(x):
        values = {graph_input.name: x}
        for node in nodes:
            values[node.output[0]] = step(node, lambda at: values[node.input[at]], known)
        return [values[name] for name in outputs]

    converter = tf.lite.TFLiteConverter.from_concrete_functions([run.get_concrete_function()])
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.target_spec.supported_types = [tf.float16]
    (HERE / file).write_bytes(converter.convert())

    x = np.random.default_rng(7).standard_normal(shape).astype(np.float32)
    reference = onnx.helper.make_model(
        onnx.helper.make_graph(
            nodes,
            "cut",
            [graph_input],
            [onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None) for name in outputs],
            [numpy_helper.from_array(value, name) for name, value in known.items()],
        ),
        opset_imports=model.opset_import,
    )
    interpreter = tf.lite.Interpreter(model_path=str(HERE / file))
    interpreter.allocate_tensors()
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], x if is_nhwc else x.transpose(0, 2, 3, 1))
    interpreter.invoke()
    found = [interpreter.get_tensor(each["index"]) for each in interpreter.get_output_details()]
    for name, expected in zip(outputs, ReferenceEvaluator(reference).run(None, {graph_input.name: x})):
        differences = [np.abs(y - expected).max() for y in found if y.shape == expected.shape]
        print(file, name, min(differences) / np.abs(expected).max(), "of the largest output")


convert(WEIGHTS / "expression.onnx", "expression-cnn.tflite", ["features"])
convert(WEIGHTS / "face/blazeface-128.onnx", "blazeface-128.tflite")
