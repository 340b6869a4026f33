"""Trains the CNN on FER2013 and keeps a checkpoint an epoch: run it again and it goes on.

    python3 weights/train/train.py --data FOLDER --out /tmp/mien/first
    python3 weights/train/train.py --data FOLDER --out /tmp/mien --start /tmp/mien/first/cnn.pt \\
        --epochs 15 --rate 0.03 --strength 0.6

The first cycle learns from hard pictures, the second goes on from there with milder ones.
"""

import argparse
import copy
import json
import time
from pathlib import Path

import torch
import torch.nn.functional as F

from data import PUBLIC_TEST, TRAINING, Fer2013, augment
from model import ExpressionNet

BATCH = 128
SHARE_OF_VOTES = 0.25


@torch.no_grad()
def accuracy(net: ExpressionNet, faces: Fer2013) -> float:
    net.eval()
    logits = torch.cat([net(batch) for batch in faces.images.split(512)])
    return (logits.argmax(1) == faces.labels).float().mean().item()


@torch.no_grad()
def follow(average: ExpressionNet, net: ExpressionNet, decay: float) -> None:
    """Moves the averaged weights (and the batch norms' statistics) towards the net's."""
    for a, b in zip(average.state_dict().values(), net.state_dict().values()):
        a.mul_(decay).add_(b, alpha=1 - decay) if a.dtype.is_floating_point else a.copy_(b)


def train(args: argparse.Namespace) -> None:
    torch.manual_seed(args.seed)
    out = Path(args.out)
    out.mkdir(parents=True, exist_ok=True)
    training, public = Fer2013(args.data, TRAINING), Fer2013(args.data, PUBLIC_TEST)
    targets = training.targets(SHARE_OF_VOTES)

    net = ExpressionNet()
    if args.start:
        net.load_state_dict(torch.load(args.start))
    net = net.to(memory_format=torch.channels_last)
    average = copy.deepcopy(net)
    steps = len(training.images) // BATCH
    optimiser = torch.optim.SGD(net.parameters(), args.rate, momentum=0.9, nesterov=True, weight_decay=5e-4)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, args.rate, total_steps=args.epochs * steps, pct_start=0.2)
    epoch, log = 0, []

    checkpoint = out / "checkpoint.pt"
    if checkpoint.exists():
        state = torch.load(checkpoint)
        net.load_state_dict(state["net"])
        average.load_state_dict(state["average"])
        optimiser.load_state_dict(state["optimiser"])
        schedule.load_state_dict(state["schedule"])
        epoch, log = state["epoch"], state["log"]

    while epoch < args.epochs:
        # Each epoch has a generator of its own, so a resumed run sees what an unbroken one does.
        generator = torch.Generator().manual_seed(args.seed * 1000 + epoch)
        started, total = time.time(), 0.0
        net.train()
        for rows in torch.randperm(len(training.images), generator=generator)[: steps * BATCH].split(BATCH):
            x = augment(training.images[rows], generator, args.strength).contiguous(memory_format=torch.channels_last)
            loss = F.cross_entropy(net(x), targets[rows])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            follow(average, net, 0.998)
            total += loss.item()
        epoch += 1
        log.append(
            {
                "epoch": epoch,
                "loss": round(total / steps, 4),
                "public": round(accuracy(average, public), 4),
                "seconds": round(time.time() - started, 1),
            }
        )
        print(json.dumps(log[-1]), flush=True)
        torch.save(
            {
                "net": net.state_dict(),
                "average": average.state_dict(),
                "optimiser": optimiser.state_dict(),
                "schedule": schedule.state_dict(),
                "epoch": epoch,
                "log": log,
            },
            checkpoint,
        )
    torch.save(average.state_dict(), out / "cnn.pt")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, help="the folder with FER2013's NumPy files")
    parser.add_argument("--out", required=True, help="where checkpoints go (not into the repository)")
    parser.add_argument("--start", help="a CNN to go on from")
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--rate", type=float, default=0.06, help="the highest learning rate of the cycle")
    parser.add_argument("--strength", type=float, default=1.0, help="of the augmentation")
    parser.add_argument("--seed", type=int, default=1)
    train(parser.parse_args())
