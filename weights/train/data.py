"""FER2013 as arrays, and the augmentation of a batch of faces.

The set is read from a folder of NumPy files (images_u8, labels_u8, split_u8,
ferplus_votes_u8, lossless_u8); see README.md beside this file for their shapes.
"""

from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

CLASSES = ["angry", "disgust", "fear", "happy", "neutral", "sad", "surprise"]
TRAINING, PUBLIC_TEST, PRIVATE_TEST = 0, 1, 2

# FER+'s columns (neutral, happiness, surprise, sadness, anger, disgust, fear) in the order of CLASSES.
FERPLUS_COLUMNS = [4, 5, 6, 1, 0, 3, 2]


def normalise(grey: np.ndarray) -> np.ndarray:
    """Grey levels 0..255 -> -1..1, as the engine's frame kernel does it."""
    return grey.astype(np.float32) / 127.5 - 1


class Fer2013:
    """The faces of one split: images (N,1,48,48) f32 in -1..1, labels (N), votes (N,7) summing to 1 or 0."""

    def __init__(self, folder: str, split: int):
        def load(name: str) -> np.ndarray:
            return np.load(Path(folder) / f"{name}.npy")

        rows = load("split_u8") == split
        if split == TRAINING:  # pictures that are no faces; the tests keep theirs, so that figures compare
            rows &= load("lossless_u8") == 1
        self.images = torch.from_numpy(normalise(load("images_u8")[rows]))[:, None]
        self.labels = torch.from_numpy(load("labels_u8")[rows].astype(np.int64))
        votes = load("ferplus_votes_u8")[rows][:, FERPLUS_COLUMNS].astype(np.float32)
        self.votes = torch.from_numpy(votes / np.maximum(votes.sum(1, keepdims=True), 1))

    def targets(self, share_of_votes: float) -> torch.Tensor:
        """The label as one-hot, mixed with FER+'s votes where there are any. (N,7)."""
        one_hot = F.one_hot(self.labels, len(CLASSES)).float()
        has_votes = (self.votes.sum(1, keepdim=True) > 0).float()
        return one_hot * (1 - share_of_votes * has_votes) + self.votes * share_of_votes


def augment(x: torch.Tensor, generator: torch.Generator, strength: float = 1) -> torch.Tensor:
    """Mirror, turn, scale, shift, relight and partly erase each face of x (B,1,48,48); all but mirror by strength."""
    batch, _, height, width = x.shape

    def uniform(low: float, high: float, *shape: int) -> torch.Tensor:
        return torch.rand(*shape, generator=generator) * (high - low) + low

    def around(reach: float, *shape: int) -> torch.Tensor:
        return uniform(-reach * strength, reach * strength, *shape)

    angle = around(0.2, batch)
    scale = 1 + around(0.12, batch)
    mirror = torch.sign(uniform(-1, 1, batch))
    theta = torch.zeros(batch, 2, 3)
    theta[:, 0, 0] = torch.cos(angle) * scale * mirror
    theta[:, 0, 1] = -torch.sin(angle) * scale
    theta[:, 1, 0] = torch.sin(angle) * scale * mirror
    theta[:, 1, 1] = torch.cos(angle) * scale
    theta[:, :, 2] = around(0.2, batch, 2)  # 10 % of the side: coordinates go from -1 to 1
    grid = F.affine_grid(theta, list(x.shape), align_corners=False)
    x = F.grid_sample(x, grid, padding_mode="border", align_corners=False)

    gain = torch.exp(around(0.35, batch, 1, 1, 1))
    shift = around(0.25, batch, 1, 1, 1)
    ramp = torch.linspace(-1, 1, width).view(1, 1, 1, width) * around(0.3, batch, 1, 1, 1)
    x = (x * gain + shift + ramp).clamp(-1, 1)

    for i in torch.nonzero(uniform(0, 1, batch) < 0.3 * strength).flatten().tolist():
        h, w = (int(v) for v in uniform(6, 20, 2))
        top, left = int(uniform(0, height - h, 1)), int(uniform(0, width - w, 1))
        x[i, :, top : top + h, left : left + w] = float(uniform(-1, 1, 1))
    return x
