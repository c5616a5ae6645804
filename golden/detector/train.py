"""Trains the golden detector: python3 train.py [--work FOLDER] [--steps N]. Continues from the work folder's checkpoint.

Two processes of one thread each, gradients averaged: half again as fast on two cores as one process of two threads.
"""
import argparse
import copy
import math
import os
import time

import numpy as np
import torch
import torch.distributed as distributed
import torch.multiprocessing as multiprocessing
import torch.nn.functional as F

import metric
import scenes
from network import CLASSES, Detector, cells, decode

SIDE, BATCH, SEED, MOST_BOXES, WORKERS = 160, 32, 7, 10, 2


def batch_of(pictures, truth, picks, rng):
    """Flipped, turned and with channels permuted: images [B,3,S,S], boxes [B,G,4], classes [B,G], valid [B,G]."""
    images = np.empty((len(picks), SIDE, SIDE, 3), np.uint8)
    boxes, classes = np.zeros((len(picks), MOST_BOXES, 4), np.float32), np.zeros((len(picks), MOST_BOXES), np.int64)
    valid = np.zeros((len(picks), MOST_BOXES), bool)
    for i, pick in enumerate(picks):
        image, (box, kind) = pictures[pick], truth[pick]
        flip_x, flip_y, turn = rng.integers(0, 2, 3)
        if flip_x:
            image, box = image[:, ::-1], np.stack([SIDE - box[:, 2], box[:, 1], SIDE - box[:, 0], box[:, 3]], 1)
        if flip_y:
            image, box = image[::-1], np.stack([box[:, 0], SIDE - box[:, 3], box[:, 2], SIDE - box[:, 1]], 1)
        if turn:
            image, box = image.transpose(1, 0, 2), box[:, [1, 0, 3, 2]]
        images[i] = image[..., rng.permutation(3)]
        boxes[i, :len(box)], classes[i, :len(box)], valid[i, :len(box)] = box, kind, True
    return (torch.from_numpy(images).permute(0, 3, 1, 2).float(), torch.from_numpy(boxes), torch.from_numpy(classes), torch.from_numpy(valid))


def overlap(a, b):
    """IoU and GIoU of corner boxes, broadcast."""
    inter = (torch.minimum(a[..., 2:], b[..., 2:]) - torch.maximum(a[..., :2], b[..., :2])).clamp(min=0).prod(-1)
    hull = (torch.maximum(a[..., 2:], b[..., 2:]) - torch.minimum(a[..., :2], b[..., :2])).prod(-1)
    union = (a[..., 2:] - a[..., :2]).prod(-1) + (b[..., 2:] - b[..., :2]).prod(-1) - inter
    iou = inter / union.clamp(min=1e-6)
    return iou, iou - (hull - union) / hull.clamp(min=1e-6)


@torch.no_grad()
def assign(raw, predicted, boxes, classes, valid, grid):
    """SimOTA (YOLOX, Ge et al. 2021) for a whole batch: the box index of every cell or -1, and the IoU with it."""
    centre = (grid[:, :2] + 0.5) * grid[:, 2:]
    near = ((centre[None, None] - (boxes[:, :, None, :2] + boxes[:, :, None, 2:]) / 2).abs().amax(-1) < 1.5 * grid[:, 2]) & valid[..., None]
    iou, _ = overlap(predicted[:, None], boxes[:, :, None])
    iou = iou * near
    probability = (raw[..., 5:].sigmoid() * raw[..., 4:5].sigmoid()).sqrt().clamp(1e-4, 1 - 1e-4)
    absent = -(1 - probability).log()
    wanted = torch.gather(probability, 2, classes[:, None].expand(-1, raw.shape[1], -1)).transpose(1, 2)
    cost = absent.sum(-1)[:, None] - wanted.log() + (1 - wanted).log() - 3 * (iou + 1e-8).log()
    cost = cost.masked_fill(~near, 1e9)
    share = iou.topk(10, dim=2).values.sum(2).int().clamp(min=1)
    best = cost.topk(10, dim=2, largest=False)
    chosen = torch.zeros_like(near).scatter_(2, best.indices, (torch.arange(10) < share[..., None]) & (best.values < 1e8))
    owner = cost.masked_fill(~chosen, 2e9).argmin(1)
    owner = torch.where(chosen.any(1), owner, -1)
    return owner, torch.gather(iou, 1, owner.clamp(min=0)[:, None])[:, 0]


