"""Trains a model of each kind of LIBSVM and LIBLINEAR, and writes what their own predict returns: see README.md.

    pip install libsvm-official liblinear-official
    python test/models/libsvm_kinds.py
    node scripts/run.js test/models/libsvm-kinds.ts

Writes cache/libsvm/NAME/: model, rows (the rows to predict), expected.json: labels, decision values (rows, pairs), `terms`, the sum of
the absolute terms of each decision value, and the probabilities of `-b 1` if the model has them.
"""

import contextlib
import ctypes
import io
import json
import pathlib
import shutil

import numpy as np
from liblinear import liblinearutil
from libsvm import svm, svmutil

CACHE = pathlib.Path(__file__).parent / "cache" / "libsvm"
LABELS = [3, -1, 7, 20, 5]
KERNELS = ["linear", "polynomial", "rbf", "sigmoid"]


def sparse(x: np.ndarray) -> list[dict[int, float]]:
    return [{i + 1: float(v) for i, v in enumerate(row) if v != 0} for row in x]


def make_data(classes: int, offset: float, regression: bool = False):
    """200 rows of 10 features, of which some are 0; 40 of them are not trained on. The last two are far outliers."""
    random = np.random.default_rng(classes)
    centres = random.standard_normal((classes, 10)) * 1.5
    which = random.integers(0, classes, 200)
    x = centres[which] + random.standard_normal((200, 10))
    x[random.random(x.shape) < 0.2] = 0
    x += offset
    y = x @ random.standard_normal(10) + random.standard_normal(200) if regression else np.array(LABELS)[which]
    test = x[160:].copy()
    test[-2] *= 20
    test[-1] *= -300
    return sparse(x[:160]), y[:160], sparse(test), y[160:]


def text(rows, labels) -> str:
    line = lambda label, row: " ".join([f"{label:g}", *(f"{i}:{v!r}" for i, v in row.items())])
    return "".join(f"{line(label, row)}\n" for label, row in zip(labels, rows))


def dense(rows) -> np.ndarray:
    x = np.zeros((len(rows), 10))
    for row, values in zip(x, rows):
        for i, v in values.items():
            row[i - 1] = v
    return x


def kernel_values(p, x: np.ndarray, v: np.ndarray) -> np.ndarray:
    products = x @ v.T
    if p.kernel_type == 0:
        return products
    if p.kernel_type == 1:
        return (p.gamma * products + p.coef0) ** p.degree
    if p.kernel_type == 3:
        return np.tanh(p.gamma * products + p.coef0)
    return np.exp(-p.gamma * ((x[:, None] - v) ** 2).sum(2))


def terms_of(model, rows) -> np.ndarray:
    """(rows, pairs): the sum of the absolute terms of each decision value. A linear kernel value is a sum of terms itself."""
    x, v = dense(rows), dense([{k: w for k, w in sv.items() if k > 0} for sv in model.get_SV()])
    isLinear = model.param.kernel_type == 0
    k = np.abs(x) @ np.abs(v).T if isLinear else np.abs(kernel_values(model.param, x, v))
    coefficients = np.abs(np.array(model.get_sv_coef()))
    classes = model.get_nr_class()
    if model.get_svm_type() > 1:
        return k @ coefficients[:, :1] + abs(model.rho[0])
    first = np.cumsum([0] + [model.nSV[c] for c in range(classes)])
    result = []
    for i in range(classes):
        for j in range(i + 1, classes):
            one, other = slice(first[i], first[i + 1]), slice(first[j], first[j + 1])
            total = k[:, one] @ coefficients[one, j - 1] + k[:, other] @ coefficients[other, i]
            result.append(total + abs(model.rho[len(result)]))
    return np.stack(result, 1)


def write(name: str, save, rows, labels, expected: dict) -> None:
    folder = CACHE / name
    folder.mkdir(parents=True)
    save(str(folder / "model"))
    (folder / "rows").write_text(text(rows, labels))
    (folder / "expected.json").write_text(json.dumps(expected))


def predict_values(model, rows, pairs: int):
    """svm_predict without -b. That of the Python package has room for one decision value of a nu-SVC, whatever its classes."""
    labels, values = [], []
    for row in rows:
        nodes, _ = svm.gen_svm_nodearray(row)
        found = (ctypes.c_double * pairs)()
        labels.append(svm.libsvm.svm_predict_values(model, nodes, found))
        values.append(list(found))
    return labels, values


