"""Exports scikit-learn's models with skl2onnx and writes each with onnxruntime's results: see README.md.

    python test/models/scikit_learn.py [PART OF A NAME]

needs scikit-learn 1.9, skl2onnx 1.20, onnx 1.23 and onnxruntime 1.32. Writes cache/scikit-learn/NAME/ with rows like the
training data, cache/scikit-learn-far/NAME/ with far outliers, and a list of the rows for which onnxruntime and scikit-learn
disagree.
"""

import json
import sys
import warnings

import numpy as np
import onnx
from skl2onnx import to_onnx
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import make_classification, make_regression
from sklearn.decomposition import PCA, TruncatedSVD
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis, QuadraticDiscriminantAnalysis
from sklearn.feature_selection import SelectKBest, VarianceThreshold
from sklearn.linear_model import (
    ARDRegression,
    BayesianRidge,
    ElasticNet,
    HuberRegressor,
    Lasso,
    LinearRegression,
    LogisticRegression,
    PassiveAggressiveClassifier,
    Perceptron,
    Ridge,
    RidgeClassifier,
    SGDClassifier,
    SGDRegressor,
)
from sklearn.multiclass import OneVsOneClassifier, OneVsRestClassifier
from sklearn.multioutput import MultiOutputRegressor
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.preprocessing import (
    Binarizer,
    MaxAbsScaler,
    MinMaxScaler,
    Normalizer,
    PolynomialFeatures,
    PowerTransformer,
    RobustScaler,
    StandardScaler,
)
from sklearn.svm import SVC, SVR, LinearSVC, LinearSVR, NuSVC, NuSVR, OneClassSVM

import layout

GROUP = "scikit-learn"
FAR = 3  # the last rows are far outliers; they are cases of their own, so that small scores are not compared with theirs
OPSET = {"default": None, "15": {"": 15, "ai.onnx.ml": 3}}
cases = []
disagreements = []


def data(classes: int, kind: str = "int", features: int = 8):
    """Rows for training, their labels, and 12 rows that a model did not see, the last ones far outliers."""
    x, y = make_classification(
        n_samples=max(160, 14 * classes),
        n_features=features,
        n_informative=features - 2,
        n_redundant=1,
        n_classes=classes,
        n_clusters_per_class=1,
        class_sep=1.2,
        random_state=classes,
    )
    labels = {
        "int": np.arange(classes),
        "string": np.array([f"class {chr(97 + i // 26)}{chr(97 + i % 26)}" for i in range(classes)]),
        "gaps": np.arange(classes) * 7 - 10,
    }[kind]
    return (*split(x), labels[y[:-9]])


def numbers(features: int = 8, targets: int = 1):
    x, y = make_regression(n_samples=160, n_features=features, n_targets=targets, noise=3, random_state=targets)
    return (*split(x), y[:-9])


def split(x: np.ndarray):
    x = x.astype(np.float32)
    test = x[-12:].copy()
    test[-FAR:] = [[50], [-1000], [3e4]] * test[-FAR:]
    return x[:-9], test


def add(name: str, model, given, opset: str = "default", options=None, both: bool = False):
    """Queues a case. `both`: also as an export with target_opset 15."""
    cases.append((name, model, given, opset, options))
    if both:
        cases.append((f"{name}-opset15", model, given, "15", options))


def is_classifier(model) -> bool:
    return hasattr(model, "classes_")


def export(model, row: np.ndarray, opset, options: dict) -> bytes:
    """A classifier's scores are one tensor unless `options` says otherwise. Some converters have no option zipmap."""
    own = {"zipmap": False, **options} if is_classifier(model) else options
    try:
        return to_onnx(model, row, target_opset=opset, options={id(model): own}).SerializeToString()
    except NameError:
        return to_onnx(model, row, target_opset=opset).SerializeToString()


def as_array(value):
    """A ZipMap's list of dictionaries as one tensor, with a column for each class: this is what Mien returns."""
    if isinstance(value, list) and isinstance(value[0], dict):
        return np.array([list(row.values()) for row in value], dtype=np.float32)
    return value


def linear_machine(model: bytes):
    """The SVMRegressor of a model without other numbers, if its kernel is linear."""
    graph = onnx.load_model_from_string(model).graph
    [first, *others] = graph.node
    isAlone = all(node.op_type in ("Cast", "Sign") for node in others)
    isLinear = first.op_type == "SVMRegressor" and any(a.s == b"LINEAR" for a in first.attribute)
    return first if isAlone and isLinear else None


def in_float64(node, x: np.ndarray) -> np.ndarray:
    """What a linear SVMRegressor computes, in float64. onnxruntime sums many large terms in f32: for far outliers, the
    terms cancel and no digit of its result is right."""
    values = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
    vectors = np.array(values["support_vectors"], dtype=np.float64).reshape(-1, x.shape[1])
    d = x.astype(np.float64) @ (np.array(values["coefficients"], dtype=np.float64) @ vectors) + values["rho"][0]
    return d.astype(np.float32).reshape(-1, 1)


