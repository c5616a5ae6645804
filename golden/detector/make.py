"""Makes the golden detector again: python3 make.py [--work FOLDER]. Draws scenes, trains, fine-tunes, exports, measures; writes the models and provenance.json."""
import argparse
import hashlib
import json
import os
import platform
import subprocess
import sys

import numpy as np
import onnx
import torch

import export
import metric
import scenes
from finetune import finetune
from quantize import fold, load, quantized, ranges

HERE = os.path.dirname(os.path.abspath(__file__))
SIDE, TEST, CALIBRATION = 160, 3000, 200
# What a release plan for RK1808 keeps in float; README.md tells how it was found.
RESCUE = ()


def node_of(module):
    """`backbone.stage1.0.dw.conv` is the exporter's `/backbone/stage1/stage1.0/dw/conv/Conv`."""
    parts = []
    for part in module.split("."):
        parts.append(f"{parts[-1]}.{part}" if part.isdigit() else part)
    return "/" + "/".join(parts) + "/Conv"


def matched(model, pictures, truth):
    return metric.match(metric.detections(metric.run(model, pictures, SIDE), SIDE), truth)


def drop(reference, target, count, replicates=300):
    """AP points lost, and the half-width of its one-sided 95 % bound by the paired bootstrap over images."""
    rng = np.random.default_rng(1)
    draws = [np.bincount(rng.integers(0, count, count), minlength=count) for _ in range(replicates)]
    lost = [100 * (metric.average_precision(reference, w) - metric.average_precision(target, w)) for w in draws]
    return 100 * (metric.average_precision(reference) - metric.average_precision(target)), float(np.quantile(lost, 0.95) - np.mean(lost))


def sha256(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--work", default="/tmp/golden")
    parser.add_argument("--models-only", action="store_true", help="leave the figures as they are")
    o = parser.parse_args()
    subprocess.run([sys.executable, os.path.join(HERE, "train.py"), "--work", o.work], check=True, env={**os.environ, "OMP_NUM_THREADS": "1"})
    torch.set_num_threads(2)
    pictures, truth = scenes.load(o.work, "test", TEST)
    calibration, _ = scenes.load(o.work, "calibration", CALIBRATION)
    train_pictures, train_truth = scenes.load(o.work, "train", 32000)

    folded = fold(load(os.path.join(o.work, "checkpoint.pt")))
    seen = ranges(folded, calibration, metric.run)
    paths = [os.path.join(HERE, n) for n in ("detector.onnx", "detector-qat.onnx")]
    export.save(export.float_graph(folded, SIDE), paths[0])
    tuned = fold(load(os.path.join(o.work, "checkpoint.pt")))
    scales = finetune(tuned, seen, train_pictures, train_truth)
    export.save(export.insert_pairs(export.float_graph(tuned, SIDE), {node_of(n): s for n, s in scales.items()}), paths[1])
    if o.models_only:
        return

    reference = matched(folded, pictures, truth)
    ap, ap50, each = metric.average_precision(reference, detail=True)
    record = {
        "models": {os.path.basename(p): {"sha256": sha256(p), "bytes": os.path.getsize(p)} for p in paths},
        "versions": {"python": platform.python_version(), "torch": torch.__version__, "onnx": onnx.__version__, "numpy": np.__version__},
        "seeds": scenes.SEEDS, "test_scenes": TEST, "calibration_scenes": CALIBRATION,
        "float": {"ap": round(ap, 4), "ap50": round(ap50, 4), "per_class": [round(v, 4) for v in each]}, "drops_points": {}}
    for name, model in (
            ("tensorrt min-max", quantized(folded, "trt", seen)),
            ("rk1808 min-max", quantized(folded, "rk1808", seen)),
            ("rk1808 weights only", quantized(folded, "rk1808", seen, activations=False)),
            ("rk1808 activations only", quantized(folded, "rk1808", seen, weights=False)),
            ("rk1808 with plan", quantized(folded, "rk1808", seen, keep=RESCUE)),
            ("qat float twin", tuned),
            ("qat", quantized(tuned, "trt", seen))):
        points, half = drop(reference, matched(model, pictures, truth), TEST)
        record["drops_points"][name] = {"drop": round(points, 3), "half_width_95": round(half, 3)}
        print(name, record["drops_points"][name], flush=True)
    with open(os.path.join(HERE, "provenance.json"), "w") as file:
        json.dump(record, file, indent=2)
        file.write("\n")


if __name__ == "__main__":
    main()