def loss_of(raw, boxes, classes, valid, grid, close):
    predicted = decode(raw, grid)
    owner, quality = assign(raw.detach(), predicted.detach(), boxes, classes, valid, grid)
    positive = owner >= 0
    count = positive.sum().clamp(min=1)
    image = torch.arange(len(raw))[:, None].expand_as(owner)[positive]
    target = boxes[image, owner[positive]]
    _, giou = overlap(predicted[positive], target)
    objectness = F.binary_cross_entropy_with_logits(raw[..., 4], positive.float(), reduction="sum")
    wanted = F.one_hot(classes[image, owner[positive]], len(CLASSES)) * quality[positive][:, None]
    kind = F.binary_cross_entropy_with_logits(raw[..., 5:][positive], wanted, reduction="sum")
    total = 5 * (1 - giou).sum() + objectness + kind
    if close:
        cell = grid.expand(len(raw), -1, -1)[positive]
        exact = torch.cat([(target[:, :2] + target[:, 2:]) / 2 / cell[:, 2:] - cell[:, :2], ((target[:, 2:] - target[:, :2]) / cell[:, 2:]).log()], 1)
        total = total + (raw[..., :4][positive] - exact).abs().sum()
    return total / count


def groups_of(model, decay):
    """Weight decay on dense convolutions only: none on batch normalisation, biases and depthwise weights."""
    dense = [p for p in model.parameters() if p.dim() == 4 and p.shape[1] > 1]
    rest = [p for p in model.parameters() if not (p.dim() == 4 and p.shape[1] > 1)]
    return [{"params": dense, "weight_decay": decay}, {"params": rest, "weight_decay": 0.0}]


def train(rank, o):
    os.environ.update(MASTER_ADDR="127.0.0.1", MASTER_PORT=str(o.port))
    distributed.init_process_group("gloo", rank=rank, world_size=WORKERS)
    torch.manual_seed(SEED)
    torch.set_num_threads(1)
    pictures, truth = scenes.load(o.work, "train", o.scenes)
    held, held_truth = scenes.load(o.work, "valid", 500)
    model = Detector().to(memory_format=torch.channels_last)
    average = copy.deepcopy(model).eval()
    optimizer = torch.optim.AdamW(groups_of(model, 0.02), lr=o.rate, foreach=True)
    grid, step, path = cells(SIDE), 0, os.path.join(o.work, "checkpoint.pt")
    if os.path.exists(path):
        saved = torch.load(path)
        model.load_state_dict(saved["model"]), average.load_state_dict(saved["average"]), optimizer.load_state_dict(saved["optimizer"])
        step = saved["step"]
    parameters = list(model.parameters())
    start, begun, running = time.time(), step, 0.0
    while step < o.steps:
        # The generator of a step depends on its number alone, so a continued training sees what an uninterrupted one does.
        rng = np.random.default_rng((SEED, step, rank))
        rate = o.rate * min(1, (step + 1) / 300) * (0.02 + 0.98 * (1 + math.cos(math.pi * step / o.steps)) / 2)
        for group in optimizer.param_groups:
            group["lr"] = rate
        images, boxes, classes, valid = batch_of(pictures, truth, rng.integers(0, len(pictures), BATCH // WORKERS), rng)
        loss = loss_of(model(images.contiguous(memory_format=torch.channels_last)), boxes, classes, valid, grid, step > 0.8 * o.steps)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        flat = torch.cat([p.grad.flatten() for p in parameters])
        distributed.all_reduce(flat)
        flat *= min(1, 20.0 * WORKERS / (flat.norm().item() + 1e-6)) / WORKERS
        for p, g in zip(parameters, flat.split([p.numel() for p in parameters])):
            p.grad = g.view_as(p)
        optimizer.step()
        step += 1
        running += (loss.item() - running) / min(100, step - begun)
        if rank != 0:
            continue
        if step % 4 == 0:
            keep = min(0.998, 1 - 1 / (1 + step / 20))
            with torch.no_grad():
                for a, b in zip(average.state_dict().values(), model.state_dict().values()):
                    a.copy_(b) if not a.dtype.is_floating_point else a.lerp_(b, 1 - keep)
        if step % 100 == 0:
            print(f"step {step} loss {running:.3f} rate {rate:.5f} {(step - begun) * BATCH / (time.time() - start):.0f} images/s", flush=True)
        if step % 500 == 0 or step == o.steps:
            torch.save({"model": model.state_dict(), "average": average.state_dict(), "optimizer": optimizer.state_dict(), "step": step}, path + ".new")
            os.replace(path + ".new", path)
        if step % 1000 == 0 or step == o.steps:
            ap, ap50, each = metric.average_precision(metric.match(metric.detections(metric.run(average, held), SIDE), held_truth), detail=True)
            print(f"step {step} AP {ap:.4f} AP50 {ap50:.4f} " + " ".join(f"{c} {v:.3f}" for c, v in zip(CLASSES, each)), flush=True)
    distributed.barrier()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--work", default="/tmp/golden")
    parser.add_argument("--steps", type=int, default=9000)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--scenes", type=int, default=32000)
    parser.add_argument("--port", type=int, default=29511)
    o = parser.parse_args()
    path = os.path.join(o.work, "checkpoint.pt")
    if os.path.exists(path) and torch.load(path)["step"] >= o.steps:
        return
    scenes.load(o.work, "train", o.scenes), scenes.load(o.work, "valid", 500)
    multiprocessing.spawn(train, (o,), WORKERS)


if __name__ == "__main__":
    main()
