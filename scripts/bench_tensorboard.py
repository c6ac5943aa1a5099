#!/usr/bin/env python3
"""Load time and memory for the same series: spikedeck's screen against TensorBoard's loader.

    pip install tensorboard
    scripts/bench_tensorboard.py --spikedeck target/release/spikedeck --points 1000000

Writes POINTS points of ten metrics as a TensorBoard event file, loads it with TensorBoard's EventAccumulator, which
keeps every point (size_guidance 0), in a process of its own, and runs `spikedeck bench tui` for as many points.
Prints one JSON object with both and their ratios. TensorBoard's own page shows a reservoir of 1,000 points per series;
that is measured too, because it is what people wait for.
"""

import argparse
import json
import os
import struct
import subprocess
import sys
import tempfile

METRICS = [
    "train.ce", "train.loss", "train.accuracy", "train.r", "train.lr",
    "train.lambda", "train.h", "train.gradient_norm", "train.images_per_second", "gradient.l1",
]

LOADER = """
import json, resource, sys, time
from tensorboard.backend.event_processing import event_accumulator as ea
began = time.perf_counter()
accumulator = ea.EventAccumulator(sys.argv[1], size_guidance={ea.SCALARS: int(sys.argv[2]), ea.TENSORS: int(sys.argv[2])})
accumulator.Reload()
kept = sum(len(accumulator.Scalars(tag)) for tag in accumulator.Tags()["scalars"])
seconds = time.perf_counter() - began
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print(json.dumps({"seconds": seconds, "peak_bytes": peak, "points_kept": kept}))
"""


def masked_crc(data):
    """TFRecord's checksum: CRC-32C, rotated and shifted."""
    from tensorboard.compat.tensorflow_stub.pywrap_tensorflow import masked_crc32c

    return masked_crc32c(data)


def record(payload):
    length = struct.pack("<Q", len(payload))
    return length + struct.pack("<I", masked_crc(length)) + payload + struct.pack("<I", masked_crc(payload))


def write_events(folder, lines):
    """One event per step with all metrics, as a training loop writes them."""
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.proto.summary_pb2 import Summary

    path = os.path.join(folder, "events.out.tfevents.1700000000.here")
    with open(path, "wb") as file:
        file.write(record(Event(wall_time=1.7e9, file_version="brain.Event:2").SerializeToString()))
        for step in range(1, lines + 1):
            value = 2.0 * 2.718281828 ** (-step / 2e5) + 0.3
            values = [Summary.Value(tag=tag, simple_value=value + n / 10) for n, tag in enumerate(METRICS)]
            event = Event(wall_time=1.7e9 + step * 0.05, step=step, summary=Summary(value=values))
            file.write(record(event.SerializeToString()))
    return os.path.getsize(path)


def load(folder, guidance):
    out = subprocess.run(
        [sys.executable, "-c", LOADER, folder, str(guidance)], check=True, capture_output=True, text=True
    ).stdout
    return json.loads(out.strip().splitlines()[-1])


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--spikedeck", default="target/release/spikedeck", help="the program")
    options.add_argument("--points", type=int, default=1_000_000, help="points of all ten metrics together")
    options = options.parse_args()
    lines = max(1, options.points // len(METRICS))
    with tempfile.TemporaryDirectory() as folder:
        size = write_events(folder, lines)
        everything = load(folder, 0)
        reservoir = load(folder, 1000)
    ours = subprocess.run(
        [options.spikedeck, "bench", "tui", "--points", str(options.points), "--runs", "1", "--growing", "1",
         "--seconds", "1", "--json"],
        check=True, capture_output=True, text=True,
    ).stdout
    long = json.loads(ours.strip().splitlines()[-1])["long"]
    print(json.dumps({
        "points": lines * len(METRICS),
        "tensorboard": {"bytes": size, "all_points": everything, "reservoir_of_1000": reservoir},
        "spikedeck": long,
        "ratio_seconds": everything["seconds"] / long["open_seconds"],
        "ratio_seconds_reservoir": reservoir["seconds"] / long["open_seconds"],
        "ratio_peak_bytes": everything["peak_bytes"] / long["peak_bytes"],
    }, indent=2))


if __name__ == "__main__":
    main()
