"""The CNN: four stages of convolution, the faces' size halved between them, and two dense layers."""

import torch
from torch import nn


class Residual(nn.Module):
    """Two 3x3 convolutions with a 1x1 shortcut. (B,I,H,W) -> (B,O,H,W)."""

    def __init__(self, inputs: int, outputs: int):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(inputs, outputs, 3, padding=1, bias=False),
            nn.BatchNorm2d(outputs),
            nn.ReLU(),
            nn.Conv2d(outputs, outputs, 3, padding=1, bias=False),
            nn.BatchNorm2d(outputs),
        )
        self.shortcut = nn.Sequential(nn.Conv2d(inputs, outputs, 1, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.relu(self.body(x) + self.shortcut(x))


class ExpressionNet(nn.Module):
    """A face (B,1,48,48) in -1..1 -> logits (B,7); `features` gives the 128 numbers that the SVM sees."""

    def __init__(self, classes: int = 7, features: int = 128):
        super().__init__()
        self.convolutions = nn.Sequential(
            nn.Conv2d(1, 32, 3, padding=1, bias=False),
            nn.BatchNorm2d(32),
            nn.ReLU(),
            nn.MaxPool2d(2),
            Residual(32, 48),
            nn.MaxPool2d(2),
            Residual(48, 96),
            nn.MaxPool2d(2),
            Residual(96, 192),
            nn.MaxPool2d(2),
            nn.Flatten(),
        )
        self.dropout_in = nn.Dropout(0.2)
        self.dense = nn.Linear(192 * 3 * 3, features)
        self.dropout_out = nn.Dropout(0.3)
        self.classify = nn.Linear(features, classes)

    def features(self, x: torch.Tensor) -> torch.Tensor:
        return torch.relu(self.dense(self.dropout_in(self.convolutions(x))))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.classify(self.dropout_out(self.features(x)))
