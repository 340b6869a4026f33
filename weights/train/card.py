"""Draws the card's curves and writes its tables, from what `mien evaluate --json` and train.py left.

    python3 weights/train/card.py --figures /tmp/mien/figures --training /tmp/mien/small/training.json --weights weights

FIGURES/NAME.json: each a run of `mien evaluate`. Tables go to stdout, in Markdown; curves to WEIGHTS/curves/.
"""

import argparse
import json
from pathlib import Path

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt


def confusion(evaluated: dict) -> str:
    names = [each["name"] for each in evaluated["classes"]]
    lines = [f"| shown ↓, called → | {' | '.join(names)} | precision | recall | F1 | AUC |", "|---" * (len(names) + 5) + "|"]
    for each, row in zip(evaluated["classes"], evaluated["confusion"]):
        rates = [f"{each[key]:.2f}" for key in ("precision", "recall", "f1")] + [f"{each['auc']:.3f}"]
        lines.append(f"| {each['name']} | {' | '.join(str(count) for count in row)} | {' | '.join(rates)} |")
    return "\n".join(lines)


def summary(runs: dict[str, dict]) -> str:
    lines = ["| | faces | accuracy | 95 % interval | macro F1 | macro AUC | calibration error |", "|---|---|---|---|---|---|---|"]
    for name, e in runs.items():
        low, high = (f"{100 * share:.1f}" for share in e["accuracyInterval"])
        rates = [f"{100 * e['accuracy']:.1f} %", f"{low} – {high}", f"{e['macro']['f1']:.3f}", f"{e['macro']['auc']:.3f}"]
        lines.append(f"| {name} | {e['items']} | {' | '.join(rates)} | {e['calibrationError']:.3f} |")
    return "\n".join(lines)


def draw_roc(evaluated: dict, file: Path) -> None:
    figure, axes = plt.subplots(2, 4, figsize=(10, 5.4), sharex=True, sharey=True)
    for axis, each in zip(axes.flat, evaluated["classes"]):
        axis.plot(*zip(*each["roc"]), color="#0b6a5a")
        axis.plot([0, 1], [0, 1], color="#9fb3ad", linestyle="--", linewidth=1)
        axis.set_title(f"{each['name']}: AUC {each['auc']:.3f}", fontsize=10)
        axis.set_aspect("equal")
    axes.flat[-1].axis("off")
    figure.supxlabel("false positive rate", fontsize=10)
    figure.supylabel("true positive rate", fontsize=10)
    save(figure, file)


def draw_training(log: list[dict], file: Path) -> None:
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.6))
    epochs = [each["epoch"] for each in log]
    for key, label, style in (
        ("training", "Training, as augmented", "#9fb3ad"),
        ("public", "PublicTest, FER2013's labels", "#0b6a5a"),
        ("public_ferplus", "PublicTest, FER+'s majority", "#b4551d"),
    ):
        left.plot(epochs, [100 * each[key] for each in log], label=label, color=style)
    right.plot(epochs, [each["loss"] for each in log], label="Training, all that is learnt", color="#9fb3ad")
    right.plot(epochs, [each["public_loss"] for each in log], label="PublicTest, FER2013's labels", color="#0b6a5a")
    for axis, name in ((left, "accuracy, %"), (right, "loss")):
        axis.set_xlabel("epoch")
        axis.set_ylabel(name)
        axis.legend(fontsize=8)
        axis.grid(color="#e3e9e7")
    save(figure, file)


def save(figure: plt.Figure, file: Path) -> None:
    file.parent.mkdir(exist_ok=True)
    figure.tight_layout()
    figure.savefig(file, facecolor="white", metadata={"Date": None})


def main(args: argparse.Namespace) -> None:
    runs = {file.stem: json.loads(file.read_text()) for file in sorted(args.figures.glob("*.json"))}
    print(summary(runs), "\n")
    for name, evaluated in runs.items():
        print(f"{name}\n\n{confusion(evaluated)}\n")
    draw_roc(runs["expression"], args.weights / "curves" / "roc.svg")
    draw_training(json.loads(args.training.read_text())["log"], args.weights / "curves" / "training.svg")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--figures", type=Path, required=True)
    parser.add_argument("--training", type=Path, required=True)
    parser.add_argument("--weights", type=Path, required=True)
    main(parser.parse_args())
