"""Writes CNN, scaler and SVM as one ONNX file.

    python3 weights/train/export.py --out /tmp/mien --file weights/expression.onnx

Weights are f16 with a Cast behind them; what computes is f32. x (N,1,48,48): grey by the average, -1..1.
"""

import argparse
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

CLASSES = ["angry", "disgust", "fear", "happy", "neutral", "sad", "surprise"]


class Writer:
    """Nodes and weights, in the order in which they are added."""

    def __init__(self, arrays: dict[str, np.ndarray]):
        self.arrays = arrays
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []

    def weight(self, name: str) -> str:
        """An f16 initializer and its Cast to f32."""
        self.weights.append(numpy_helper.from_array(self.arrays[f"cnn.{name}"].astype(np.float16), f"{name}.f16"))
        self.nodes.append(helper.make_node("Cast", [f"{name}.f16"], [name], name=f"cast {name}", to=TensorProto.FLOAT))
        return name

    def node(self, op: str, inputs: list[str], name: str, domain: str = "", **attributes) -> str:
        self.nodes.append(helper.make_node(op, inputs, [name], name=name, domain=domain, **attributes))
        return name

    def conv(self, x: str, weights: str, name: str) -> str:
        size = self.arrays[f"cnn.{weights}.weight"].shape[2]
        operands = [x, self.weight(f"{weights}.weight"), self.weight(f"{weights}.bias")]
        return self.node("Conv", operands, name, kernel_shape=[size] * 2, pads=[size // 2] * 4)

    def halve(self, x: str, name: str) -> str:
        return self.node("MaxPool", [x], name, kernel_shape=[2, 2], strides=[2, 2])

    def residual(self, x: str, weights: str, name: str) -> str:
        y = self.node("Relu", [self.conv(x, f"{weights}.body.0", f"{name}.first")], f"{name}.first.relu")
        y = self.conv(y, f"{weights}.body.3", f"{name}.second")
        shortcut = self.conv(x, f"{weights}.shortcut.0", f"{name}.shortcut")
        return self.node("Relu", [self.node("Add", [y, shortcut], f"{name}.sum")], name)


def export(out: Path, file: Path) -> None:
    arrays = dict(np.load(out / "expression.npz"))
    w = Writer(arrays)
    y = w.node("Relu", [w.conv("x", "convolutions.0", "stem")], "stem.relu")
    y = w.halve(y, "pool1")
    for stage, index in enumerate((4, 6, 8), 1):
        y = w.residual(y, f"convolutions.{index}", f"block{stage}")
        y = w.halve(y, f"pool{stage + 1}")
    y = w.node("Flatten", [y], "flat")
    y = w.node("Gemm", [y, w.weight("dense.weight"), w.weight("dense.bias")], "dense", transB=1)
    y = w.node("Relu", [y], "features")
    y = w.node("Scaler", [y], "scaled", "ai.onnx.ml",
               offset=arrays["offset"].astype(np.float32).tolist(), scale=arrays["scale"].astype(np.float32).tolist())
    svm = helper.make_node(
        "SVMClassifier", [y], ["label", "scores"], name="svm", domain="ai.onnx.ml",
        kernel_type="RBF",
        kernel_params=[float(arrays["gamma"]), 0.0, 0.0],
        classlabels_strings=CLASSES,
        vectors_per_class=arrays["counts"].tolist(),
        support_vectors=arrays["support_vectors"].astype(np.float32).ravel().tolist(),
        coefficients=arrays["coefficients"].astype(np.float32).ravel().tolist(),
        rho=arrays["rho"].astype(np.float32).tolist(),
        prob_a=arrays["prob_a"].astype(np.float32).tolist(),
        prob_b=arrays["prob_b"].astype(np.float32).tolist(),
        post_transform="NONE",
    )
    graph = helper.make_graph(
        [*w.nodes, svm],
        "expression",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", 1, 48, 48])],
        [helper.make_tensor_value_info("label", TensorProto.STRING, ["N"]),
         helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["N", len(CLASSES)])],
        w.weights,
    )
    opsets = [helper.make_opsetid("", 13), helper.make_opsetid("ai.onnx.ml", 1)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=8, producer_name="mien")
    onnx.checker.check_model(model)
    onnx.save(model, file)
    print(f"{file}: {file.stat().st_size} bytes")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="where svm.py left expression.npz")
    parser.add_argument("--file", type=Path, required=True)
    args = parser.parse_args()
    export(args.out, args.file)
