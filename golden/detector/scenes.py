"""Scenes drawn by the C# generator (golden/Parity.Golden), read as arrays."""
import os
import subprocess

import numpy as np

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "../.."))
# Disjoint by seed. The product evaluates on `test`, calibrates on `calibration`.
SEEDS = {"train": 20260101, "valid": 20260102, "test": 20260103, "calibration": 20260104}


def load(work, name, count, side=160):
    """Pictures [count, side, side, 3] BGR, and per picture (boxes [M,4] corners, classes 0..K-1)."""
    folder = os.path.join(work, name)
    path = os.path.join(folder, "pictures.u8")
    if not os.path.exists(path) or os.path.getsize(path) < count * side * side * 3:
        subprocess.run(["dotnet", "run", "-c", "Release", "--project", os.path.join(ROOT, "golden/Parity.Golden"), "--",
                        "shapes", str(SEEDS[name]), "0", str(count), str(side), folder], check=True)
    pictures = np.memmap(path, np.uint8, "r").reshape(-1, side, side, 3)[:count]
    rows = np.fromfile(os.path.join(folder, "boxes.i32"), "<i4").reshape(-1, 6)
    bounds = np.searchsorted(rows[:, 0], np.arange(count + 1))
    truth = []
    for a, b in zip(bounds[:-1], bounds[1:]):
        x, y, w, h = rows[a:b, 2:].T.astype(np.float32)
        truth.append((np.stack([x, y, x + w, y + h], 1), rows[a:b, 1] - 1))
    return pictures, truth
