"""Checkpoint to golden/segmentation/segmentation.onnx and provenance.json: python3 export.py [--work FOLDER]."""
import argparse
import hashlib
import json
import os
import platform

import numpy as np
import onnx
import torch

from segnet import CLASSES, SegNet
import figures
from figures import SIDE
from quantize import fold
from train import intersection_over_union

HERE = os.path.dirname(os.path.abspath(__file__))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--work", default="/tmp/golden-pose")
    parser.add_argument("--out", default=HERE)
    parser.add_argument("--test", type=int, default=1000)
    o = parser.parse_args()
    saved = torch.load(os.path.join(o.work, "segmentation.pt"))
    model = SegNet()
    model.load_state_dict(saved["average"])
    folded = fold(model)
    graph = figures.exporter().float_graph(folded, SIDE)
    graph.graph.name = "golden_segmentation"
    path = os.path.join(o.out, "segmentation.onnx")
    figures.exporter().save(graph, path)
    pictures, masks, _ = figures.load(o.work, "test", o.test)
    each = intersection_over_union(folded, pictures, masks)
    record = {"models": {"segmentation.onnx": {"sha256": hashlib.sha256(open(path, "rb").read()).hexdigest(), "bytes": os.path.getsize(path)}},
              "versions": {"python": platform.python_version(), "torch": torch.__version__, "onnx": onnx.__version__, "numpy": np.__version__},
              "seeds": {**figures.SEEDS, "network and batches": 13}, "steps": saved["step"], "test_scenes": o.test,
              "miou": round(float(each.mean()), 4), "iou": {c: round(float(v), 4) for c, v in zip(CLASSES, each)}}
    with open(os.path.join(o.out, "provenance.json"), "w") as file:
        json.dump(record, file, indent=2)
        file.write("\n")
    print(record)


if __name__ == "__main__":
    main()
