"""Fits the SVM on the CNN's features, and keeps what export.py writes: the CNN with its batch norms folded in, the
scaler, the support vectors.

    python3 weights/train/svm.py --data FOLDER --out /tmp/mien

C, gamma and the number of faces are chosen on PublicTest; Platt's sigmoids are fitted there too, since on its
training faces the CNN is surer than it should be. PrivateTest is looked at once, at the end.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch
from scipy.optimize import minimize
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from data import PRIVATE_TEST, PUBLIC_TEST, TRAINING, Fer2013
from model import ExpressionNet, Residual


def fold(net: ExpressionNet) -> ExpressionNet:
    """Batch norms into the convolutions before them, and weights rounded to the f16 in which they are shipped."""
    net.eval()
    sequences = [net.convolutions]
    for module in net.convolutions:
        if isinstance(module, Residual):
            sequences += [module.body, module.shortcut]
    for sequence in sequences:
        for i in range(len(sequence) - 1):
            if isinstance(sequence[i + 1], torch.nn.BatchNorm2d):
                sequence[i] = torch.nn.utils.fusion.fuse_conv_bn_eval(sequence[i], sequence[i + 1])
                sequence[i + 1] = torch.nn.Identity()
    for parameter in net.parameters():
        parameter.data = parameter.data.half().float()
    return net


@torch.no_grad()
def features_of(net: ExpressionNet, images: torch.Tensor) -> np.ndarray:
    return torch.cat([net.features(batch) for batch in images.split(512)]).numpy()


def pairwise_decisions(svm: SVC, x: np.ndarray) -> np.ndarray:
    """(N, 21), pairs in the order 01 02 .. 12 .."""
    return svm.decision_function(x)


def platt(decisions: np.ndarray, is_first: np.ndarray) -> tuple[float, float]:
    """A and B of p = 1 / (1 + exp(A d + B)), by Platt's smoothed likelihood (Lin, Lin and Weng, 2007)."""
    first, second = is_first.sum(), (~is_first).sum()
    target = np.where(is_first, (first + 1) / (first + 2), 1 / (second + 2))

    def loss(ab: np.ndarray) -> float:
        t = ab[0] * decisions + ab[1]
        return float(np.sum(np.logaddexp(0, t) - (1 - target) * t))

    a, b = minimize(loss, np.array([-1.0, 0.0]), method="BFGS").x
    return float(a), float(b)


def by_votes(decisions: np.ndarray, classes: int = 7) -> np.ndarray:
    votes = np.zeros((len(decisions), classes))
    for pair, (i, j) in enumerate((i, j) for i in range(classes) for j in range(i + 1, classes)):
        votes[:, i] += decisions[:, pair] > 0
        votes[:, j] += decisions[:, pair] <= 0
    return votes.argmax(1)


def fit(args: argparse.Namespace) -> None:
    torch.manual_seed(args.seed)
    out = Path(args.out)
    net = ExpressionNet()
    net.load_state_dict(torch.load(out / "cnn.pt"))
    fold(net)
    faces = {name: Fer2013(args.data, split) for name, split in
             [("training", TRAINING), ("public", PUBLIC_TEST), ("private", PRIVATE_TEST)]}
    labels = {name: split.labels.numpy() for name, split in faces.items()}
    raw = {name: features_of(net, split.images) for name, split in faces.items()}

    order = np.random.default_rng(args.seed).permutation(len(labels["training"]))
    scaler = StandardScaler().fit(raw["training"])
    x = {name: scaler.transform(values).astype(np.float32) for name, values in raw.items()}
    best = None
    for count in args.faces:
        rows = order[:count]
        for c in args.c:
            for gamma in args.gamma:
                svm = SVC(C=c, gamma=gamma, decision_function_shape="ovo", cache_size=2000)
                svm.fit(x["training"][rows], labels["training"][rows])
                score = (by_votes(pairwise_decisions(svm, x["public"])) == labels["public"]).mean()
                vectors = len(svm.support_vectors_)
                print(f"faces {count} C {c} gamma {gamma}: public {score:.4f}, {vectors} support vectors", flush=True)
                if vectors <= args.most_vectors and (best is None or score > best[0]):
                    best = (score, svm)
    if best is None:
        raise SystemExit(f"no SVM has {args.most_vectors} support vectors or fewer: take fewer faces")
    svm = best[1]

    decisions = pairwise_decisions(svm, x["public"])
    pairs = [(i, j) for i in range(7) for j in range(i + 1, 7)]
    sigmoids = []
    for pair, (i, j) in enumerate(pairs):
        rows = np.isin(labels["public"], (i, j))
        sigmoids.append(platt(decisions[rows, pair], labels["public"][rows] == i))

    with torch.no_grad():
        alone = {name: torch.cat([net(b) for b in split.images.split(512)]).argmax(1).numpy()
                 for name, split in faces.items() if name != "training"}
    figures = {
        "C": svm.C,
        "gamma": svm.gamma,
        "faces": int(len(svm.shape_fit_) and svm.shape_fit_[0]),
        "support_vectors": len(svm.support_vectors_),
        **{f"cnn_{name}": round(float((alone[name] == labels[name]).mean()), 4) for name in alone},
        **{f"cnn_svm_{name}": round(float((by_votes(pairwise_decisions(svm, x[name])) == labels[name]).mean()), 4)
           for name in ("public", "private")},
    }
    print(json.dumps(figures))
    (out / "figures.json").write_text(json.dumps(figures, indent=2))
    np.savez(
        out / "expression.npz",
        **{f"cnn.{name}": value.numpy() for name, value in net.state_dict().items()},
        offset=scaler.mean_,
        scale=1 / scaler.scale_,
        support_vectors=svm.support_vectors_,
        coefficients=svm.dual_coef_,
        rho=svm.intercept_,  # ONNX adds it, as scikit-learn does
        counts=svm.n_support_,
        gamma=svm.gamma,
        prob_a=[a for a, _ in sigmoids],
        prob_b=[b for _, b in sigmoids],
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, help="the folder with FER2013's NumPy files")
    parser.add_argument("--out", required=True, help="where train.py left the CNN")
    parser.add_argument("--faces", type=int, nargs="+", default=[6000, 7000, 8000])
    parser.add_argument("--c", type=float, nargs="+", default=[0.5, 1, 2])
    parser.add_argument("--gamma", type=float, nargs="+", default=[0.001, 0.002, 0.004])
    parser.add_argument("--most-vectors", type=int, default=4000, help="each takes 536 bytes of the file")
    parser.add_argument("--seed", type=int, default=1)
    fit(parser.parse_args())
