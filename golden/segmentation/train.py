"""Trains the golden segmentation network: python3 train.py [--work FOLDER] [--steps N]. Continues from the work folder's checkpoint."""
import argparse
import copy
import math
import os
import time

import numpy as np
import torch
import torch.nn.functional as F

from segnet import CLASSES, SegNet
import figures
from figures import SIDE

BATCH, SEED = 16, 13


def batch_of(pictures, masks, picks, rng):
    """Mirrored, turned and with channels permuted: images [B,3,S,S] and classes [B,S,S]."""
    images, classes = np.empty((len(picks), SIDE, SIDE, 3), np.uint8), np.empty((len(picks), SIDE, SIDE), np.int64)
    for i, pick in enumerate(picks):
        image, mask = pictures[pick], masks[pick]
        flip_x, flip_y, turn = rng.integers(0, 2, 3)
        if flip_x:
            image, mask = image[:, ::-1], mask[:, ::-1]
        if flip_y:
            image, mask = image[::-1], mask[::-1]
        if turn:
            image, mask = image.transpose(1, 0, 2), mask.T
        images[i], classes[i] = image[..., rng.permutation(3)], mask
    return torch.from_numpy(images).permute(0, 3, 1, 2).float(), torch.from_numpy(classes)


def logits_of(model, images):
    return F.interpolate(model(images), scale_factor=4, mode="bilinear", align_corners=False)


def intersection_over_union(model, pictures, masks, batch=50):
    """Per class over all pixels."""
    table = np.zeros((len(CLASSES), len(CLASSES)), np.int64)
    with torch.no_grad():
        for i in range(0, len(pictures), batch):
            images = torch.from_numpy(np.array(pictures[i:i + batch])).permute(0, 3, 1, 2).float()
            said = logits_of(model, images).argmax(1).numpy()
            table += np.bincount((np.asarray(masks[i:i + batch], np.int64) * len(CLASSES) + said).ravel(), minlength=table.size).reshape(table.shape)
    return table.diagonal() / (table.sum(0) + table.sum(1) - table.diagonal())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--work", default="/tmp/golden-pose")
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument("--scenes", type=int, default=16000)
    o = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    pictures, masks, _ = figures.load(o.work, "train", o.scenes)
    held, held_masks, _ = figures.load(o.work, "valid", 300)
    model = SegNet().to(memory_format=torch.channels_last)
    average = copy.deepcopy(model).eval()
    optimizer = torch.optim.AdamW(model.parameters(), lr=o.rate, weight_decay=0.01, foreach=True)
    step, path = 0, os.path.join(o.work, "segmentation.pt")
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
        images, classes = batch_of(pictures, masks, rng.integers(0, len(pictures), BATCH), rng)
        loss = F.cross_entropy(logits_of(model, images.contiguous(memory_format=torch.channels_last)), classes)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        step += 1
        running += (loss.item() - running) / min(100, step - begun)
        if step % 4 == 0:
            keep = min(0.998, 1 - 1 / (1 + step / 20))
            with torch.no_grad():
                for a, b in zip(average.state_dict().values(), model.state_dict().values()):
                    a.copy_(b) if not a.dtype.is_floating_point else a.lerp_(b, 1 - keep)
        if step % 100 == 0:
            print(f"step {step} loss {running:.4f} {(step - begun) * BATCH / (time.time() - start):.0f} images/s", flush=True)
        if step % 500 == 0 or step == o.steps:
            torch.save({"model": model.state_dict(), "average": average.state_dict(), "optimizer": optimizer.state_dict(), "step": step}, path + ".new")
            os.replace(path + ".new", path)
            each = intersection_over_union(average, held, held_masks)
            print(f"step {step} mIoU {each.mean():.4f} " + " ".join(f"{c} {v:.3f}" for c, v in zip(CLASSES, each)), flush=True)


if __name__ == "__main__":
    main()
