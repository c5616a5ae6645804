"""Measures the two model files by fake quantization and writes provenance.json: python3 measure.py [--work FOLDER]."""
import argparse
import hashlib
import json
import os
import platform

import numpy as np
import onnx
import torch
from onnx import numpy_helper

import metric
import scenes
from finetune import convolutions
from export import node_of
from network import Detector
from quantize import fold, quantized, ranges

HERE = os.path.dirname(os.path.abspath(__file__))
SIDE, TEST, CALIBRATION = 160, 2000, 200
# What a release plan for RK1808 keeps in float; README.md tells how it was found.
PLAN = tuple(f"head.stride{s}.predict" for s in (8, 16, 32))


def model_of(path):
    """The folded network with the weights of an ONNX file."""
    values = {t.name: torch.from_numpy(numpy_helper.to_array(t).copy()) for t in onnx.load(path).graph.initializer}
    model = fold(Detector())
    for name, (conv, _) in convolutions(model).items():
        conv.weight.data, conv.bias.data = values[node_of(name) + ".weight"], values[node_of(name) + ".bias"]
    return model


def matched(model, pictures, truth):
    return metric.match(metric.detections(metric.run(model, pictures, SIDE), SIDE), truth)


def replicates(images, count=200):
    """AP with images drawn again with replacement; the draws are the same for every model, so differences are paired."""
    rng, n = np.random.default_rng(1), len(images[0][2])
    return np.array([metric.average_precision(images, np.bincount(rng.integers(0, n, n), minlength=n)) for _ in range(count)])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--work", default="/tmp/golden")
    o = parser.parse_args()
    torch.set_num_threads(1)
    pictures, truth = scenes.load(o.work, "test", TEST)
    calibration, _ = scenes.load(o.work, "calibration", CALIBRATION)
    paths = [os.path.join(HERE, n) for n in ("detector.onnx", "detector-qat.onnx")]
    folded, tuned = map(model_of, paths)
    seen = ranges(folded, calibration, metric.run)
    reference = matched(folded, pictures, truth)
    ap, ap50, each = metric.average_precision(reference, detail=True)
    drawn = replicates(reference)
    record = {
        "models": {os.path.basename(p): {"sha256": hashlib.sha256(open(p, "rb").read()).hexdigest(), "bytes": os.path.getsize(p)} for p in paths},
        "versions": {"python": platform.python_version(), "torch": torch.__version__, "onnx": onnx.__version__, "numpy": np.__version__},
        "seeds": scenes.SEEDS, "test_scenes": TEST, "calibration_scenes": CALIBRATION, "rk1808_plan_keeps_float": [node_of(n) for n in PLAN],
        "float": {"ap": round(ap, 4), "ap50": round(ap50, 4), "per_class": [round(v, 4) for v in each]}, "drops_points": {}}
    print(record["float"], flush=True)
    for name, model in (
            ("tensorrt min-max", quantized(folded, "trt", seen)),
            ("rk1808 min-max", quantized(folded, "rk1808", seen)),
            ("rk1808 with plan", quantized(folded, "rk1808", seen, keep=PLAN)),
            ("qat float twin", tuned),
            ("qat", quantized(tuned, "trt", seen))):
        target = matched(model, pictures, truth)
        lost = 100 * (drawn - replicates(target))
        record["drops_points"][name] = {"drop": round(100 * (ap - metric.average_precision(target)), 3), "half_width_95": round(float(1.645 * lost.std(ddof=1)), 3)}
        print(name, record["drops_points"][name], flush=True)
    with open(os.path.join(HERE, "provenance.json"), "w") as file:
        json.dump(record, file, indent=2)
        file.write("\n")


if __name__ == "__main__":
    main()
