"""Fine-tunes the folded detector with fake quantization, as quantization-aware training does: int8 symmetric, weights per output channel,
convolutions' inputs per tensor with frozen ranges."""
import math

import numpy as np
import torch
from torch import nn
from torch.nn.utils import parametrize

from network import Block, cells
from quantize import operators, symmetric, symmetric_channels
from train import BATCH, SEED, SIDE, batch_of, loss_of


class QuantizedWeight(nn.Module):
    def forward(self, w):
        return symmetric_channels(w)


def convolutions(model):
    """Name of the convolution's module to it and to its operator's name."""
    return {f"{n}.conv" if isinstance(m, Block) else n: (m.conv if isinstance(m, Block) else m, n)
            for n, m in operators(model).items() if isinstance(m, (Block, nn.Conv2d))}


def finetune(folded, seen, pictures, truth, steps=300, rate=1e-4):
    """In place; PyTorch's fake quantization passes gradients inside the range and none outside. Returns the scale of every convolution's input by the name of its ONNX node."""
    scales, hooks, grid = {}, [], cells(SIDE)
    for name, (conv, operator) in convolutions(folded).items():
        most = max(abs(seen[operator][0][0]), abs(seen[operator][0][1]))
        scales[name] = most / 127
        parametrize.register_parametrization(conv, "weight", QuantizedWeight())
        owner = dict(folded.named_modules())[operator]
        hooks.append(owner.register_forward_pre_hook(lambda _, inputs, most=most: (symmetric(inputs[0], most),)))
    folded.to(memory_format=torch.channels_last).train()
    optimizer = torch.optim.Adam(folded.parameters(), lr=rate, foreach=True)
    for step in range(steps):
        rng = np.random.default_rng((SEED, 1, step))
        optimizer.param_groups[0]["lr"] = rate * (1 + math.cos(math.pi * step / steps)) / 2
        images, boxes, classes, valid = batch_of(pictures, truth, rng.integers(0, len(pictures), BATCH), rng)
        loss = loss_of(folded(images.contiguous(memory_format=torch.channels_last)), boxes, classes, valid, grid, True)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(folded.parameters(), 20.0)
        optimizer.step()
        if (step + 1) % 50 == 0:
            print(f"fine-tuning step {step + 1} loss {loss.item():.3f}", flush=True)
    folded.eval()
    [h.remove() for h in hooks]
    for conv, _ in convolutions(folded).values():
        float_weight = conv.parametrizations.weight.original.detach().contiguous()
        parametrize.remove_parametrizations(conv, "weight", leave_parametrized=False)
        conv.weight.data = float_weight
    return scales
