"""The SVM alone: histograms of oriented gradients and an RBF SVM, as one ONNX file that the engine runs.

    python3 weights/train/baseline.py --data FOLDER --out /tmp/mien

Eight derivatives of the face, one for each direction, half-wave rectified and averaged over cells of 6 x 6 pixels:
512 numbers, divided by their length (after Dalal and Triggs, 2005, without overlapping blocks).
"""

import argparse
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from sklearn.svm import SVC

from data import PUBLIC_TEST, TRAINING, Fer2013
from export import TensorProto, Writer, add_svm, save
from svm import as_arrays


def filters() -> np.ndarray:
    """(8,1,3,3): Sobel's derivative in eight directions."""
    across = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]], np.float32) / 8
    angles = np.arange(8) * np.pi / 4
    return np.stack([np.cos(a) * across + np.sin(a) * across.T for a in angles])[:, None].astype(np.float32)


def gradients(images: torch.Tensor) -> np.ndarray:
    y = F.avg_pool2d(torch.relu(F.conv2d(images, torch.from_numpy(filters()), padding=1)), 6).flatten(1)
    return (y / y.norm(dim=1, keepdim=True).clamp_min(1e-12)).numpy()


def main(args: argparse.Namespace) -> None:
    training, public = Fer2013(args.data, TRAINING), Fer2013(args.data, PUBLIC_TEST)
    rows = np.random.default_rng(1).permutation(len(training.labels))[: args.faces]
    x, labels = gradients(training.images)[rows], training.labels.numpy()[rows]
    x_public = gradients(public.images)
    best = None
    for c in args.c:
        for gamma in args.gamma:
            svm = SVC(C=c, gamma=gamma, cache_size=2000, decision_function_shape="ovo").fit(x, labels)
            right = (svm.predict(x_public) == public.labels.numpy()).mean()
            print(f"C {c} gamma {gamma}: public {right:.4f}, {len(svm.support_vectors_)} support vectors", flush=True)
            if best is None or right > best[0]:
                best = (right, svm)
    arrays = {f"hog.svm.{key}": value for key, value in as_arrays(best[1], x_public, public.labels.numpy()).items()}
    w = Writer({**arrays, "offset": np.zeros(512), "factor": np.ones(512)})
    y = w.node("Conv", ["x", w.initializer("filters", filters())], "derivatives", kernel_shape=[3, 3], pads=[1] * 4)
    y = w.node("AveragePool", [w.node("Relu", [y], "rectified")], "cells", kernel_shape=[6, 6], strides=[6, 6])
    y = w.node("Normalizer", [w.node("Flatten", [y], "flat")], "gradients", domain="ai.onnx.ml", norm="L2")
    add_svm(w, y, "hog")
    outputs = [("label", TensorProto.STRING, ["N"]), ("scores", TensorProto.FLOAT, ["N", 7])]
    save(w, outputs, Path(args.out) / "svm-alone.onnx")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, help="the folder with FER2013's NumPy files")
    parser.add_argument("--out", required=True)
    parser.add_argument("--faces", type=int, default=10000)
    parser.add_argument("--c", type=float, nargs="+", default=[2, 8])
    parser.add_argument("--gamma", type=float, nargs="+", default=[2, 6])
    main(parser.parse_args())
