"""The CNN: 3x3 convolutions in four stages, each at half the size of the one before, and two dense layers.

The same shape in two sizes: the small net ships, the large one teaches it.
"""

import torch
from torch import nn

CLASSES = ["angry", "disgust", "fear", "happy", "neutral", "sad", "surprise"]

# A list a stage: the channels of its convolutions. Multiples of 32 are what bf16 matrix units want.
SIZES = {
    "small": {"stages": [[32], [64, 64], [96, 96, 96], [160, 160, 160]], "features": 64, "dropout": 0.1},
    "large": {"stages": [[32], [96, 96], [192, 192, 192], [384, 384, 384]], "features": 128, "dropout": 0.3},
}


def stage(inputs: int, channels: list[int]) -> list[nn.Module]:
    layers: list[nn.Module] = []
    for outputs in channels:
        layers += [
            nn.Conv2d(inputs, outputs, 3, padding=1, bias=False),
            nn.BatchNorm2d(outputs),
            nn.ReLU(inplace=True),
        ]
        inputs = outputs
    return layers


class ExpressionNet(nn.Module):
    """A face (B,1,48,48) in -1..1 -> logits of FER2013's label (B,7) and of FER+'s (B,7).

    `features` gives what both are computed from, and what the SVM sees: (B,64) in the small net.
    """

    def __init__(self, size: str = "small"):
        super().__init__()
        stages, features = SIZES[size]["stages"], SIZES[size]["features"]
        layers = stage(1, stages[0])
        for before, channels in zip(stages, stages[1:]):
            layers += [nn.MaxPool2d(2), *stage(before[-1], channels)]
        self.convolutions = nn.Sequential(*layers)
        self.dense = nn.Linear(stages[-1][-1], features)
        self.dropout = nn.Dropout(SIZES[size]["dropout"])
        self.fer2013 = nn.Linear(features, len(CLASSES))
        self.ferplus = nn.Linear(features, len(CLASSES))

    def features(self, x: torch.Tensor) -> torch.Tensor:
        return torch.relu(self.dense(self.convolutions(x).mean((2, 3))))

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        features = self.dropout(self.features(x))
        return self.fer2013(features), self.ferplus(features)
