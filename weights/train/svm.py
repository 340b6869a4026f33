"""Fits the two SVMs on the CNN's features: one to FER2013's labels, one to the majority of FER+'s ten votes.

    python3 weights/train/svm.py --data FOLDER --out /tmp/mien

What export.py writes is kept in OUT/expression.npz: the CNN, its batch norms folded in and its convolutions rounded to
whole numbers; the scaler; the SVMs. Both SVMs are fitted on features of the rounded CNN.

C and gamma are chosen by cross-validation on Training; how many faces the SVM learns, and which, on PublicTest. Platt's
sigmoids are fitted on PublicTest, too: of its training faces the CNN is surer than it should be.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch
from scipy.optimize import minimize
from sklearn.model_selection import GridSearchCV
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from data import PUBLIC_TEST, TRAINING, Fer2013
from model import CLASSES, ExpressionNet

PAIRS = [(i, j) for i in range(len(CLASSES)) for j in range(i + 1, len(CLASSES))]
GRID = {"C": [0.25, 0.5, 1, 2], "gamma": [0.001, 0.002, 0.004, 0.008]}
SLACK = 0.001  # of accuracy, four faces of 3,589: the file pays for each vector, but less than a wrong label costs


def fold(net: ExpressionNet) -> tuple[ExpressionNet, dict[str, np.ndarray]]:
    """Folds batch norms into the convolutions before them and rounds all weights to what is shipped.

    Convolutions become 8-bit whole numbers with a scale for each output, the few other weights f16. Returns the
    rounded net, and its arrays: NAME.weight is i8 where there is a NAME.scale.
    """
    net.eval()
    layers = net.convolutions
    for i, layer in enumerate(layers):
        if isinstance(layer, torch.nn.BatchNorm2d):
            layers[i - 1] = torch.nn.utils.fusion.fuse_conv_bn_eval(layers[i - 1], layer)
            layers[i] = torch.nn.Identity()
    arrays = {}
    for name, parameter in net.named_parameters():
        if parameter.dim() == 4:
            scale = parameter.detach().abs().amax((1, 2, 3)) / 127
            whole = (parameter.detach() / scale[:, None, None, None]).round()
            parameter.data = whole * scale[:, None, None, None]
            arrays[name] = whole.numpy().astype(np.int8)
            arrays[name.replace("weight", "scale")] = scale.numpy()
        else:
            parameter.data = parameter.data.half().float()
            arrays[name] = parameter.detach().numpy().astype(np.float16)
    return net, arrays


@torch.no_grad()
def features_of(net: ExpressionNet, images: torch.Tensor) -> np.ndarray:
    return torch.cat([net.features(batch) for batch in images.split(512)]).numpy()


def platt(decisions: np.ndarray, is_first: np.ndarray) -> tuple[float, float]:
    """A and B of p = 1 / (1 + exp(A d + B)), by Platt's smoothed likelihood (Lin, Lin and Weng, 2007)."""
    first, second = is_first.sum(), (~is_first).sum()
    target = np.where(is_first, (first + 1) / (first + 2), 1 / (second + 2))

    def loss(ab: np.ndarray) -> float:
        t = ab[0] * decisions + ab[1]
        return float(np.sum(np.logaddexp(0, t) - (1 - target) * t))

    a, b = minimize(loss, np.array([-1.0, 0.0]), method="BFGS").x
    return float(a), float(b)


def agreeing(x: np.ndarray, labels: np.ndarray, settings: dict) -> np.ndarray:
    """Faces whose label an SVM says that has not seen them: two SVMs, each fitted on half of the faces.

    The others would become support vectors for certain, and teach little but their mistakes (Wilson, 1972). Of a class
    that is nearly always mistaken for another all faces stay, or it would be lost.
    """
    half = np.arange(len(labels)) % 2 == 0
    right = np.zeros(len(labels), bool)
    for fitted, asked in ((half, ~half), (~half, half)):
        right[asked] = SVC(**settings).fit(x[fitted], labels[fitted]).predict(x[asked]) == labels[asked]
    for label in np.unique(labels):
        if right[labels == label].mean() < 0.2:
            right[labels == label] = True
    return np.flatnonzero(right)


