"""The golden detector: depthwise-separable backbone, PAN neck and a YOLOX-like decoupled head without anchors.

Input `images` [1,3,160,160] float32 BGR 0..255. Output [1,525,5+6]: per cell of the strides 8, 16, 32 the centre's offset and the logarithm of the size, both in cells,
then objectness and class probabilities after the sigmoid: the layout that a `yolox` decoder reads.
"""
import torch
from torch import nn

STRIDES = (8, 16, 32)
CLASSES = ("disc", "square", "triangle", "star", "ring", "cross")


class Block(nn.Module):
    """Convolution, batch normalisation, ReLU6."""

    def __init__(self, cin, cout, kernel=1, stride=1, groups=1):
        super().__init__()
        self.conv = nn.Conv2d(cin, cout, kernel, stride, kernel // 2, groups=groups, bias=False)
        self.bn = nn.BatchNorm2d(cout, eps=1e-3, momentum=0.03)
        self.act = nn.ReLU6()

    def forward(self, x):
        return self.act(self.bn(self.conv(x)))


class Add(nn.Module):
    def forward(self, a, b):
        return a + b


class Concat(nn.Module):
    def __init__(self, axis=1):
        super().__init__()
        self.axis = axis

    def forward(self, *tensors):
        return torch.cat(tensors, self.axis)


class Separable(nn.Module):
    """Depthwise 3x3, then pointwise; the input is added where the shapes allow it."""

    def __init__(self, cin, cout, stride=1, add=True):
        super().__init__()
        self.dw = Block(cin, cin, 3, stride, groups=cin)
        self.pw = Block(cin, cout)
        self.add = Add() if add and stride == 1 and cin == cout else None

    def forward(self, x):
        y = self.pw(self.dw(x))
        return self.add(x, y) if self.add else y


class Backbone(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = Block(3, 16, 3, 2)
        self.stage1 = nn.Sequential(Separable(16, 32, 2), Separable(32, 32))
        self.stage2 = nn.Sequential(Separable(32, 64, 2), Separable(64, 64), Separable(64, 64))
        self.stage3 = nn.Sequential(Separable(64, 128, 2), Separable(128, 128), Separable(128, 128))
        self.stage4 = nn.Sequential(Separable(128, 160, 2), Separable(160, 160))

    def forward(self, x):
        c3 = self.stage2(self.stage1(self.stem(x)))
        c4 = self.stage3(c3)
        return c3, c4, self.stage4(c4)


class Neck(nn.Module):
    """Path aggregation: coarse to fine, then back."""

    def __init__(self, width=64):
        super().__init__()
        self.up = nn.Upsample(scale_factor=2.0, mode="nearest")
        self.cat4, self.cat3, self.back4, self.back5 = Concat(), Concat(), Concat(), Concat()
        self.lateral5 = Block(160, width)
        self.lateral4 = Block(128, width)
        self.fuse4 = Separable(2 * width, width)
        self.fuse3 = Separable(2 * width, width)
        self.down3 = Separable(width, width, 2)
        self.merge4 = Separable(2 * width, width)
        self.down4 = Separable(width, width, 2)
        self.merge5 = Separable(2 * width, width)

    def forward(self, features):
        c3, c4, c5 = features
        p5 = self.lateral5(c5)
        p4 = self.fuse4(self.cat4(self.up(p5), self.lateral4(c4)))
        p3 = self.fuse3(self.cat3(self.up(p4), c3))
        n4 = self.merge4(self.back4(self.down3(p3), p4))
        return p3, n4, self.merge5(self.back5(self.down4(n4), p5))


class Level(nn.Module):
    """The head of one stride: boxes and objectness from one branch, classes from the other."""

    def __init__(self, width=64):
        super().__init__()
        self.boxes = nn.Sequential(Separable(width, width), Separable(width, width))
        self.classes = nn.Sequential(Separable(width, width), Separable(width, width))
        self.predict = nn.Conv2d(width, 5, 1)
        self.score = nn.Conv2d(width, len(CLASSES), 1)
        self.objectness, self.probability, self.cat = nn.Sigmoid(), nn.Sigmoid(), Concat()
        nn.init.constant_(self.predict.bias[4:], -4.6)
        nn.init.constant_(self.score.bias, -4.6)

    def forward(self, x):
        box, objectness = self.predict(self.boxes(x)).split((4, 1), 1)
        score = self.score(self.classes(x))
        if not self.training:
            objectness, score = self.objectness(objectness), self.probability(score)
        # Sizes as Python numbers: the exporter writes them as constants.
        return self.cat(box, objectness, score).reshape(-1, 5 + len(CLASSES), int(x.shape[2]) * int(x.shape[3]))


class Head(nn.Module):
    def __init__(self):
        super().__init__()
        self.stride8, self.stride16, self.stride32 = Level(), Level(), Level()
        self.cat = Concat(2)

    def forward(self, p):
        return self.cat(self.stride8(p[0]), self.stride16(p[1]), self.stride32(p[2])).permute(0, 2, 1)


class Detector(nn.Module):
    def __init__(self):
        super().__init__()
        self.backbone, self.neck, self.head = Backbone(), Neck(), Head()

    def forward(self, images):
        return self.head(self.neck(self.backbone(images)))


def cells(side):
    """[N,3] x, y, stride of every output row."""
    rows = []
    for s in STRIDES:
        y, x = torch.meshgrid(torch.arange(side // s), torch.arange(side // s), indexing="ij")
        rows.append(torch.stack([x.flatten(), y.flatten(), torch.full((x.numel(),), s)], 1))
    return torch.cat(rows).float()


def decode(raw, grid):
    """[B,N,4] x, y offsets and log sizes in cells to corner boxes in pixels."""
    centre = (raw[..., :2] + grid[:, :2]) * grid[:, 2:]
    half = raw[..., 2:4].clamp(max=8).exp() * grid[:, 2:] / 2
    return torch.cat([centre - half, centre + half], -1)
