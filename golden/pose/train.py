"""Trains the golden pose network: python3 train.py [--work FOLDER] [--minutes N]. Continues from the work folder's checkpoint."""
import argparse
import copy
import math
import os
import time

import numpy as np
import torch
import torch.nn.functional as F

from posenet import PoseNet, cells, joints_of
import figures
import oks
from figures import JOINTS, MIRRORED, SIDE
from network import decode

detector = figures.trainer()  # its assignment and overlap
BATCH, SEED, MOST = 32, 11, 3


def batch_of(pictures, truth, picks, rng):
    """Mirrored and with channels permuted: images [B,3,S,S], boxes [B,G,4] corners, joints [B,G,7,3], pixels [B,G], valid [B,G]."""
    images = np.empty((len(picks), SIDE, SIDE, 3), np.uint8)
    boxes, joints = np.zeros((len(picks), MOST, 4), np.float32), np.zeros((len(picks), MOST, JOINTS, 3), np.float32)
    pixels, valid = np.ones((len(picks), MOST), np.float32), np.zeros((len(picks), MOST), bool)
    for i, pick in enumerate(picks):
        image, rows = pictures[pick], truth[pick]
        n, (x, y, w, h) = len(rows), rows[:, :4].T
        points = rows[:, 5:].reshape(n, JOINTS, 3).copy()
        if rng.integers(0, 2):
            image, x, points = image[:, ::-1], SIDE - x - w, points[:, list(MIRRORED)]
            points[..., 0] = SIDE - points[..., 0]
        images[i] = image[..., rng.permutation(3)]
        boxes[i, :n], joints[i, :n], pixels[i, :n], valid[i, :n] = np.stack([x, y, x + w, y + h], 1), points, rows[:, 4], True
    return (torch.from_numpy(images).permute(0, 3, 1, 2).float(), *map(torch.from_numpy, (boxes, joints, pixels, valid)))


def loss_of(raw, boxes, joints, pixels, valid, grid):
    predicted = decode(raw, grid)
    classes = torch.zeros(valid.shape, dtype=torch.long)
    owner, quality = detector.assign(raw[..., :6].detach(), predicted.detach(), boxes, classes, valid, grid)
    positive = owner >= 0
    count = positive.sum().clamp(min=1)
    image = torch.arange(len(raw))[:, None].expand_as(owner)[positive]
    mine = owner[positive]
    _, giou = detector.overlap(predicted[positive], boxes[image, mine])
    objectness = F.binary_cross_entropy_with_logits(raw[..., 4], positive.float(), reduction="sum")
    kind = F.binary_cross_entropy_with_logits(raw[..., 5][positive], quality[positive], reduction="sum")
    target = joints[image, mine]
    labelled = (target[..., 2] > 0).float()
    far = joints_of(raw, grid)[positive] - target[..., :2]
    # The similarity alone has no slope far away, the distance alone no sense of a joint's own tolerance.
    error = far.square().sum(-1) / (2 * pixels[image, mine][:, None] * (2 * torch.tensor(oks.SIGMAS)).square())
    similar = ((1 - (-error).exp()) * labelled).sum()
    near = (F.smooth_l1_loss(far, torch.zeros_like(far), reduction="none", beta=1.0).sum(-1) / pixels[image, mine][:, None].sqrt() * labelled).sum()
    seen = F.binary_cross_entropy_with_logits(raw[..., 6 + 2 * JOINTS:][positive], labelled, reduction="sum")
    return (5 * (1 - giou).sum() + objectness + kind + similar + 2 * near + 0.2 * seen) / count


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--work", default="/tmp/golden-pose")
    parser.add_argument("--steps", type=int, default=6000)
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument("--scenes", type=int, default=16000)
    o = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    pictures, _, truth = figures.load(o.work, "train", o.scenes)
    held, _, held_truth = figures.load(o.work, "valid", 500)
    model = PoseNet().to(memory_format=torch.channels_last)
    average = copy.deepcopy(model).eval()
    optimizer = torch.optim.AdamW(detector.groups_of(model, 0.02), lr=o.rate, foreach=True)
    grid, step, path = cells(SIDE), 0, os.path.join(o.work, "pose.pt")
    if os.path.exists(path):
        saved = torch.load(path)
        model.load_state_dict(saved["model"]), average.load_state_dict(saved["average"]), optimizer.load_state_dict(saved["optimizer"])
        step = saved["step"]
    start, begun, running = time.time(), step, 0.0
    while step < o.steps:
        # The generator of a step depends on its number alone, so a continued training sees what an uninterrupted one does.
        rng = np.random.default_rng((SEED, step))
        for group in optimizer.param_groups:
            group["lr"] = o.rate * min(1, (step + 1) / 200) * (0.02 + 0.98 * (1 + math.cos(math.pi * step / o.steps)) / 2)
        images, *labels = batch_of(pictures, truth, rng.integers(0, len(pictures), BATCH), rng)
        loss = loss_of(model(images.contiguous(memory_format=torch.channels_last)), *labels, grid)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 20.0)
        optimizer.step()
        step += 1
        running += (loss.item() - running) / min(100, step - begun)
        if step % 4 == 0:
            keep = min(0.998, 1 - 1 / (1 + step / 20))
            with torch.no_grad():
                for a, b in zip(average.state_dict().values(), model.state_dict().values()):
                    a.copy_(b) if not a.dtype.is_floating_point else a.lerp_(b, 1 - keep)
        if step % 100 == 0:
            print(f"step {step} loss {running:.3f} {(step - begun) * BATCH / (time.time() - start):.0f} images/s", flush=True)
        if step % 500 == 0 or step == o.steps:
            torch.save({"model": model.state_dict(), "average": average.state_dict(), "optimizer": optimizer.state_dict(), "step": step}, path + ".new")
            os.replace(path + ".new", path)
            print(f"step {step} OKS AP {oks.average_precision(oks.found(average, held, grid), held_truth):.4f}", flush=True)


if __name__ == "__main__":
    main()
