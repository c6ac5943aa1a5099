#!/usr/bin/env python3
"""Robust accuracy by torchattacks beside `spikedeck attack`: the same checkpoint, images, radii and steps.

The checkpoint's network is built in PyTorch from `checkpoint.json`, its weights come from `model.safetensors`; torchattacks
differentiates it through the triangle surrogate that it was trained with. VGG family, direct coding, hard reset, CIFAR-10.

    python3 -m venv venv && venv/bin/pip install torch==2.9.0 torchvision==0.24.0 torchattacks==3.5.1 numpy
    venv/bin/python scripts/compare_attacks.py CHECKPOINT --data data --samples 500 --eps 8/255

Prints one JSON line per attack and radius: the share of the images that stay right, by each program, and seconds.
"""

import argparse
import json
import struct
import subprocess
import time
from pathlib import Path

import numpy as np
import torch
import torchattacks
from torch import nn

from bench_reference import Lif

PRESETS = {
    "small": ([[32, "pool"], [64, "pool"], [128, "pool"]], []),
    "vgg5": ([[64, "pool"], [128, 128, "pool"]], []),
    "vgg11": ([[64, "pool"], [128, 256, "pool"], [512, 512, 512, "pool"], [512, 512]], [4096, 4096]),
}
WIDTHS = {"F32": np.float32, "I64": np.int64}


class Checkpointed(nn.Module):
    """[n, C, H, W] in [0, 1] -> logits, under the parameter names of the checkpoint."""

    def __init__(self, spec):
        super().__init__()
        blocks, hidden = PRESETS[spec["preset"]] if "preset" in spec else (spec["blocks"], spec.get("hidden", []))
        self.steps = spec["steps"]
        channels, height, width = spec["image"]
        shape = (1, channels, 1, 1)
        self.register_buffer("mean", torch.tensor(spec["mean"]).view(shape), persistent=False)
        self.register_buffer("deviation", torch.tensor(spec["std"]).view(shape), persistent=False)
        self.blocks = []
        for number, block in enumerate(blocks, 1):
            layers = []
            for item in block:
                if item == "pool":
                    layers.append(nn.AvgPool2d(2))
                    height, width = height // 2, width // 2
                else:
                    layers += [nn.Conv2d(channels, item, 3, padding=1), nn.BatchNorm2d(item), Lif(self.steps)]
                    channels = item
            setattr(self, f"layer{number}", nn.Sequential(*layers))
            self.blocks.append(f"layer{number}")
        layers, inputs = [nn.Flatten()], channels * height * width
        for outputs in hidden:
            layers += [nn.Linear(inputs, outputs), Lif(self.steps)]
            inputs = outputs
        self.classifier = nn.Sequential(*layers, nn.Linear(inputs, spec["classes"]))

    def forward(self, x):
        x = (x - self.mean) / self.deviation
        x = x.repeat(self.steps, 1, 1, 1)
        for name in self.blocks:
            x = getattr(self, name)(x)
        x = self.classifier(x)
        return x.view(self.steps, -1, x.shape[1]).mean(0)


def read_safetensors(path):
    content = path.read_bytes()
    (length,) = struct.unpack("<Q", content[:8])
    header = json.loads(content[8 : 8 + length])
    header.pop("__metadata__", None)
    tensors = {}
    for name, about in header.items():
        first, last = (8 + length + at for at in about["data_offsets"])
        values = np.frombuffer(content[first:last], WIDTHS[about["dtype"]]).reshape(about["shape"])
        tensors[name] = torch.from_numpy(values.copy())
    return tensors


def test_images(folder, count):
    raw = np.fromfile(folder / "cifar-10-batches-bin" / "test_batch.bin", np.uint8).reshape(-1, 3073)[:count]
    pixels = torch.from_numpy(raw[:, 1:].copy()).view(-1, 3, 32, 32).float() / 255
    return pixels, torch.from_numpy(raw[:, 0].astype(np.int64))


def right(net, images, labels):
    with torch.no_grad():
        return torch.cat([net(x).argmax(1) == y for x, y in zip(images.split(100), labels.split(100))])


def theirs(net, name, steps, eps, images, labels):
    """Images wrong when clean count as not robust, as ours does."""
    attack = {
        "pgd": lambda: torchattacks.PGD(net, eps=eps, alpha=2.55 / 8 * eps, steps=steps, random_start=True),
        "apgd-ce": lambda: torchattacks.APGD(net, norm="Linf", eps=eps, steps=steps, loss="ce", seed=0),
        "apgd-dlr": lambda: torchattacks.APGD(net, norm="Linf", eps=eps, steps=steps, loss="dlr", seed=0),
    }[name]()
    begun = time.perf_counter()
    moved = torch.cat([attack(x, y) for x, y in zip(images.split(100), labels.split(100))])
    seconds = time.perf_counter() - begun
    return (right(net, images, labels) & right(net, moved, labels)).float().mean().item(), seconds


def ours(args, attacks, eps):
    command = [args.spikedeck, "attack", args.checkpoint, "--attack", attacks, "--eps", eps, "--samples", str(args.samples)]
    command += ["--data", args.data, "--batch", "100", "--json", "--out", args.out]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
    return json.loads(done.stdout.strip().splitlines()[-1])["cells"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("checkpoint")
    parser.add_argument("--data", default="data")
    parser.add_argument("--attack", default="pgd:10,apgd-ce:20,apgd-ce:100")
    parser.add_argument("--eps", default="8/255")
    parser.add_argument("--samples", type=int, default=500)
    parser.add_argument("--spikedeck", default="target/release/spikedeck")
    parser.add_argument("--out", default="compared")
    args = parser.parse_args()
    folder = Path(args.checkpoint)
    net = Checkpointed(json.loads((folder / "checkpoint.json").read_text())["spec"]["network"])
    net.load_state_dict(read_safetensors(folder / "model.safetensors"))
    net.eval()
    for parameter in net.parameters():
        parameter.requires_grad_(False)
    images, labels = test_images(Path(args.data), args.samples)
    cells = {(c["attack"], c["eps"]): c for c in ours(args, args.attack, args.eps) if c["backward"] != "worst"}
    print(json.dumps({"attack": "none", "theirs": right(net, images, labels).float().mean().item()}), flush=True)
    for radius in args.eps.split(","):
        above, _, below = radius.partition("/")
        for attack in args.attack.split(","):
            name, _, steps = attack.partition(":")
            torch.manual_seed(0)
            left, seconds = theirs(net, name, int(steps), float(above) / float(below or 1), images, labels)
            cell = cells[attack, radius]
            print(json.dumps({
                "attack": attack, "eps": radius, "n": args.samples,
                "torchattacks": left, "spikedeck": cell["accuracy"], "low": cell["low"], "high": cell["high"],
                "torchattacks_seconds": seconds, "spikedeck_seconds": cell["seconds"],
            }), flush=True)


if __name__ == "__main__":
    main()
