"""OKS average precision, for the figures of training. The product measures with its own."""
import numpy as np
import torch

import posenet
from metric import run, suppress
from network import decode

# Per joint: head, neck, right hand, left hand, hip, right foot, left foot; as in COCO, a tolerance relative to the root of the visible pixels.
SIGMAS = (0.05, 0.05, 0.08, 0.08, 0.07, 0.08, 0.08)
THRESHOLDS = np.linspace(0.5, 0.95, 10)


def found(model, pictures, grid, threshold=0.01, limit=0.65, most=20):
    """Per picture (joints [M,7,2], scores [M]) after suppression by boxes."""
    raw = run(model, pictures)
    boxes, joints = decode(raw, grid).numpy(), posenet.joints_of(raw, grid).numpy()
    scores = (raw[..., 4] * raw[..., 5]).numpy()
    kept = []
    for b, j, s in zip(boxes, joints, scores):
        rows = np.nonzero(s >= threshold)[0]
        keep = rows[suppress(b[rows], s[rows], limit)[:most]] if len(rows) else rows
        kept.append((j[keep], s[keep]))
    return kept


def average_precision(results, truth):
    scores, hits, total = [], [], 0
    variances = (2 * np.array(SIGMAS)) ** 2
    for (joints, values), rows in zip(results, truth):
        true = rows[:, 5:].reshape(len(rows), -1, 3)
        labelled = true[..., 2] > 0
        total += int(labelled.any(1).sum())
        squared = ((joints[:, None] - true[None, ..., :2]) ** 2).sum(-1)
        each = np.exp(-squared / (2 * rows[None, :, 4:5] * variances)) * labelled[None]
        similar = each.sum(-1) / np.maximum(labelled.sum(1), 1)[None]
        hit = np.zeros((10, len(values)), bool)
        for t, least in enumerate(THRESHOLDS):
            free = labelled.any(1)
            for d in range(len(values)):
                candidates = np.where(free, similar[d], -1)
                if len(candidates) and candidates.max() >= least:
                    free[candidates.argmax()], hit[t, d] = False, True
        scores.append(values)
        hits.append(hit)
    order = np.argsort(-np.concatenate(scores), kind="stable")
    hits = np.concatenate(hits, 1)[:, order]
    ap = []
    for t in range(10):
        true = np.cumsum(hits[t])
        precision = np.append(np.maximum.accumulate((true / np.arange(1, len(true) + 1))[::-1])[::-1], 0)
        ap.append(precision[np.searchsorted(true / total, np.linspace(0, 1, 101), side="left")].mean())
    return float(np.mean(ap))