def make(name: str, model, given, opset: str, options):
    train, test, *labels = given
    model.fit(train, *labels)
    bytes_ = export(model, train[:1], OPSET[opset], options or {})
    machine = linear_machine(bytes_)
    for group, rows in ((GROUP, test[:-FAR]), (f"{GROUP}-far", test[-FAR:])):
        results = {key: as_array(value) for key, value in layout.run(bytes_, {"X": rows}).items()}
        if machine:
            results[machine.output[0] if len(results) == 1 else "scores"] = in_float64(machine, rows)
        layout.write(group, name, bytes_, {"X": rows}, results)
    first = next(iter(layout.run(bytes_, {"X": test}).values())).reshape(-1)
    own_labels = np.asarray(model.predict(test)).reshape(-1)
    if is_classifier(model) or isinstance(model, OneClassSVM):
        wrong = [i for i in range(len(test)) if str(first[i]) != str(own_labels[i])]
    else:
        scale = np.abs(own_labels).max()
        wrong = [i for i in range(len(own_labels)) if not abs(first[i] - own_labels[i]) <= 1e-4 * scale]
    if wrong:
        disagreements.append({"case": name, "rows": wrong, "onnxruntime": [str(first[i]) for i in wrong], "scikit-learn": [str(own_labels[i]) for i in wrong]})


def after(step, model):
    return Pipeline([("before", step), ("model", model)])


KERNELS = ("linear", "poly", "rbf", "sigmoid")


def svc(kernel: str = "rbf", **more):
    return SVC(kernel=kernel, gamma=0.05, coef0=0.5 if kernel != "rbf" else 0.0, **more)


def machines():
    for kernel in KERNELS:
        for classes in (2, 3, 7):
            add(f"svc-{kernel}-{classes}", svc(kernel), data(classes), both=classes == 3)
    for classes in (2, 3, 7):
        add(f"svc-rbf-{classes}-probability", svc(probability=True, random_state=0), data(classes), both=classes == 3)
        add(f"svc-rbf-{classes}-probability-raw", svc(probability=True, random_state=0), data(classes), options={"raw_scores": True})
        add(f"svc-rbf-{classes}-ovo", svc(decision_function_shape="ovo"), data(classes, "gaps"))
        add(f"svc-rbf-{classes}-string", svc(), data(classes, "string"))
        add(f"svc-linear-{classes}-string-probability", svc("linear", probability=True, random_state=0), data(classes, "string"))
        add(f"nusvc-rbf-{classes}", NuSVC(gamma=0.05, nu=0.2), data(classes, "gaps"))
    add("nusvc-linear-3-probability", NuSVC(kernel="linear", nu=0.2, probability=True, random_state=0), data(3))
    add("svc-rbf-50", svc(), data(50, "gaps", 20))
    add("svc-rbf-50-probability", svc(probability=True, random_state=0), data(50, "int", 20))
    add("svc-linear-50-string", svc("linear"), data(50, "string", 20))
    add("svc-poly-4-degree-4", svc("poly", degree=4), data(4))
    add("svc-scale-3", SVC(), data(3))
    add("svc-break-ties-5", svc(break_ties=True), data(5))
    add("svc-weighted-3", svc(class_weight="balanced", C=100), data(3))
    add("svc-zipmap-3", svc(probability=True, random_state=0), data(3, "string"), options={"zipmap": True})
    add("svc-zipmap-2-int", svc(probability=True, random_state=0), data(2, "gaps"), options={"zipmap": True})
    add("svc-zipmap-columns-3", svc(probability=True, random_state=0), data(3, "string"), options={"zipmap": "columns"})
    for kernel in KERNELS:
        add(f"svr-{kernel}", SVR(kernel=kernel, gamma=0.05, coef0=0.5), numbers(), both=kernel == "rbf")
        add(f"nusvr-{kernel}", NuSVR(kernel=kernel, gamma=0.05, C=10), numbers())
        add(f"oneclass-{kernel}", OneClassSVM(kernel=kernel, gamma=0.05, nu=0.2), numbers()[:2], both=kernel == "rbf")


