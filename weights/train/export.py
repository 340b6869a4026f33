"""Writes CNN, scaler and SVM as one ONNX file, for each of the two SVMs; and the CNN alone, to compare with.

    python3 weights/train/export.py --out /tmp/mien --weights weights

x (N,1,48,48): grey by the average, -1..1. What is stored as i8 or f16 is computed with as f32.
"""

import argparse
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from model import CLASSES, SIZES

# What FER+'s voters would say ships; the other stands beside it to compare with.
FILES = {"ferplus": "expression.onnx", "fer2013": "expression-fer2013.onnx"}


class Writer:
    """Nodes and weights, in the order in which they are added."""

    def __init__(self, arrays: dict[str, np.ndarray]):
        self.arrays = arrays
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []

    def initializer(self, name: str, array: np.ndarray) -> str:
        self.weights.append(numpy_helper.from_array(array, name))
        return name

    def weight(self, name: str) -> str:
        """A tensor of f32: of i8 by DequantizeLinear, a scale for each output, or of f16 by Cast."""
        array = self.arrays[name]
        if array.dtype == np.int8:
            scale = self.initializer(f"{name}.scale", self.arrays[name.replace("weight", "scale")])
            return self.node("DequantizeLinear", [self.initializer(f"{name}.i8", array), scale], name, axis=0)
        return self.node("Cast", [self.initializer(f"{name}.f16", array)], name, to=TensorProto.FLOAT)

    def node(self, op: str, inputs: list[str], output: str, **attributes) -> str:
        self.nodes.append(helper.make_node(op, inputs, [output], name=output, **attributes))
        return output


def network(w: Writer) -> str:
    """The CNN up to its features (N,64)."""
    y, layer = "x", 0  # `layer` counts those of the nn.Sequential: convolution, batch norm, ReLU, .., pool
    for number, channels in enumerate(SIZES["small"]["stages"], 1):
        if number > 1:
            y = w.node("MaxPool", [y], f"pool{number - 1}", kernel_shape=[2, 2], strides=[2, 2])
            layer += 1
        for i in range(len(channels)):
            name = f"convolutions.{layer}"
            operands = [y, w.weight(f"{name}.weight"), w.weight(f"{name}.bias")]
            y = w.node("Conv", operands, f"conv{number}.{i + 1}", kernel_shape=[3, 3], pads=[1] * 4)
            y = w.node("Relu", [y], f"conv{number}.{i + 1}.relu")
            layer += 3
    y = w.node("Flatten", [w.node("GlobalAveragePool", [y], "average")], "flat")
    y = w.node("Gemm", [y, w.weight("dense.weight"), w.weight("dense.bias")], "dense", transB=1)
    return w.node("Relu", [y], "features")


def floats(array: np.ndarray) -> list[float]:
    return array.astype(np.float32).ravel().tolist()


def add_svm(w: Writer, x: str, target: str) -> None:
    offset, factor = floats(w.arrays["offset"]), floats(w.arrays["factor"])
    scaled = w.node("Scaler", [x], "scaled", domain="ai.onnx.ml", offset=offset, scale=factor)
    a = {key: w.arrays[f"{target}.svm.{key}"] for key in
         ("support_vectors", "coefficients", "rho", "counts", "gamma", "prob_a", "prob_b")}
    w.nodes.append(helper.make_node(
        "SVMClassifier", [scaled], ["label", "scores"], name="svm", domain="ai.onnx.ml",
        kernel_type="RBF", kernel_params=[float(a["gamma"]), 0.0, 0.0], classlabels_strings=CLASSES,
        vectors_per_class=a["counts"].tolist(), support_vectors=floats(a["support_vectors"]),
        coefficients=floats(a["coefficients"]), rho=floats(a["rho"]),
        prob_a=floats(a["prob_a"]), prob_b=floats(a["prob_b"]), post_transform="NONE",
    ))


def save(w: Writer, outputs: list[tuple[str, int, list]], file: Path) -> None:
    inputs = [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", 1, 48, 48])]
    graph = helper.make_graph(
        w.nodes, file.stem, inputs, [helper.make_tensor_value_info(*output) for output in outputs], w.weights
    )
    opsets = [helper.make_opsetid("", 13), helper.make_opsetid("ai.onnx.ml", 1)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=8, producer_name="mien")
    onnx.checker.check_model(model)
    onnx.save(model, file)
    print(f"{file}: {file.stat().st_size} bytes")


def main(args: argparse.Namespace) -> None:
    arrays = dict(np.load(args.out / "expression.npz"))
    scores = ("scores", TensorProto.FLOAT, ["N", len(CLASSES)])
    for target, file in FILES.items():
        w = Writer(arrays)
        add_svm(w, network(w), target)
        save(w, [("label", TensorProto.STRING, ["N"]), scores], args.weights / file)
        w = Writer(arrays)
        features = network(w)
        logits = w.node("Gemm", [features, w.weight(f"{target}.weight"), w.weight(f"{target}.bias")], "logits", transB=1)
        w.node("Softmax", [logits], "scores", axis=1)
        save(w, [scores], args.out / f"cnn-alone-{target}.onnx")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="where svm.py left expression.npz; the CNN alone goes there")
    parser.add_argument("--weights", type=Path, required=True, help="where the two files that ship go")
    main(parser.parse_args())
