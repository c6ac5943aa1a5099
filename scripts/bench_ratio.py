#!/usr/bin/env python3
"""How many times as fast as eager PyTorch: `spikedeck bench` and `bench_reference.py` by turns, and the ratio of medians.

Both run on the same machine in the same minutes, so that what else the machine does meets both. Needs PyTorch 2.9:

    python3 -m venv venv && venv/bin/pip install torch==2.9.0 numpy
    venv/bin/python scripts/bench_ratio.py --what step,attack,evaluate --network small --T 4 --batch 32

Prints one JSON line per kind of work, with the medians over the rounds and the lowest and highest ratio of a round.
"""

import argparse
import json
import statistics
import subprocess
import sys
from pathlib import Path

REFERENCE = Path(__file__).parent / "bench_reference.py"


def last_line(command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True, text=True)
    return json.loads(done.stdout.strip().splitlines()[-1])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--what", default="step,attack,evaluate")
    parser.add_argument("--network", default="small")
    parser.add_argument("--T", default="4")
    parser.add_argument("--batch", default="32")
    parser.add_argument("--recipe", default="sr", help="of the step")
    parser.add_argument("--device", default="cpu", help="of spikedeck: cpu, flex or tch")
    parser.add_argument("--weights", help="a checkpoint trained on CIFAR-10, for firing rates as they are after training")
    parser.add_argument("--data", help="with --weights: the folder that holds cifar-10-batches-bin")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--spikedeck", default="target/release/spikedeck")
    args = parser.parse_args()
    shape = ["--T", args.T, "--batch", args.batch]
    our_network, their_network = ["--network", args.network], ["--network", args.network]
    if args.weights:
        our_network = ["--weights", args.weights, "--data", args.data]
        their_network += ["--weights", f"{args.weights}/model.safetensors", "--data", args.data]
    for what in args.what.split(","):
        recipe = args.recipe if what == "step" else "plain"
        ours, theirs = [], []
        for _ in range(args.rounds):
            command = [args.spikedeck, "bench", what, "--recipe", recipe, "--device", args.device, "--json"]
            ours.append(last_line(command + shape + our_network))
            command = [sys.executable, str(REFERENCE), "--what", what, "--recipe", recipe]
            theirs.append(last_line(command + shape + their_network))
        rates = [[r["images_per_second"] for r in side] for side in (ours, theirs)]
        each = [a / b for a, b in zip(*rates)]
        print(json.dumps({
            "what": what, "network": args.network, "T": args.T, "batch": args.batch, "recipe": recipe,
            "trained": bool(args.weights), "firing_rates": [round(r, 4) for r in ours[0]["inside"]["firing_rates"]],
            "device": ours[0]["device"], "reference": theirs[0]["device"], "rounds": args.rounds,
            "images_per_second": statistics.median(rates[0]), "reference_images_per_second": statistics.median(rates[1]),
            "ratio": statistics.median(rates[0]) / statistics.median(rates[1]), "lowest": min(each), "highest": max(each),
            "peak_mib": ours[-1]["peak_bytes"] >> 20, "reference_peak_mib": theirs[-1]["peak_bytes"] >> 20,
        }), flush=True)


if __name__ == "__main__":
    main()