def fit(x: dict[str, np.ndarray], labels: dict[str, np.ndarray], seed: int) -> tuple[SVC, dict]:
    """The SVM of the fewest support vectors, the file paying for each, within SLACK of the best on PublicTest."""
    known = {name: values >= 0 for name, values in labels.items()}
    order = np.random.default_rng(seed).permutation(np.flatnonzero(known["training"]))
    some = order[:4000]
    search = GridSearchCV(SVC(), GRID, cv=5).fit(x["training"][some], labels["training"][some])
    settings = search.best_params_
    print(f"cross-validation: {settings}, {search.best_score_:.4f}", flush=True)
    many = order[:12000]
    edited = many[agreeing(x["training"][many], labels["training"][many], settings)]
    tried = []
    for which, rows in (("all", order), ("agreeing", edited)):
        for count in (2000, 3000, 4000, 6000, 8000):
            svm = SVC(**settings, cache_size=1000, decision_function_shape="ovo")
            svm.fit(x["training"][rows[:count]], labels["training"][rows[:count]])
            right = (svm.predict(x["public"]) == labels["public"])[known["public"]].mean()
            vectors = len(svm.support_vectors_)
            print(f"{count} faces, {which}: public {right:.4f}, {vectors} support vectors", flush=True)
            tried.append((right, vectors, svm, {"faces": count, "which": which}))
    best = max(right for right, *_ in tried)
    right, vectors, svm, what = min((t for t in tried if t[0] >= best - SLACK), key=lambda t: t[1])
    return svm, {**settings, **what, "support_vectors": vectors, "public": round(float(right), 4)}


def as_arrays(svm: SVC, x: np.ndarray, labels: np.ndarray) -> dict[str, np.ndarray]:
    """The SVM as ONNX has it, with sigmoids fitted on (x, labels)."""
    decisions = svm.decision_function(x)
    sigmoids = []
    for pair, (i, j) in enumerate(PAIRS):
        rows = np.isin(labels, (i, j))
        sigmoids.append(platt(decisions[rows, pair], labels[rows] == i))
    return {
        "support_vectors": svm.support_vectors_,
        "coefficients": svm.dual_coef_,
        "rho": svm.intercept_,  # ONNX adds it, as scikit-learn does
        "counts": svm.n_support_,
        "gamma": np.array(svm.gamma),
        "prob_a": np.array([a for a, _ in sigmoids]),
        "prob_b": np.array([b for _, b in sigmoids]),
    }


def main(args: argparse.Namespace) -> None:
    out = Path(args.out)
    net = ExpressionNet("small")
    net.load_state_dict(torch.load(out / "small" / "cnn.pt"))
    net, arrays = fold(net)
    faces = {"training": Fer2013(args.data, TRAINING), "public": Fer2013(args.data, PUBLIC_TEST)}
    features = {name: features_of(net, split.images) for name, split in faces.items()}
    scaler = StandardScaler().fit(features["training"])
    x = {name: scaler.transform(values).astype(np.float32) for name, values in features.items()}
    chosen = {}
    for target in ("fer2013", "ferplus"):
        labels = {name: (split.labels if target == "fer2013" else split.majority).numpy() for name, split in faces.items()}
        svm, chosen[target] = fit(x, labels, args.seed)
        print(json.dumps({target: chosen[target]}), flush=True)
        arrays |= {f"{target}.svm.{key}": value for key, value in as_arrays(svm, x["public"], labels["public"]).items()}
    np.savez(out / "expression.npz", **arrays, offset=scaler.mean_, factor=1 / scaler.scale_)
    (out / "svm.json").write_text(json.dumps(chosen, indent=1))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, help="the folder with FER2013's NumPy files")
    parser.add_argument("--out", required=True, help="where train.py left small/cnn.pt")
    parser.add_argument("--seed", type=int, default=1)
    main(parser.parse_args())