def linear():
    for classes in (2, 3, 7, 50):
        kind = "int" if classes == 7 else "gaps"
        rows = data(classes, kind, 20 if classes == 50 else 8)
        add(f"linearsvc-{classes}", LinearSVC(), rows, both=classes in (2, 3))
        add(f"logistic-{classes}", LogisticRegression(max_iter=500), rows, both=classes in (2, 3))
        add(f"ridgeclassifier-{classes}", RidgeClassifier(), rows)
        add(f"sgd-hinge-{classes}", SGDClassifier(random_state=0), rows)
        add(f"perceptron-{classes}", Perceptron(random_state=0), rows)
    for classes in (2, 3):
        rows = data(classes, "string")
        add(f"linearsvc-{classes}-string", LinearSVC(), rows)
        add(f"logistic-{classes}-string", LogisticRegression(max_iter=500), rows)
        add(f"logistic-{classes}-raw", LogisticRegression(max_iter=500), rows, options={"raw_scores": True})
        add(f"logistic-{classes}-zipmap", LogisticRegression(max_iter=500), rows, options={"zipmap": True})
        add(f"sgd-log-{classes}", SGDClassifier(loss="log_loss", random_state=0), rows)
        add(f"sgd-huber-{classes}", SGDClassifier(loss="modified_huber", random_state=0), rows)
        add(f"passive-aggressive-{classes}", PassiveAggressiveClassifier(random_state=0), rows)
    add("logistic-3-columns", LogisticRegression(max_iter=500), data(3), options={"zipmap": "columns"})
    add("logistic-3-ovr", OneVsRestClassifier(LogisticRegression(max_iter=500)), data(3))
    add("linearsvc-3-crammer", LinearSVC(multi_class="crammer_singer"), data(3))
    regressors = {
        "linearsvr": LinearSVR(max_iter=10000),
        "linearregression": LinearRegression(),
        "ridge": Ridge(),
        "lasso": Lasso(),
        "elasticnet": ElasticNet(),
        "huber": HuberRegressor(max_iter=1000),
        "bayesianridge": BayesianRidge(),
        "ard": ARDRegression(),
        "sgdregressor": SGDRegressor(random_state=0),
    }
    for name, model in regressors.items():
        add(name, model, numbers(), both=name == "linearregression")
    add("linearregression-3-targets", LinearRegression(), numbers(8, 3))
    add("ridge-3-targets", Ridge(), numbers(8, 3))
    add("multioutput-svr-3", MultiOutputRegressor(SVR(gamma=0.05)), numbers(8, 3))


def composed():
    for classes in (2, 3, 7):
        kind = {2: "gaps", 3: "string", 7: "int"}[classes]
        for method in ("sigmoid", "isotonic"):
            add(f"calibrated-linearsvc-{method}-{classes}", CalibratedClassifierCV(LinearSVC(), method=method, cv=2), data(classes, kind))
        add(f"calibrated-svc-{classes}", CalibratedClassifierCV(svc(), cv=2), data(classes, kind))
        add(f"ovr-svc-{classes}", OneVsRestClassifier(svc()), data(classes, kind))
        add(f"ovr-svc-probability-{classes}", OneVsRestClassifier(svc(probability=True, random_state=0)), data(classes, kind))
        add(f"ovr-linearsvc-{classes}", OneVsRestClassifier(LinearSVC()), data(classes, kind))
        add(f"ovo-linearsvc-{classes}", OneVsOneClassifier(LinearSVC()), data(classes, "int" if classes == 3 else "gaps"))
        add(f"ovo-logistic-{classes}", OneVsOneClassifier(LogisticRegression(max_iter=500)), data(classes, "int"))
        add(f"lda-{classes}", LinearDiscriminantAnalysis(), data(classes, kind))
    add("qda-3", QuadraticDiscriminantAnalysis(reg_param=0.1), data(3))


def pipelines():
    steps = {
        "standard": StandardScaler(),
        "standard-no-mean": StandardScaler(with_mean=False),
        "minmax": MinMaxScaler(),
        "minmax-clip": MinMaxScaler(feature_range=(-1, 1), clip=True),
        "maxabs": MaxAbsScaler(),
        "robust": RobustScaler(),
        "l1": Normalizer("l1"),
        "l2": Normalizer("l2"),
        "max": Normalizer("max"),
        "pca": PCA(4),
        "pca-whiten": PCA(5, whiten=True),
        "svd": TruncatedSVD(4),
        "kbest": SelectKBest(k=4),
        "variance": VarianceThreshold(0.1),
        "polynomial": PolynomialFeatures(2),
        "polynomial-interaction": PolynomialFeatures(3, interaction_only=True, include_bias=False),
        "binarizer": Binarizer(threshold=0.1),
        "power": PowerTransformer(),
    }
    for name, step in steps.items():
        add(f"pipeline-{name}-svc-3", after(step, svc(probability=True, random_state=0)), data(3, "string"))
        if name not in ("variance", "svd", "standard-no-mean"):
            add(f"pipeline-{name}-logistic-2", after(step, LogisticRegression(max_iter=500)), data(2, "gaps"))
    add("pipeline-standard-pca-svc-7", Pipeline([("a", StandardScaler()), ("b", PCA(5)), ("c", svc())]), data(7), both=True)
    union = FeatureUnion([("pca", PCA(3)), ("best", SelectKBest(k=3))])
    add("pipeline-union-svc-3", after(union, svc()), data(3))
    add("pipeline-standard-svr", after(StandardScaler(), SVR(gamma=0.05)), numbers())


def main():
    part = sys.argv[1] if len(sys.argv) > 1 else ""
    for each in (machines, linear, composed, pipelines):
        each()
    failed = 0
    for name, *rest in cases:
        if part not in name:
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                make(name, *rest)
            except Exception as error:  # what skl2onnx or scikit-learn refuses is listed
                failed += 1
                print(f"not exported: {name}: {type(error).__name__}: {str(error).splitlines()[0][:160]}")
    if not part:
        (layout.CACHE / GROUP / "disagreements.json").write_text(json.dumps(disagreements, indent=1))
    for each in disagreements:
        print("onnxruntime disagrees with scikit-learn:", each)
    print(f"{len(cases)} models, {failed} not exported")


if __name__ == "__main__":
    main()
