"""Trains a CNN on FER2013 and keeps a checkpoint an epoch: run it again and it goes on.

    python3 weights/train/train.py --data FOLDER --out /tmp/mien/large --size large --epochs 30
    python3 weights/train/train.py --data FOLDER --out /tmp/mien/small --size small --epochs 66 \\
        --teacher /tmp/mien/large/cnn.pt

The net learns two things at once from the same features: FER2013's label, and how FER+'s ten people voted. A small
net learns, besides, what a large one says of the same augmented picture (Hinton, Vinyals and Dean, 2015).
"""

import argparse
import copy
import json
import os
import platform
import time
from pathlib import Path

import torch
import torch.nn.functional as F

from data import PUBLIC_TEST, TRAINING, Fer2013, augment
from model import SIZES, ExpressionNet

BATCH = 128
SHARE_OF_VOTES = 0.25  # in the target of FER2013's label
SHARE_OF_TEACHER = 0.7  # of the loss, where there is a teacher
TEMPERATURE = 2.0


def cross_entropy(logits: torch.Tensor, targets: torch.Tensor, weights: torch.Tensor | None = None) -> torch.Tensor:
    loss = -(targets * logits.log_softmax(1)).sum(1)
    return loss.mean() if weights is None else (loss * weights).mean()


def divergence(logits: torch.Tensor, teacher: torch.Tensor) -> torch.Tensor:
    """Kullback and Leibler's, of both softmaxes at a raised temperature, times its square."""
    t = TEMPERATURE
    return F.kl_div((logits / t).log_softmax(1), (teacher / t).softmax(1), reduction="batchmean") * t * t


@torch.no_grad()
def evaluate(net: ExpressionNet, faces: Fer2013) -> dict[str, float]:
    net.eval()
    with torch.autocast("cpu", torch.bfloat16):
        outputs = [net(batch.contiguous(memory_format=torch.channels_last)) for batch in faces.images.split(512)]
    label, votes = (torch.cat([output[i].float() for output in outputs]) for i in (0, 1))
    known = faces.majority >= 0
    return {
        "public_loss": round(F.cross_entropy(label, faces.labels).item(), 4),
        "public": round((label.argmax(1) == faces.labels).float().mean().item(), 4),
        "public_ferplus": round((votes.argmax(1) == faces.majority)[known].float().mean().item(), 4),
    }


@torch.no_grad()
def follow(average: ExpressionNet, net: ExpressionNet, decay: float) -> None:
    """Moves the averaged weights (and the batch norms' statistics) towards the net's."""
    for a, b in zip(average.state_dict().values(), net.state_dict().values()):
        a.lerp_(b, 1 - decay) if a.dtype.is_floating_point else a.copy_(b)


def train(args: argparse.Namespace) -> None:
    torch.manual_seed(args.seed)
    out = Path(args.out)
    out.mkdir(parents=True, exist_ok=True)
    training, public = Fer2013(args.data, TRAINING), Fer2013(args.data, PUBLIC_TEST)
    targets = training.targets(SHARE_OF_VOTES)

    net = ExpressionNet(args.size).to(memory_format=torch.channels_last)
    if args.start:
        net.load_state_dict(torch.load(args.start))
    average = copy.deepcopy(net)
    teacher = None
    if args.teacher:
        teacher = ExpressionNet("large").to(memory_format=torch.channels_last).eval()
        teacher.load_state_dict(torch.load(args.teacher))
    steps = len(training.images) // BATCH
    optimiser = torch.optim.SGD(net.parameters(), args.rate, momentum=0.9, nesterov=True, weight_decay=5e-4)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, args.rate, total_steps=args.epochs * steps, pct_start=0.2)
    epoch, log = 0, []

    checkpoint = out / "checkpoint.pt"
    if checkpoint.exists():
        state = torch.load(checkpoint)
        for name, part in [("net", net), ("average", average), ("optimiser", optimiser), ("schedule", schedule)]:
            part.load_state_dict(state[name])
        epoch, log = state["epoch"], state["log"]

    while epoch < args.epochs:
        # Each epoch has a generator of its own, so a resumed run sees what an unbroken one does.
        generator = torch.Generator().manual_seed(args.seed * 1000 + epoch)
        strength = args.strength if epoch < args.milder_from else 0.6 * args.strength
        started, total, right = time.time(), 0.0, 0
        net.train()
        for rows in torch.randperm(len(training.images), generator=generator)[: steps * BATCH].split(BATCH):
            x = augment(training.images[rows], generator, strength).contiguous(memory_format=torch.channels_last)
            with torch.autocast("cpu", torch.bfloat16):
                label, votes = (logits.float() for logits in net(x))
            loss = cross_entropy(label, targets[rows]) + cross_entropy(votes, training.votes[rows], training.trust[rows])
            if teacher:
                with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
                    soft_label, soft_votes = (logits.float() for logits in teacher(x))
                taught = divergence(label, soft_label) + divergence(votes, soft_votes)
                loss = loss * (1 - SHARE_OF_TEACHER) + taught * SHARE_OF_TEACHER
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            follow(average, net, 0.998)
            total += loss.item()
            right += (label.argmax(1) == training.labels[rows]).sum().item()
        epoch += 1
        log.append(
            {
                "epoch": epoch,
                "loss": round(total / steps, 4),
                "training": round(right / (steps * BATCH), 4),
                **evaluate(average, public),
                "seconds": round(time.time() - started, 1),
            }
        )
        print(json.dumps(log[-1]), flush=True)
        parts = {"net": net, "average": average, "optimiser": optimiser, "schedule": schedule}
        state = {name: part.state_dict() for name, part in parts.items()}
        torch.save({**state, "epoch": epoch, "log": log}, checkpoint.with_suffix(".new"))
        os.replace(checkpoint.with_suffix(".new"), checkpoint)
    torch.save(average.state_dict(), out / "cnn.pt")
    how = {**vars(args), "torch": torch.__version__, "python": platform.python_version(), "log": log}
    (out / "training.json").write_text(json.dumps(how, indent=1))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, help="the folder with FER2013's NumPy files")
    parser.add_argument("--out", required=True, help="where checkpoints go (not into the repository)")
    parser.add_argument("--size", choices=SIZES, default="small")
    parser.add_argument("--start", help="a net's cnn.pt, to go on from")
    parser.add_argument("--teacher", help="a large net's cnn.pt, to learn from")
    parser.add_argument("--epochs", type=int, default=66)
    parser.add_argument("--rate", type=float, default=0.1, help="the highest learning rate of the cycle")
    parser.add_argument("--strength", type=float, default=1.0, help="of the augmentation")
    parser.add_argument("--milder-from", type=int, default=1000, help="from this epoch on it is 0.6 as strong")
    parser.add_argument("--seed", type=int, default=1)
    train(parser.parse_args())
