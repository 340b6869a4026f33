"""FER2013 as arrays, and the augmentation of a batch of faces.

The set is read from a folder of NumPy files (images_u8, labels_u8, split_u8,
ferplus_votes_u8, lossless_u8); see README.md beside this file for their shapes.
"""

from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

TRAINING, PUBLIC_TEST, PRIVATE_TEST = 0, 1, 2

# Where angry, disgust, fear, happy, neutral, sad, surprise stand among FER+'s ten columns: neutral, happiness,
# surprise, sadness, anger, disgust, fear, contempt, unknown, no face.
FERPLUS_COLUMNS = [4, 5, 6, 1, 0, 3, 2]


def normalise(grey: np.ndarray) -> np.ndarray:
    """Grey levels 0..255 -> -1..1, as the engine's frame kernel does it."""
    return grey.astype(np.float32) / 127.5 - 1


def majority_of(votes: np.ndarray) -> np.ndarray:
    """(N,10) votes -> (N): the class of the largest, or -1 where that is none of the seven."""
    seven = votes[:, FERPLUS_COLUMNS]
    is_seven = seven.max(1) >= np.maximum(votes.max(1), 1)
    return np.where(is_seven, seven.argmax(1), -1)


class Fer2013:
    """The faces of one split: images (N,1,48,48) f32 in -1..1, `labels` (N) of FER2013, and of FER+

    `votes` (N,7), each row summing to 1 (or 0: nobody chose one of the seven),
    `trust` (N), the share of the votes that went to the seven, and
    `majority` (N), the class of the largest vote of all ten columns, or -1 where that is none of the seven.
    """

    def __init__(self, folder: str | Path, split: int):
        def load(name: str) -> np.ndarray:
            return np.load(Path(folder) / f"{name}.npy")

        rows = load("split_u8") == split
        if split == TRAINING:  # pictures that are no faces; the tests keep theirs, so that figures compare
            rows &= load("lossless_u8") == 1
        self.rows = np.flatnonzero(rows)
        self.images = torch.from_numpy(normalise(load("images_u8")[rows]))[:, None]
        self.labels = torch.from_numpy(load("labels_u8")[rows].astype(np.int64))
        votes = load("ferplus_votes_u8")[rows].astype(np.float32)
        seven = votes[:, FERPLUS_COLUMNS]
        self.trust = torch.from_numpy(seven.sum(1) / np.maximum(votes.sum(1), 1))
        self.votes = torch.from_numpy(seven / np.maximum(seven.sum(1, keepdims=True), 1))
        self.majority = torch.from_numpy(majority_of(votes))

    def targets(self, share_of_votes: float) -> torch.Tensor:
        """The label as one-hot, mixed with FER+'s votes where there are any. (N,7)."""
        one_hot = F.one_hot(self.labels, 7).float()
        share = share_of_votes * self.trust[:, None]
        return one_hot * (1 - share) + self.votes * share


def augment(x: torch.Tensor, generator: torch.Generator, strength: float = 1) -> torch.Tensor:
    """Mirror, turn, scale, shift, relight and partly erase each face of x (B,1,48,48); all but mirror by strength."""
    batch, _, height, width = x.shape

    def uniform(low: float, high: float, *shape: int) -> torch.Tensor:
        return torch.rand(*shape, generator=generator) * (high - low) + low

    def around(reach: float, *shape: int) -> torch.Tensor:
        """-reach to reach, small changes more often than large ones."""
        u = uniform(-1, 1, *shape)
        return u * u.abs() * (reach * strength)

    angle = around(0.26, batch)  # 15 degrees
    scale = torch.exp(around(0.22, batch))  # 0.8 to 1.25
    mirror = torch.sign(uniform(-1, 1, batch))
    theta = torch.zeros(batch, 2, 3)
    theta[:, 0, 0] = torch.cos(angle) * scale * mirror
    theta[:, 0, 1] = -torch.sin(angle) * scale
    theta[:, 1, 0] = torch.sin(angle) * scale * mirror
    theta[:, 1, 1] = torch.cos(angle) * scale
    theta[:, :, 2] = around(0.2, batch, 2)  # 10 % of the side: coordinates go from -1 to 1
    grid = F.affine_grid(theta, list(x.shape), align_corners=False)
    x = F.grid_sample(x, grid, padding_mode="border", align_corners=False)

    # Light: 0.5 to 2 times, falling off to one side, and a contrast and an offset of the camera's.
    ramp = torch.linspace(-1, 1, width).view(1, 1, 1, width) * around(0.4, batch, 1, 1, 1)
    light = torch.exp(around(0.7, batch, 1, 1, 1)) * (1 + ramp)
    x = (x + 1) * light - 1
    x = (x * torch.exp(around(0.25, batch, 1, 1, 1)) + around(0.2, batch, 1, 1, 1)).clamp(-1, 1)

    for i in torch.nonzero(uniform(0, 1, batch) < 0.3 * strength).flatten().tolist():
        h, w = (int(v) for v in uniform(6, 20, 2))
        top, left = int(uniform(0, height - h, 1)), int(uniform(0, width - w, 1))
        x[i, :, top : top + h, left : left + w] = float(uniform(-1, 1, 1))
    return x
