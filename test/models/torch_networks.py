"""The architectures that torch_architectures.py exports: torchvision's, and hand-written ones. Needs torch and torchvision."""

import dataclasses
from typing import Callable

import torch
import torch.nn.functional as F
import torchvision.models as vision
from torch import nn


@dataclasses.dataclass(frozen=True)
class Architecture:
    """How to make a network, and what it reads: a shape, and which of its axes are open in the file."""

    make: Callable[[], nn.Module]
    shape: tuple = (1, 3, 64, 64)
    open: tuple = ()
    opset: int = 13


class Wrapped(nn.Module):
    """A network that returns a dictionary; this returns its value "out"."""

    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, x):
        return self.inner(x)["out"]


def conv(c_in, c_out, kernel=3, stride=1, groups=1, act=nn.ReLU):
    layers = [nn.Conv2d(c_in, c_out, kernel, stride, kernel // 2, groups=groups, bias=False), nn.BatchNorm2d(c_out)]
    return nn.Sequential(*layers, *([act()] if act else []))


class View(nn.Module):
    def __init__(self, *shape):
        super().__init__()
        self.shape = shape

    def forward(self, x):
        return x.reshape(-1, *self.shape)


class Head(nn.Sequential):
    """The mean over height and width, then a dense layer."""

    def __init__(self, channels, classes):
        super().__init__(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, classes))


class Gate(nn.Module):
    """Squeeze and excitation."""

    def __init__(self, channels, act=nn.Sigmoid):
        super().__init__()
        self.gate = nn.Sequential(
            nn.AdaptiveAvgPool2d(1), nn.Conv2d(channels, channels // 4, 1), nn.ReLU(), nn.Conv2d(channels // 4, channels, 1), act()
        )

    def forward(self, x):
        return x * self.gate(x)


class Ghost(nn.Module):
    """Half of the channels from a convolution, the others from a cheap one of these."""

    def __init__(self, c_in, c_out, act=nn.ReLU):
        super().__init__()
        self.c_out, half = c_out, (c_out + 1) // 2
        self.first = conv(c_in, half, 1, act=act)
        self.cheap = conv(half, half, 3, groups=half, act=act)

    def forward(self, x):
        y = self.first(x)
        return torch.cat([y, self.cheap(y)], 1)[:, : self.c_out]


class GhostBottleneck(nn.Module):
    def __init__(self, c_in, c_mid, c_out, stride, gate):
        super().__init__()
        layers = [Ghost(c_in, c_mid)]
        if stride > 1:
            layers.append(conv(c_mid, c_mid, 3, stride, groups=c_mid, act=None))
        if gate:
            layers.append(Gate(c_mid, nn.Hardsigmoid))
        self.main = nn.Sequential(*layers, Ghost(c_mid, c_out, act=None))
        self.skip = nn.Identity()
        if stride > 1 or c_in != c_out:
            self.skip = nn.Sequential(conv(c_in, c_in, 3, stride, groups=c_in, act=None), conv(c_in, c_out, 1, act=None))

    def forward(self, x):
        return self.main(x) + self.skip(x)


def ghostnet():
    rows = [(16, 16, 16, 1, 0), (16, 48, 24, 2, 0), (24, 72, 24, 1, 0), (24, 72, 41, 2, 1), (41, 120, 41, 1, 1)]
    return nn.Sequential(conv(3, 16, 3, 2), *(GhostBottleneck(*row) for row in rows), Head(41, 10))


class UNet(nn.Module):
    def __init__(self, transposed):
        super().__init__()
        self.down = nn.ModuleList([self.two(3, 8), self.two(8, 16), self.two(16, 32)])
        up = (lambda c: nn.ConvTranspose2d(c, c // 2, 2, 2)) if transposed else (
            lambda c: nn.Sequential(nn.Upsample(scale_factor=2, mode="bilinear", align_corners=True), nn.Conv2d(c, c // 2, 1)))
        self.up = nn.ModuleList([up(32), up(16)])
        self.join = nn.ModuleList([self.two(32, 16), self.two(16, 8)])
        self.last = nn.Conv2d(8, 3, 1)

    @staticmethod
    def two(c_in, c_out):
        return nn.Sequential(conv(c_in, c_out), conv(c_out, c_out))

    def forward(self, x):
        one = self.down[0](x)
        two = self.down[1](F.max_pool2d(one, 2))
        x = self.down[2](F.max_pool2d(two, 2))
        x = self.join[0](torch.cat([two, self.up[0](x)], 1))
        x = self.join[1](torch.cat([one, self.up[1](x)], 1))
        return self.last(x).sigmoid()


class Clip(nn.Module):
    """A CNN over each frame (B,T,C,H,W), then LSTM or GRU over time; the last state is classified."""

    def __init__(self, kind, **options):
        super().__init__()
        self.cnn = nn.Sequential(conv(1, 8, 3, 2), conv(8, 16, 3, 2), nn.AvgPool2d(3), nn.Flatten())
        self.rnn = kind(64, 24, batch_first=True, **options)
        self.last = nn.Linear(24 * (2 if options.get("bidirectional") else 1), 7)

    def forward(self, x):
        b, t = x.shape[:2]
        features = self.cnn(x.reshape(-1, *x.shape[2:])).reshape(b, t, 64)
        return self.last(self.rnn(features)[0][:, -1])


class StyleBlock(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.one, self.two = reflect(channels, channels), reflect(channels, channels, act=False)

    def forward(self, x):
        return x + self.two(self.one(x))


def reflect(c_in, c_out, kernel=3, stride=1, act=True):
    layers = [nn.ReflectionPad2d(kernel // 2), nn.Conv2d(c_in, c_out, kernel, stride), nn.InstanceNorm2d(c_out, affine=True)]
    return nn.Sequential(*layers, *([nn.ReLU()] if act else []))


def style():
    up = nn.Upsample(scale_factor=2, mode="nearest")
    return nn.Sequential(
        reflect(3, 8, 9), reflect(8, 16, 3, 2), StyleBlock(16), StyleBlock(16), up, reflect(16, 8),
        nn.ReflectionPad2d(4), nn.Conv2d(8, 3, 9), nn.Tanh(),
    )


class Residual(nn.Module):
    def __init__(self, c_in, c_out, stride, gate=False):
        super().__init__()
        self.main = nn.Sequential(conv(c_in, c_out, 3, stride), conv(c_out, c_out, act=None), *([Gate(c_out)] if gate else []))
        self.skip = nn.Identity() if c_in == c_out and stride == 1 else conv(c_in, c_out, 1, stride, act=None)

    def forward(self, x):
        return F.relu(self.main(x) + self.skip(x))


def separable(c_in, c_out, act=nn.ReLU):
    return nn.Sequential(nn.Conv2d(c_in, c_in, 3, padding=1, groups=c_in, bias=False), conv(c_in, c_out, 1, act=act))


class XceptionBlock(nn.Module):
    def __init__(self, c_in, c_out):
        super().__init__()
        self.main = nn.Sequential(separable(c_in, c_out), separable(c_out, c_out, act=None), nn.MaxPool2d(3, 2, 1))
        self.skip = conv(c_in, c_out, 1, 2, act=None)

    def forward(self, x):
        return self.main(x) + self.skip(x)


def mini_xception():
    blocks = (XceptionBlock(c, 2 * c) for c in (8, 16, 32, 64))
    return nn.Sequential(conv(1, 8), conv(8, 8), *blocks, nn.Conv2d(128, 7, 3, padding=1), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Softmax(1))


def autoencoder():
    return nn.Sequential(
        nn.Conv2d(3, 12, 3, 2, 1), nn.ReLU(), nn.Conv2d(12, 24, 3, 2, 1), nn.ReLU(), nn.Flatten(), nn.Linear(24 * 8 * 8, 20),
        nn.Linear(20, 24 * 8 * 8), nn.ReLU(), View(24, 8, 8),
        nn.ConvTranspose2d(24, 12, 3, 2, 1, output_padding=1), nn.ReLU(), nn.ConvTranspose2d(12, 3, 4, 2, 1), nn.Sigmoid(),
    )


class Detector(nn.Module):
    """SSD: boxes and scores at two sizes, in one tensor (B,boxes,4+classes)."""

    def __init__(self):
        super().__init__()
        self.stem, self.coarse = nn.Sequential(conv(3, 16, 3, 2), conv(16, 24, 3, 2), conv(24, 32, 3, 2)), conv(32, 48, 3, 2)
        self.heads = nn.ModuleList([nn.Conv2d(32, 3 * 9, 3, padding=1), nn.Conv2d(48, 6 * 9, 3, padding=1)])

    def forward(self, x):
        fine = self.stem(x)
        maps = [head(y).permute(0, 2, 3, 1).reshape(x.shape[0], -1, 9) for head, y in zip(self.heads, (fine, self.coarse(fine)))]
        both = torch.cat(maps, 1)
        return torch.cat([both[..., :4], both[..., 4:].softmax(-1)], -1)


class Pyramid(nn.Module):
    """A feature pyramid: coarse maps are enlarged and added to finer ones."""

    def __init__(self):
        super().__init__()
        self.stages = nn.ModuleList([conv(3, 16, 3, 2), Residual(16, 24, 2), Residual(24, 40, 2), Residual(40, 64, 2)])
        self.sides = nn.ModuleList([nn.Conv2d(c, 16, 1) for c in (24, 40, 64)])
        self.smooth = nn.ModuleList([nn.Conv2d(16, 16, 3, padding=1) for _ in range(3)])

    def forward(self, x):
        maps = []
        for stage in self.stages:
            x = stage(x)
            maps.append(x)
        maps = [side(y) for side, y in zip(self.sides, maps[1:])]
        for i in (1, 0):
            maps[i] = maps[i] + F.interpolate(maps[i + 1], size=maps[i].shape[2:], mode="nearest")
        return torch.cat([smooth(y).flatten(2) for smooth, y in zip(self.smooth, maps)], 2)


class Attention(nn.Module):
    """A transformer block over the pixels of a small map."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 32, 8, 8)
        self.norms = nn.ModuleList([nn.LayerNorm(32), nn.LayerNorm(32)])
        self.qkv, self.proj = nn.Linear(32, 96), nn.Linear(32, 32)
        self.mlp = nn.Sequential(nn.Linear(32, 64), nn.GELU(), nn.Linear(64, 32))
        self.last = nn.Linear(32, 10)

    def forward(self, x):
        x = self.stem(x).flatten(2).transpose(1, 2)
        b, n, c = x.shape
        q, k, v = self.qkv(self.norms[0](x)).reshape(b, n, 3, 4, 8).permute(2, 0, 3, 1, 4).unbind(0)
        weights = (q @ k.transpose(-2, -1) * 8**-0.5).softmax(-1)
        x = x + self.proj((weights @ v).transpose(1, 2).reshape(b, n, c))
        x = x + self.mlp(self.norms[1](x))
        return self.last(x.mean(1))


class Mixer(nn.Module):
    class Block(nn.Module):
        def __init__(self, tokens, channels):
            super().__init__()
            self.one, self.two = nn.LayerNorm(channels), nn.LayerNorm(channels)
            self.tokens = nn.Sequential(nn.Linear(tokens, 24), nn.GELU(), nn.Linear(24, tokens))
            self.channels = nn.Sequential(nn.Linear(channels, 64), nn.GELU(), nn.Linear(64, channels))

        def forward(self, x):
            x = x + self.tokens(self.one(x).transpose(1, 2)).transpose(1, 2)
            return x + self.channels(self.two(x))

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 32, 8, 8)
        self.blocks = nn.Sequential(self.Block(64, 32), self.Block(64, 32), nn.LayerNorm(32))
        self.last = nn.Linear(32, 10)

    def forward(self, x):
        return self.last(self.blocks(self.stem(x).flatten(2).transpose(1, 2)).mean(1))


def signal():
    """A CNN over a signal (B,C,T)."""
    layers = []
    for c_in, c_out, dilation in ((2, 12, 1), (12, 24, 2), (24, 24, 4)):
        layers += [nn.Conv1d(c_in, c_out, 5, padding=2 * dilation, dilation=dilation), nn.BatchNorm1d(c_out), nn.ELU(), nn.MaxPool1d(2)]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool1d(1), nn.Flatten(), nn.Linear(24, 5))


class Coordinates(nn.Module):
    """Two channels of coordinates are added to the picture."""

    def __init__(self):
        super().__init__()
        self.cnn = nn.Sequential(conv(5, 16, 3, 2), conv(16, 24, 3, 2), Head(24, 4))

    def forward(self, x):
        b, _, h, w = x.shape
        rows = torch.linspace(-1, 1, h).view(1, 1, h, 1).expand(b, 1, h, w)
        columns = torch.linspace(-1, 1, w).view(1, 1, 1, w).expand(b, 1, h, w)
        return self.cnn(torch.cat([x, rows, columns], 1))


def super_resolution():
    return nn.Sequential(
        nn.Conv2d(1, 24, 5, padding=2), nn.PReLU(24), nn.Conv2d(24, 16, 3, padding=1), nn.LeakyReLU(0.1),
        nn.Conv2d(16, 9, 3, padding=1), nn.PixelShuffle(3),
    )


def maximum():
    return nn.Sequential(conv(3, 16, 3, 2, act=nn.SiLU), conv(16, 32, 3, 2, act=nn.Mish), nn.AdaptiveMaxPool2d(1), nn.Flatten(), nn.Linear(32, 6))


def vit():
    return vision.VisionTransformer(image_size=64, patch_size=16, num_layers=3, num_heads=3, hidden_dim=48, mlp_dim=96, num_classes=10)


def swin():
    return vision.SwinTransformer([4, 4], 24, [2, 2], [2, 4], [4, 4], num_classes=10)


def convnext():
    from torchvision.models.convnext import CNBlockConfig

    return vision.ConvNeXt([CNBlockConfig(24, 48, 2), CNBlockConfig(48, 96, 2), CNBlockConfig(96, None, 2)], num_classes=10, layer_scale=0.5)


def plain(name, **options):
    return lambda: getattr(vision, name)(num_classes=10, **options)


def dense():
    return vision.DenseNet(12, (3, 4, 4), 24, num_classes=10)


SEGMENTATION = {"weights": None, "weights_backbone": None, "num_classes": 4}
A = Architecture
ARCHITECTURES = {
    "resnet18": A(plain("resnet18"), open=(0,)),
    "squeezenet": A(plain("squeezenet1_1"), open=(0,)),
    "shufflenet-v2": A(plain("shufflenet_v2_x0_5"), open=(0,)),
    "mnasnet": A(plain("mnasnet0_5")),
    "mobilenet-v2": A(plain("mobilenet_v2", width_mult=0.5), open=(0,), opset=11),
    "mobilenet-v3": A(plain("mobilenet_v3_small"), open=(0,), opset=14),
    "efficientnet-b0": A(plain("efficientnet_b0")),
    "densenet": A(dense, open=(0,)),
    "googlenet": A(plain("googlenet", aux_logits=False, init_weights=False)),
    "inception-v3": A(plain("inception_v3", aux_logits=False, init_weights=False), shape=(1, 3, 96, 96)),
    "regnet": A(plain("regnet_y_400mf"), open=(0,)),
    "convnext": A(convnext, open=(0,)),
    "vit": A(vit),
    "vit-open": A(vit, open=(0,), opset=14),
    "swin": A(swin),
    "alexnet": A(plain("alexnet"), shape=(1, 3, 224, 224), opset=9),
    "vgg11-bn": A(lambda: nn.Sequential(vision.vgg11_bn().features, Head(512, 10))),
    "fcn": A(lambda: Wrapped(vision.segmentation.fcn_resnet50(**SEGMENTATION)), shape=(1, 3, 32, 32)),
    "deeplab": A(lambda: Wrapped(vision.segmentation.deeplabv3_mobilenet_v3_large(**SEGMENTATION))),
    "lr-aspp": A(lambda: Wrapped(vision.segmentation.lraspp_mobilenet_v3_large(**SEGMENTATION))),
    "ghostnet": A(ghostnet, open=(0,)),
    "unet-transposed": A(lambda: UNet(True), open=(0,)),
    "unet-bilinear": A(lambda: UNet(False), open=(0, 2, 3)),
    "cnn-lstm": A(lambda: Clip(nn.LSTM), shape=(1, 6, 1, 24, 24)),
    "cnn-lstm-open": A(lambda: Clip(nn.LSTM), shape=(1, 6, 1, 24, 24), open=(0,)),
    "cnn-gru": A(lambda: Clip(nn.GRU, bidirectional=True), shape=(1, 6, 1, 24, 24)),
    "super-resolution": A(super_resolution, shape=(1, 1, 20, 28), open=(0, 2, 3)),
    "style": A(style, shape=(1, 3, 32, 40)),
    "squeeze-excite-resnet": A(lambda: nn.Sequential(conv(3, 16, 3, 2), Residual(16, 16, 1, True), Residual(16, 32, 2, True), Head(32, 10)), open=(0,)),
    "mini-xception": A(mini_xception, shape=(1, 1, 64, 64), open=(0,)),
    "autoencoder": A(autoencoder, shape=(1, 3, 32, 32), open=(0,)),
    "ssd": A(Detector, open=(0,)),
    "pyramid": A(Pyramid, open=(0,)),
    "attention": A(Attention, open=(0,)),
    "mixer": A(Mixer, open=(0,)),
    "signal": A(signal, shape=(1, 2, 100), open=(0,)),
    "coordinates": A(Coordinates, open=(0,)),
    "global-max": A(maximum, open=(0,)),
}
