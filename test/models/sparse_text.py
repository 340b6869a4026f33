"""Writes a large sparse machine as LIBSVM's text file: 8,000 support vectors of 47,236 features, like tf-idf of texts, with about
75 numbers each, and 2,000 rows to predict. A dense matrix of the vectors would take 1.5 GB.

    python test/models/sparse_text.py FOLDER
    npm run mien -- svm-predict FOLDER/rows FOLDER/linear.model FOLDER/labels
    python test/models/sparse_text.py FOLDER check

`check` compares FOLDER/labels with what LIBSVM itself predicts (pip install libsvm-official).
"""

import pathlib
import sys

import numpy as np

FEATURES, VECTORS, ROWS = 47_236, 8_000, 2_000


def row(random: np.random.Generator, frequency: np.ndarray) -> str:
    count = max(5, random.poisson(75))
    indices = np.unique(random.choice(FEATURES, count, p=frequency))
    values = random.random(len(indices)) * np.log1p(1 / frequency[indices])
    values /= np.linalg.norm(values)
    return " ".join(f"{index + 1}:{value:.9g}" for index, value in zip(indices, values))


def write(folder: pathlib.Path) -> None:
    frequency = 1 / np.arange(1, FEATURES + 1) ** 0.9
    frequency /= frequency.sum()
    for name, kernel in (("linear", "kernel_type linear\n"), ("rbf", "kernel_type rbf\ngamma 1\n")):
        random = np.random.default_rng(0)
        half = VECTORS // 2
        with open(folder / f"{name}.model", "w") as file:
            file.write(f"svm_type c_svc\n{kernel}nr_class 2\ntotal_sv {VECTORS}\nrho 0.05\nlabel 1 -1\nnr_sv {half} {half}\nSV\n")
            for s in range(VECTORS):
                file.write(f"{random.random() * (1 if s < half else -1):.9g} {row(random, frequency)}\n")
    with open(folder / "rows", "w") as file:
        for n in range(ROWS):
            file.write(f"{1 if n % 2 else -1} {row(random, frequency)}\n")


def check(folder: pathlib.Path) -> None:
    from libsvm import svmutil

    labels, rows = svmutil.svm_read_problem(str(folder / "rows"))
    model = svmutil.svm_load_model(str(folder / "linear.model"))
    wanted, _, values = svmutil.svm_predict(labels, rows, model, "-q")
    found = [float(line) for line in (folder / "labels").read_text().split()]
    wrong = sum(a != b for a, b in zip(found, wanted))
    smallest = min(abs(value) for [value] in values)
    print(f"{wrong} of {len(wanted)} labels differ; the smallest decision value is {smallest:.2g}")


if __name__ == "__main__":
    (check if sys.argv[2:] else write)(pathlib.Path(sys.argv[1]))
