"""Detections and COCO average precision, for the figures of training. The product measures with its own."""
import numpy as np
import torch

from network import CLASSES, cells, decode

IOUS = np.linspace(0.5, 0.95, 10)


def iou(a, b):
    x0, y0 = np.maximum(a[:, None, :2], b[None, :, :2]).transpose(2, 0, 1)
    x1, y1 = np.minimum(a[:, None, 2:], b[None, :, 2:]).transpose(2, 0, 1)
    inter = np.clip(x1 - x0, 0, None) * np.clip(y1 - y0, 0, None)
    area = lambda r: (r[:, 2] - r[:, 0]) * (r[:, 3] - r[:, 1])
    return inter / np.maximum(area(a)[:, None] + area(b)[None] - inter, 1e-9)


def suppress(boxes, scores, limit):
    order, keep = np.argsort(-scores, kind="stable"), []
    overlaps = iou(boxes, boxes)
    alive = np.ones(len(boxes), bool)
    for i in order:
        if alive[i]:
            keep.append(i)
            alive &= overlaps[i] <= limit
    return keep


def detections(raw, side, threshold=0.01, limit=0.65, most=100):
    """Raw outputs [B,N,5+K] to a list of (boxes [M,4] corners, scores, classes 0..K-1)."""
    boxes = decode(raw, cells(side)).numpy()
    scores = (raw[..., 4:5] * raw[..., 5:]).numpy()
    found = []
    for b, s in zip(boxes, scores):
        rows, classes = np.nonzero(s >= threshold)
        values = s[rows, classes]
        if len(rows) > 400:
            top = np.argsort(-values, kind="stable")[:400]
            rows, classes, values = rows[top], classes[top], values[top]
        # Boxes of different classes are moved apart, so one pass suppresses class by class.
        keep = suppress(b[rows] + classes[:, None] * 10000.0, values, limit)[:most] if len(rows) else []
        found.append((b[rows[keep]], values[keep], classes[keep]))
    return found


def match(found, truth):
    """Per class: (scores, image index, hits [10,M]) of all detections, and boxes per image [images]."""
    per_class = []
    for k in range(len(CLASSES)):
        scores, images, hits, counts = [], [], [], np.zeros(len(found), int)
        for i, ((boxes, values, classes), (true, true_class)) in enumerate(zip(found, truth)):
            mine, theirs = classes == k, true[true_class == k]
            counts[i] = len(theirs)
            if not mine.any():
                continue
            overlaps = iou(boxes[mine], theirs)
            hit = np.zeros((10, mine.sum()), bool)
            for t, least in enumerate(IOUS):
                free = np.ones(len(theirs), bool)
                for d in range(len(overlaps)):
                    candidates = np.where(free, overlaps[d], -1)
                    if len(candidates) and candidates.max() >= least:
                        j = len(candidates) - 1 - candidates[::-1].argmax()
                        free[j], hit[t, d] = False, True
            scores.append(values[mine])
            images.append(np.full(mine.sum(), i))
            hits.append(hit)
        order = np.argsort(-np.concatenate(scores), kind="stable") if scores else []
        per_class.append((np.concatenate(images)[order], np.concatenate(hits, 1)[:, order], counts) if scores else (np.zeros(0, int), np.zeros((10, 0), bool), counts))
    return per_class


def average_precision(matched, weights=None, detail=False):
    """COCO AP, .5 to .95; `weights` count each image several times (bootstrap). 101 recall points."""
    values = np.zeros((len(matched), 10))
    for k, (images, hits, counts) in enumerate(matched):
        w = np.ones(len(counts)) if weights is None else weights
        total, each = (counts * w).sum(), w[images]
        seen = np.cumsum(each)
        for t in range(10):
            true = np.cumsum(each * hits[t])
            precision = np.append(np.maximum.accumulate((true / np.maximum(seen, 1e-9))[::-1])[::-1], 0)
            values[k, t] = precision[np.searchsorted(true / total, np.linspace(0, 1, 101), side="left")].mean()
    return (values.mean(), values[:, 0].mean(), values.mean(1)) if detail else values.mean()


def run(model, pictures, side=160, batch=50):
    """Raw outputs [B,N,5+K] of uint8 pictures [B,H,W,3]."""
    with torch.no_grad():
        return torch.cat([model(torch.from_numpy(pictures[i:i + batch]).permute(0, 3, 1, 2).float()) for i in range(0, len(pictures), batch)])