def libsvm(name: str, options: str, data) -> None:
    train, y, test, wanted = data
    # A trained model points to the rows that it was trained on; a model from a file has its own.
    file = str(CACHE / "model")
    svmutil.svm_save_model(file, svmutil.svm_train(y.tolist(), train, f"{options} -q"))
    model = svmutil.svm_load_model(file)
    terms = terms_of(model, test)
    labels, values = predict_values(model, test, terms.shape[1])
    expected = {"labels": labels, "values": values, "terms": terms.tolist()}
    if "-b 1" in options and model.get_svm_type() < 2:
        best, _, probabilities = svmutil.svm_predict(wanted.tolist(), test, model, "-b 1 -q")
        expected |= {"probabilities": probabilities, "likeliest": best, "order": model.get_labels()}
    write(name, lambda to: shutil.move(file, to), test, wanted, expected)


def liblinear(name: str, options: str, data) -> None:
    train, y, test, wanted = data
    model = liblinearutil.train(y.tolist(), train, f"{options} -q")
    labels, _, values = liblinearutil.predict(wanted.tolist(), test, model, "-q")
    solver = model.param.solver_type
    # Their own predict of a one-class machine or a regressor returns one value for a row.
    size = model.nr_feature
    bias = model.bias if model.bias >= 0 else 0
    columns = len(values[0])
    w = np.array([model.w[i] for i in range((size + (model.bias >= 0)) * columns)]).reshape(-1, columns)
    x = np.hstack([dense(test), np.full((len(test), 1), bias)]) if model.bias >= 0 else dense(test)
    terms = np.abs(x) @ np.abs(w) + (abs(model.rho) if solver == 21 else 0)
    expected = {"labels": labels, "values": values, "terms": terms.tolist()}
    if solver in (0, 6, 7):
        best, _, probabilities = liblinearutil.predict(wanted.tolist(), test, model, "-b 1 -q")
        expected |= {"probabilities": probabilities, "likeliest": best, "order": model.get_labels()}
    write(name, lambda file: liblinearutil.save_model(file, model), test, wanted, expected)


def main() -> None:
    shutil.rmtree(CACHE, ignore_errors=True)
    CACHE.mkdir(parents=True)
    # What is trained: the options of a case, and an offset of all features, which makes terms cancel.
    variants = [("", "-g 0.1", 0), ("-offset", "-g 0.1", 50), ("-costly", "-c 1000 -g 0.02", 0), ("-narrow", "-g 2", 0)]
    for t, kernel in enumerate(KERNELS):
        for suffix, options, offset in variants:
            if (suffix == "-narrow" and t != 2) or (suffix == "-offset" and t in (1, 3)):
                continue  # polynomials and tanh of an offset do not converge
            settings = f"-t {t} -r 0.3 {options}"
            for classes in (2, 3, 5):
                libsvm(f"c-svc-{kernel}-{classes}{suffix}", f"-s 0 {settings}", make_data(classes, offset))
            libsvm(f"c-svc-{kernel}-3-b{suffix}", f"-s 0 -b 1 {settings}", make_data(3, offset))
            libsvm(f"nu-svc-{kernel}-2-b{suffix}", f"-s 1 -n 0.1 -b 1 {settings}", make_data(2, offset))
            libsvm(f"nu-svc-{kernel}-3{suffix}", f"-s 1 -n 0.1 {settings}", make_data(3, offset))
            libsvm(f"one-class-{kernel}{suffix}", f"-s 2 -n 0.2 {settings}", make_data(2, offset))
            libsvm(f"epsilon-svr-{kernel}{suffix}", f"-s 3 {settings}", make_data(4, offset, True))
            libsvm(f"nu-svr-{kernel}{suffix}", f"-s 4 {settings}", make_data(4, offset, True))
            libsvm(f"epsilon-svr-{kernel}-b{suffix}", f"-s 3 -b 1 {settings}", make_data(4, offset, True))
    for solver in (*range(8), 11, 12, 13, 21):
        for suffix, options in (("", ""), ("-bias", "-B 1")):
            if solver == 21 and suffix:
                continue  # LIBLINEAR refuses -B with it
            if solver >= 11:
                liblinear(f"linear-{solver}{suffix}", f"-s {solver} {options}", make_data(4, 0, solver != 21))
                continue
            for classes in (2, 5):
                liblinear(f"linear-{solver}-{classes}{suffix}", f"-s {solver} {options}", make_data(classes, 0))
    print(len(list(CACHE.iterdir())), "models")


if __name__ == "__main__":
    with contextlib.redirect_stderr(io.StringIO()):
        main()
