"""Makes the golden detector again: python3 make.py [--work FOLDER]. Draws scenes, trains, fine-tunes, exports, measures; writes the models and provenance.json."""
import argparse
import os
import subprocess
import sys

import torch

import export
import metric
import scenes
from finetune import finetune
from measure import CALIBRATION, HERE, SIDE
from quantize import fold, load, ranges


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--work", default="/tmp/golden")
    o = parser.parse_args()
    script = lambda name: subprocess.run([sys.executable, os.path.join(HERE, name), "--work", o.work], check=True, env={**os.environ, "OMP_NUM_THREADS": "1"})
    script("train.py")
    torch.set_num_threads(1)
    calibration, _ = scenes.load(o.work, "calibration", CALIBRATION)
    pictures, truth = scenes.load(o.work, "train", 32000)
    folded = fold(load(os.path.join(o.work, "checkpoint.pt")))
    seen = ranges(folded, calibration, metric.run)
    export.save(export.float_graph(folded, SIDE), os.path.join(HERE, "detector.onnx"))
    scales = finetune(folded, seen, pictures, truth)
    graph = export.insert_pairs(export.float_graph(folded, SIDE), {export.node_of(n): s for n, s in scales.items()})
    export.save(graph, os.path.join(HERE, "detector-qat.onnx"))
    script("measure.py")


if __name__ == "__main__":
    main()
