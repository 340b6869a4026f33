"""Writes what `mien evaluate` wants: which rows of FER2013 are asked, what FER+'s majority says of each, and PublicTest
as a webcam would spoil it.

    python3 weights/train/cases.py --data FOLDER --out /tmp/mien/cases

ROWS.npy   private; private-unseen: those that don't stand in Training pixel for pixel; private-ferplus: those whose
           largest vote, of all ten columns, is one of the seven classes; public and public-ferplus likewise
ferplus-labels.npy   (35887): the majority's class, 7 where it is none of the seven
spoilt-NAME.npy      (3589,48,48) u8: PublicTest shifted, turned, scaled or relit
"""

import argparse
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from data import PRIVATE_TEST, PUBLIC_TEST, TRAINING, majority_of


def moved(images: np.ndarray, angle: float = 0, scale: float = 1, x: float = 0, y: float = 0) -> np.ndarray:
    """The crop, turned by degrees, `scale` times as wide, its middle moved by parts of its side. Its edge repeats."""
    cos, sin = np.cos(np.radians(angle)) * scale, np.sin(np.radians(angle)) * scale
    theta = torch.tensor([[cos, -sin, 2 * x], [sin, cos, 2 * y]], dtype=torch.float32).expand(len(images), 2, 3)
    grid = F.affine_grid(theta, [len(images), 1, 48, 48], align_corners=False)
    pixels = torch.from_numpy(images.astype(np.float32))[:, None]
    return F.grid_sample(pixels, grid, padding_mode="border", align_corners=False)[:, 0].round().byte().numpy()


def relit(images: np.ndarray, light: float, fall: float = 0.5) -> np.ndarray:
    """`light` times as much light in the middle, 1 - fall times that at the left edge, 1 + fall at the right one.

    Light is linear, grey levels are not: they are taken for sRGB.
    """
    level = images / 255
    linear = np.where(level <= 0.04045, level / 12.92, ((level + 0.055) / 1.055) ** 2.4)
    linear = np.clip(linear * light * (1 + fall * np.linspace(-1, 1, 48)), 0, 1)
    level = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    return (level * 255).round().astype(np.uint8)


SPOILT = {
    "shift-left": lambda images: moved(images, x=0.1),
    "shift-right": lambda images: moved(images, x=-0.1),
    "shift-up": lambda images: moved(images, y=0.1),
    "shift-down": lambda images: moved(images, y=-0.1),
    "turn-15": lambda images: moved(images, angle=15),
    "turn-minus-15": lambda images: moved(images, angle=-15),
    "scale-0.8": lambda images: moved(images, scale=0.8),
    "scale-1.25": lambda images: moved(images, scale=1.25),
    "light-0.5": lambda images: relit(images, 0.5),
    "light-2": lambda images: relit(images, 2),
}


def main(args: argparse.Namespace) -> None:
    args.out.mkdir(parents=True, exist_ok=True)
    images, split, votes = (np.load(args.data / f"{name}_u8.npy") for name in ("images", "split", "ferplus_votes"))
    majority = majority_of(votes)
    seen = {image.tobytes() for image in images[split == TRAINING]}
    for name, number in (("public", PUBLIC_TEST), ("private", PRIVATE_TEST)):
        rows = np.flatnonzero(split == number)
        np.save(args.out / f"{name}.npy", rows)
        np.save(args.out / f"{name}-unseen.npy", [row for row in rows if images[row].tobytes() not in seen])
        np.save(args.out / f"{name}-ferplus.npy", rows[majority[rows] >= 0])
    np.save(args.out / "ferplus-labels.npy", np.where(majority < 0, 7, majority).astype(np.uint8))
    for name, spoil in SPOILT.items():
        np.save(args.out / f"spoilt-{name}.npy", spoil(images[split == PUBLIC_TEST]))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder with FER2013's NumPy files")
    parser.add_argument("--out", type=Path, required=True)
    main(parser.parse_args())
