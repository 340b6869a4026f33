"""PublicTest as a webcam would spoil it: how often each model is right then, by onnxruntime.

    python3 weights/train/robust.py --data FOLDER --cases /tmp/mien/cases --weights weights

Prints a table in Markdown. `cases.py` makes the spoilt pictures.
"""

import argparse
from pathlib import Path

import numpy as np
import onnxruntime

from cases import SPOILT
from data import PUBLIC_TEST, normalise
from model import CLASSES


def accuracy(session: onnxruntime.InferenceSession, images: np.ndarray, labels: np.ndarray) -> float:
    called = [session.run(["scores"], {"x": normalise(part)[:, None]})[0].argmax(1) for part in np.array_split(images, 30)]
    known = labels < len(CLASSES)
    return float((np.concatenate(called) == labels)[known].mean())


def main(args: argparse.Namespace) -> None:
    images, labels, split = (np.load(args.data / f"{name}_u8.npy") for name in ("images", "labels", "split"))
    public = split == PUBLIC_TEST
    truths = {"expression": np.load(args.cases / "ferplus-labels.npy")[public], "expression-fer2013": labels[public]}
    sessions = {name: onnxruntime.InferenceSession(args.weights / f"{name}.onnx") for name in truths}
    pictures = {"as they are": images[public]}
    pictures |= {name: np.load(args.cases / f"spoilt-{name}.npy") for name in SPOILT}
    print(f"| PublicTest | {' | '.join(sessions)} |\n|---|---|---|")
    for name, spoilt in pictures.items():
        shares = [f"{100 * accuracy(sessions[model], spoilt, truths[model]):.1f} %" for model in sessions]
        print(f"| {name} | {' | '.join(shares)} |", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--cases", type=Path, required=True)
    parser.add_argument("--weights", type=Path, required=True)
    main(parser.parse_args())
