"""The golden pose network: depthwise-separable backbone, PAN-like neck, and a YOLOX-pose head without anchors.

Input `images` [1,3,128,128] float32 BGR 0..255. Output [1,320,27]: per cell of the strides 8 and 16 the centre's offset and the logarithm of the size in cells,
objectness and one class probability after the sigmoid, then 7 joints of x, y (offsets in cells) and a confidence after the sigmoid.
One convolution per stride predicts box, objectness, joints and confidences together, as YOLO-pose and NanoDet-like heads do.
"""
import os
import sys

import torch
from torch import nn

sys.path += [os.path.join(os.path.dirname(os.path.abspath(__file__)), p) for p in ("..", "../detector")]
from figures import JOINTS
from network import Block, Concat, Separable

STRIDES = (8, 16)


class Backbone(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = Block(3, 16, 3, 2)
        self.stage1 = nn.Sequential(Separable(16, 32, 2), Separable(32, 32))
        self.stage2 = nn.Sequential(Separable(32, 64, 2), Separable(64, 64), Separable(64, 64))
        self.stage3 = nn.Sequential(Separable(64, 112, 2), Separable(112, 112), Separable(112, 112))
        self.stage4 = nn.Sequential(Separable(112, 128, 2), Separable(128, 128))

    def forward(self, x):
        c3 = self.stage2(self.stage1(self.stem(x)))
        c4 = self.stage3(c3)
        return c3, c4, self.stage4(c4)


class Neck(nn.Module):
    def __init__(self, width=64):
        super().__init__()
        self.up = nn.Upsample(scale_factor=2.0, mode="nearest")
        self.cat4, self.cat3, self.back4 = Concat(), Concat(), Concat()
        self.lateral5, self.lateral4 = Block(128, width), Block(112, width)
        self.fuse4, self.fuse3 = Separable(2 * width, width), Separable(2 * width, width)
        self.down3, self.merge4 = Separable(width, width, 2), Separable(2 * width, width)

    def forward(self, features):
        c3, c4, c5 = features
        p4 = self.fuse4(self.cat4(self.up(self.lateral5(c5)), self.lateral4(c4)))
        p3 = self.fuse3(self.cat3(self.up(p4), c3))
        return p3, self.merge4(self.back4(self.down3(p3), p4))


class Level(nn.Module):
    """The head of one stride."""

    def __init__(self, width=64):
        super().__init__()
        self.regress = nn.Sequential(Separable(width, width), Separable(width, width))
        self.classes = Separable(width, width)
        self.predict = nn.Conv2d(width, 5 + 3 * JOINTS, 1)
        self.score = nn.Conv2d(width, 1, 1)
        self.sigmoid, self.cat = nn.Sigmoid(), Concat()
        nn.init.constant_(self.predict.bias[4:5], -4.0)
        nn.init.constant_(self.score.bias, -2.0)

    def forward(self, x):
        box, objectness, joints, confidence = self.predict(self.regress(x)).split((4, 1, 2 * JOINTS, JOINTS), 1)
        score = self.score(self.classes(x))
        if not self.training:
            objectness, score, confidence = self.sigmoid(objectness), self.sigmoid(score), self.sigmoid(confidence)
        return self.cat(box, objectness, score, joints, confidence).reshape(-1, 6 + 3 * JOINTS, int(x.shape[2]) * int(x.shape[3]))


class Head(nn.Module):
    def __init__(self):
        super().__init__()
        self.stride8, self.stride16, self.cat = Level(), Level(), Concat(2)

    def forward(self, p):
        return self.cat(self.stride8(p[0]), self.stride16(p[1])).permute(0, 2, 1)


class PoseNet(nn.Module):
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


def joints_of(raw, grid):
    """[..., 7, 2] in pixels."""
    offsets = raw[..., 6:6 + 2 * JOINTS].unflatten(-1, (JOINTS, 2))
    return (offsets + grid[:, None, :2]) * grid[:, None, 2:]
