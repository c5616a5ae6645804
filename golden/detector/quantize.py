"""Fake quantization of the trained detector: how much AP two chips' schemes cost, before the product's own lowering exists to say so.

  trt     int8 symmetric: weights per output channel, activations per tensor and only where a convolution reads them (explicit Q/DQ)
  rk1808  u8 asymmetric per tensor, weights too: every operator's inputs and output, convolution and activation as one operator
Ranges are the least and greatest value seen on calibration scenes.
"""
import copy

import torch
from torch import nn

from network import Add, Block, Concat, Detector

OPERATORS = (Block, nn.Conv2d, Add, Concat, nn.Sigmoid)


def fold(model):
    """A copy whose batch normalisations are folded into the convolutions."""
    model = copy.deepcopy(model).eval()
    for block in [m for m in model.modules() if isinstance(m, Block)]:
        conv, bn = block.conv, block.bn
        factor = (bn.weight / (bn.running_var + bn.eps).sqrt()).detach()
        folded = nn.Conv2d(conv.in_channels, conv.out_channels, conv.kernel_size, conv.stride, conv.padding, groups=conv.groups)
        folded.weight.data = conv.weight.detach() * factor[:, None, None, None]
        folded.bias.data = bn.bias.detach() - bn.running_mean * factor
        block.conv, block.bn = folded, nn.Identity()
    return model


def operators(model):
    """Name to module of what one chip instruction computes: a block's convolution counts as part of the block."""
    return {n: m for n, m in model.named_modules() if isinstance(m, OPERATORS) and not n.endswith(".conv")}


def ranges(model, pictures, run):
    """Per operator: [(min, max) of every input, then of the output]."""
    seen = {}

    def observe(name):
        def hook(_, inputs, output):
            for i, t in enumerate((*inputs, output)):
                low, high = seen.setdefault(name, {}).get(i, (float("inf"), float("-inf")))
                seen[name][i] = (min(low, t.min().item()), max(high, t.max().item()))
        return hook
    hooks = [m.register_forward_hook(observe(n)) for n, m in operators(model).items()]
    run(model, pictures)
    [h.remove() for h in hooks]
    return {n: [r[i] for i in sorted(r)] for n, r in seen.items()}


def affine(x, low, high):
    """u8 with scale and zero point; the range is widened to hold 0."""
    low, high = min(low, 0.0), max(high, 0.0)
    scale = max((high - low) / 255, 1e-12)
    return torch.fake_quantize_per_tensor_affine(x, scale, min(255, max(0, round(-low / scale))), 0, 255)


def symmetric(x, most):
    return torch.fake_quantize_per_tensor_affine(x, most / 127, 0, -128, 127)


def symmetric_channels(weight):
    scale = weight.detach().abs().amax((1, 2, 3)).clamp(min=1e-12) / 127
    return torch.fake_quantize_per_channel_affine(weight, scale, torch.zeros(len(scale), dtype=torch.int32), 0, -127, 127)


def quantized(folded, scheme, seen, keep=(), weights=True, activations=True):
    """A copy that computes as the chip does; the operators named in `keep` (or below such a name) stay float."""
    model = copy.deepcopy(folded)
    for name, module in operators(model).items():
        if any(name == k or name.startswith(k + ".") for k in keep):
            continue
        conv = module.conv if isinstance(module, Block) else module if isinstance(module, nn.Conv2d) else None
        if conv is not None and weights:
            w = conv.weight.data
            conv.weight.data = affine(w, w.min().item(), w.max().item()) if scheme == "rk1808" else symmetric_channels(w)
        if not activations:
            continue
        r = seen[name]
        if scheme == "rk1808":
            module.register_forward_pre_hook(lambda _, inputs, r=r: tuple(affine(t, *r[i]) for i, t in enumerate(inputs)))
            module.register_forward_hook(lambda _, inputs, output, r=r: affine(output, *r[-1]))
        elif conv is not None:
            module.register_forward_pre_hook(lambda _, inputs, r=r: (symmetric(inputs[0], max(abs(r[0][0]), abs(r[0][1]))),))
    return model


def load(path, which="average"):
    model = Detector()
    model.load_state_dict(torch.load(path)[which])
    return model.eval()
