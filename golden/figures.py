"""Figure scenes drawn by the C# generator (golden/Parity.Golden), read as arrays; shared by pose and segmentation."""
import importlib.util
import os
import subprocess

import numpy as np

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), ".."))
SIDE, JOINTS = 128, 7
# Disjoint by seed. The product evaluates on `test`, calibrates on `calibration`.
SEEDS = {"train": 20260111, "valid": 20260112, "test": 20260113, "calibration": 20260114}
# Where the mirrored picture has each joint: head, neck, right hand, left hand, hip, right foot, left foot.
MIRRORED = (0, 1, 3, 2, 4, 6, 5)


def load(work, name, count):
    """Pictures [count, S, S, 3] BGR, masks [count, S, S] of classes, and per picture figures [M, 5 + 7 x 3]: x, y, width, height, visible pixels, joints."""
    folder = os.path.join(work, name)
    path = os.path.join(folder, "classes.u8")
    if not os.path.exists(path) or os.path.getsize(path) < count * SIDE * SIDE:
        subprocess.run(["dotnet", "run", "-c", "Release", "--project", os.path.join(ROOT, "golden/Parity.Golden"), "--",
                        "figures", str(SEEDS[name]), "0", str(count), str(SIDE), folder], check=True)
    pictures = np.memmap(os.path.join(folder, "pictures.u8"), np.uint8, "r").reshape(-1, SIDE, SIDE, 3)[:count]
    masks = np.memmap(path, np.uint8, "r").reshape(-1, SIDE, SIDE)[:count]
    rows = np.fromfile(os.path.join(folder, "figures.f32"), "<f4").reshape(-1, 6 + 3 * JOINTS)
    bounds = np.searchsorted(rows[:, 0], np.arange(count + 1))
    return pictures, masks, [rows[a:b, 1:] for a, b in zip(bounds[:-1], bounds[1:])]


def _of_detector(name):
    """A module of golden/detector whose name a module here has too."""
    spec = importlib.util.spec_from_file_location(f"detector_{name}", os.path.join(ROOT, f"golden/detector/{name}.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def exporter():
    return _of_detector("export")


def trainer():
    return _of_detector("train")
