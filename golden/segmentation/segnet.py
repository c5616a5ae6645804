"""The golden segmentation network: two branches as in DDRNet (Hong et al. 2021), one at a quarter of the picture, one down to a sixteenth, fused by sums.

Input `images` [1,3,128,128] float32 BGR 0..255. Output `logits` [1,4,32,32]: background, figure, disc, square, at a quarter of the picture; who decodes them enlarges
them (bilinear, half-pixel centres) before the argmax.
"""
import os
import sys

import torch
from torch import nn

sys.path += [os.path.join(os.path.dirname(os.path.abspath(__file__)), p) for p in ("..", "../detector")]
from network import Add, Block

CLASSES = ("background", "figure", "disc", "square")


class Dense(Block):
    """Convolution, batch normalisation, and a ReLU unless a sum follows."""

    def __init__(self, cin, cout, kernel=3, stride=1, relu=True):
        super().__init__(cin, cout, kernel, stride)
        self.act = nn.ReLU() if relu else nn.Identity()


class Residual(nn.Module):
    def __init__(self, width, relu=True):
        super().__init__()
        self.first, self.second, self.add = Dense(width, width), Dense(width, width, relu=False), Add()
        self.act = nn.ReLU() if relu else nn.Identity()

    def forward(self, x):
        return self.act(self.add(self.second(self.first(x)), x))


class Fusion(nn.Module):
    """Each branch gets the other's features, as bilateral fusion: the coarse ones compressed and enlarged, the fine ones by strided convolutions."""

    def __init__(self, fine, coarse, factor):
        super().__init__()
        self.compress = Dense(coarse, fine, 1, relu=False)
        self.enlarge = nn.Upsample(scale_factor=float(factor), mode="bilinear", align_corners=False)
        self.reduce = Dense(fine, coarse, 3, 2, relu=False) if factor == 2 else nn.Sequential(Dense(fine, 2 * fine, 3, 2), Dense(2 * fine, coarse, 3, 2, relu=False))
        self.add_fine, self.add_coarse = Add(), Add()

    def forward(self, fine, coarse):
        return (torch.relu(self.add_fine(fine, self.enlarge(self.compress(torch.relu(coarse))))),
                torch.relu(self.add_coarse(coarse, self.reduce(torch.relu(fine)))))


class Context(nn.Module):
    """Pooled at three sizes and summed: every position learns what else the picture holds."""

    def __init__(self, width, out):
        super().__init__()
        self.pool, self.whole = nn.AvgPool2d(3, 1, 1), nn.AdaptiveAvgPool2d(1)
        self.near, self.far, self.all = Dense(width, out, 1), Dense(width, out, 1), Dense(width, out, 1)
        self.add1, self.add2, self.mix = Add(), Add(), Dense(out, out, 1, relu=False)

    def forward(self, x):
        near = self.add1(self.near(x), self.far(self.pool(x)))
        return self.mix(self.add2(near, self.all(self.whole(x))))


class SegNet(nn.Module):
    def __init__(self, fine=24, middle=48, coarse=64):
        super().__init__()
        self.stem = nn.Sequential(Dense(3, 16, 3, 2), Dense(16, fine, 3, 2), Residual(fine))
        self.fine1, self.coarse1 = Residual(fine, False), nn.Sequential(Dense(fine, middle, 3, 2), Residual(middle, False))
        self.fuse1 = Fusion(fine, middle, 2)
        self.fine2, self.coarse2 = Residual(fine, False), nn.Sequential(Dense(middle, coarse, 3, 2), Residual(coarse, False))
        self.fuse2 = Fusion(fine, coarse, 4)
        self.fine3, self.context = Residual(fine, False), Context(coarse, fine)
        self.enlarge = nn.Upsample(scale_factor=4.0, mode="bilinear", align_corners=False)
        self.add, self.head, self.classify = Add(), Dense(fine, 32), nn.Conv2d(32, len(CLASSES), 1)

    def forward(self, images):
        x = self.stem(images)
        fine, coarse = self.fuse1(self.fine1(x), self.coarse1(x))
        fine, coarse = self.fuse2(self.fine2(fine), self.coarse2(coarse))
        fine = self.add(self.fine3(fine), self.enlarge(self.context(coarse)))
        return self.classify(self.head(torch.relu(fine)))
