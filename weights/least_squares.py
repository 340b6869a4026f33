"""Trains an LDA and a least-squares SVM, one class against the rest, and writes both to one ONNX file:

    python weights/least_squares.py FEATURES.npy LABELS.npy OUT.onnx [--gamma 0.1] [--c 10]

FEATURES.npy is (N,K), LABELS.npy (N) with texts or whole numbers. Needs numpy, scikit-learn, onnx and onnxruntime. The
model returns the label and the scores (N,CLASSES) of rows of features. It is written only if onnxruntime computes the same scores
with it as this script does in float64.

A least-squares SVM (Suykens and Vandewalle, 1999) has no votes and no inequalities: for each class k it solves

    | 0   1'        | | b_k     |   | 0   |      K_ij = exp(-gamma |z_i - z_j|²),  z the features after the LDA
    | 1   K + I / C | | alpha_k | = | y_k |      y_k = 1 for the rows of the class, -1 for all others

and the label is that of the largest score  sum_i alpha_ki K(z, z_i) + b_k. Every row of the training is a support vector.
"""

import argparse

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.metrics.pairwise import rbf_kernel


def fit(features, labels, gamma, c):
    """Returns the model as ONNX, and its scores (N,CLASSES) of the features in float64. features (N,K), labels (N)."""
    classes, numbers = np.unique(labels, return_inverse=True)
    lda = LinearDiscriminantAnalysis().fit(features, numbers)
    z = lda.transform(features).astype(np.float32).astype(np.float64)
    count = len(z)
    kernel = rbf_kernel(z, gamma=gamma)
    system = np.block([[np.zeros((1, 1)), np.ones((1, count))], [np.ones((count, 1)), kernel + np.eye(count) / c]])
    targets = np.where(numbers[:, None] == np.arange(len(classes)), 1.0, -1.0)
    bias, *alpha = np.linalg.solve(system, np.vstack([np.zeros(len(classes)), targets]))
    alpha = np.array(alpha)
    return to_onnx(lda, z, alpha, bias, classes, gamma), kernel @ alpha + bias


def to_onnx(lda, z, alpha, bias, classes, gamma):
    """Gemm (the LDA), one SVMRegressor for each class, and the label of the largest score."""
    scalings = lda.scalings_[:, : z.shape[1]]
    is_text = classes.dtype.kind in "US"
    constants = {
        "weight": scalings.T.astype(np.float32),
        "shift": (-lda.xbar_ @ scalings).astype(np.float32),
        "classes": classes.astype(object if is_text else np.int64),
        "row": np.array([-1], np.int64),
    }
    scores = [f"score_{k}" for k in range(len(classes))]
    nodes = [helper.make_node("Gemm", ["features", "weight", "shift"], ["z"], "lda", transB=1)]
    nodes += [
        helper.make_node(
            "SVMRegressor",
            ["z"],
            [scores[k]],
            f"least-squares svm {classes[k]}",
            domain="ai.onnx.ml",
            kernel_type="RBF",
            kernel_params=[float(gamma), 0.0, 0.0],
            n_supports=len(z),
            support_vectors=z.ravel().tolist(),
            coefficients=alpha[:, k].tolist(),
            rho=[float(bias[k])],
        )
        for k in range(len(classes))
    ]
    nodes += [
        helper.make_node("Concat", scores, ["scores"], "scores", axis=1),
        helper.make_node("ArgMax", ["scores"], ["largest"], "largest", axis=1, keepdims=0),
        helper.make_node("ArrayFeatureExtractor", ["classes", "largest"], ["chosen"], "class", domain="ai.onnx.ml"),
        helper.make_node("Reshape", ["chosen", "row"], ["label"], "label"),
    ]
    kind = TensorProto.STRING if is_text else TensorProto.INT64
    graph = helper.make_graph(
        nodes,
        "lda and least-squares svm",
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, ["N", lda.n_features_in_])],
        [
            helper.make_tensor_value_info("label", kind, ["N"]),
            helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["N", len(classes)]),
        ],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", 3)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=8)
    onnx.checker.check_model(model)
    return model


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("features")
    parser.add_argument("labels")
    parser.add_argument("out")
    parser.add_argument("--gamma", type=float, default=0.1)
    parser.add_argument("--c", type=float, default=10)
    options = parser.parse_args()
    if not options.out.endswith(".onnx"):
        parser.error(f"the model is written to {options.out}; its name must end in .onnx")
    features, labels = np.load(options.features).astype(np.float32), np.load(options.labels)
    if features.ndim != 2 or labels.shape != features.shape[:1]:
        parser.error(f"features are {features.shape}, labels {labels.shape}; they must be (N,K) and (N)")
    if len(np.unique(labels)) < 2:
        parser.error(f"all labels in {options.labels} are {labels[:1]}; there must be at least two classes")
    model, expected = fit(features, labels, options.gamma, options.c)
    session = onnxruntime.InferenceSession(model.SerializeToString())
    found, scores = session.run(["label", "scores"], {"features": features})
    difference = np.abs(scores - expected).max()
    if not difference < 1e-3:
        raise SystemExit(f"onnxruntime's scores differ by {difference:.2g}; try a smaller --gamma or --c")
    onnx.save(model, options.out)
    share = np.mean(found.astype(labels.dtype) == labels)
    print(f"{options.out}: {scores.shape[1]} classes, {len(features)} support vectors; {share:.1%} of the training rows are right")
