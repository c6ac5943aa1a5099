#!/usr/bin/env python3
"""Seconds of one training step or of PGD in eager PyTorch: what `spikedeck bench` is held against.

The step is the one that the paper's authors train with, written as their method says: the image presented T times, every
convolution over T*N images, a leaky integrate-and-fire loop over T with a hand-written triangle surrogate, and for the
sparse-gradient recipe the clean graph kept for the input gradient, the cross-entropy and f. Needs PyTorch 2.9 from pip.

    python3 -m venv venv && venv/bin/pip install torch==2.9.0 numpy
    venv/bin/python scripts/bench_reference.py --network small --T 4 --batch 32 --recipe sr

With --weights CHECKPOINT/model.safetensors --data DIR it loads a trained network (CIFAR-10) and works on the first training
images, as `spikedeck bench --weights CHECKPOINT --data DIR` does; this needs the package safetensors.

Prints one JSON line with the same names as `spikedeck bench step --json`.
"""

import argparse
import json
import resource
import time

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

PRESETS = {
    "small": ([[32, "P"], [64, "P"], [128, "P"]], []),
    "vgg5": ([[64, "P"], [128, 128, "P"]], []),
    "vgg11": ([[64, "P"], [128, 256, "P"], [512, 512, 512, "P"], [512, 512]], [4096, 4096]),
}


class Spike(torch.autograd.Function):
    """Fires at v >= 0; backward is the triangle max(0, 1 - |v|)."""

    @staticmethod
    def forward(ctx, v):
        ctx.save_for_backward(v)
        return (v >= 0).float()

    @staticmethod
    def backward(ctx, upstream):
        (v,) = ctx.saved_tensors
        return upstream * (1 - v.abs()).clamp(min=0)


class Lif(nn.Module):
    """[T*N, ...] -> [T*N, ...], hard reset that stays in the graph, threshold 1, no leak."""

    def __init__(self, steps):
        super().__init__()
        self.steps = steps

    def forward(self, x):
        x = x.view(self.steps, -1, *x.shape[1:])
        membrane, spikes = 0, []
        for current in x:
            membrane = membrane + current
            spike = Spike.apply(membrane - 1.0)
            membrane = (1 - spike) * membrane
            spikes.append(spike)
        return torch.stack(spikes).flatten(0, 1)


class Net(nn.Module):
    """The VGG family of the paper on 32x32 images; logits are the mean over T."""

    def __init__(self, name, steps, classes=10, mean=(0.5,) * 3, std=(0.25,) * 3):
        super().__init__()
        blocks, hidden = PRESETS[name]
        layers, channels, side = [], 3, 32
        # Where each layer with weights stands in a state dict of the authors' code.
        self.stands = {}
        for number, block in enumerate(blocks, 1):
            place = 0
            for width in block:
                if width == "P":
                    layers.append(nn.AvgPool2d(2))
                    side //= 2
                    place += 1
                else:
                    for beside in (0, 1):
                        self.stands[len(layers) + beside] = f"layer{number}.{place + beside}"
                    place += 3
                    conv = nn.Conv2d(channels, width, 3, padding=1)
                    nn.init.kaiming_normal_(conv.weight, mode="fan_out", nonlinearity="relu")
                    layers += [conv, nn.BatchNorm2d(width), Lif(steps)]
                    channels = width
        layers.append(nn.Flatten())
        inputs = channels * side * side
        for n, width in enumerate([*hidden, classes]):
            self.stands[len(layers)] = f"classifier.{2 * n + 1}"
            layers.append(nn.Linear(inputs, width))
            if n < len(hidden):
                layers.append(Lif(steps))
            inputs = width
        self.layers, self.steps = nn.Sequential(*layers), steps
        for name, values in (("mean", mean), ("std", std)):
            self.register_buffer(name, torch.tensor(values).view(3, 1, 1), persistent=False)

    def load(self, file):
        from safetensors.torch import load_file

        found = load_file(file)
        own = self.state_dict()
        for key in own:
            _, layer, what = key.split(".")
            own[key] = found[f"{self.stands[int(layer)]}.{what}"]
        self.load_state_dict(own)

    def forward(self, x):
        x = (x - self.mean) / self.std
        x = x.unsqueeze(0).repeat(self.steps, 1, 1, 1, 1).flatten(0, 1)
        return self.layers(x).view(self.steps, -1, 10).mean(0)


def true_against_runner_up(logits, labels, runner=None):
    true = logits.gather(1, labels[:, None]).squeeze(1)
    if runner is None:
        runner = logits.detach().scatter(1, labels[:, None], -torch.inf).argmax(1)
    return torch.sigmoid(true - logits.gather(1, runner[:, None]).squeeze(1)), runner


def train_step(net, optimizer, images, labels, recipe, lam=0.002, h=0.01):
    net.train()
    if recipe in ("at", "sr-at"):
        net.eval()
        images = pgd(net, images, labels, steps=7)
        net.train()
    optimizer.zero_grad()
    if recipe in ("plain", "at"):
        F.cross_entropy(net(images), labels).backward()
    else:
        images = images.clone().requires_grad_()
        logits = net(images)
        clean, runner = true_against_runner_up(logits, labels)
        (gradient,) = torch.autograd.grad(clean.sum(), images, retain_graph=True)
        shifted = images.detach() + h * gradient.sign()
        moved, _ = true_against_runner_up(net(shifted), labels, runner)
        penalty = ((moved - clean) / h).square().mean()
        (F.cross_entropy(logits, labels) + lam * penalty).backward()
    optimizer.step()


def pgd(net, images, labels, steps=10, eps=8 / 255, alpha=2.55 / 255):
    x = (images + (2 * torch.rand_like(images) - 1) * eps).clamp(0, 1)
    for _ in range(steps):
        x = x.detach().requires_grad_()
        (gradient,) = torch.autograd.grad(F.cross_entropy(net(x), labels), x)
        x = x.detach() + alpha * gradient.sign()
        x = (images + (x - images).clamp(-eps, eps)).clamp(0, 1)
    return x.detach()


def first_images(data, n):
    """The first training images, as [N, 3, 32, 32] in [0, 1], and their classes."""
    records = np.fromfile(f"{data}/cifar-10-batches-bin/data_batch_1.bin", dtype=np.uint8, count=n * 3073).reshape(n, 3073)
    return torch.from_numpy(records[:, 1:].reshape(n, 3, 32, 32) / np.float32(255)), torch.from_numpy(records[:, 0].astype(np.int64))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--what", choices=["step", "attack", "evaluate"], default="step")
    parser.add_argument("--network", choices=PRESETS, default="small")
    parser.add_argument("--T", type=int, default=4)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--recipe", choices=["plain", "sr", "at", "sr-at"], default="plain")
    parser.add_argument("--repeats", type=int, default=0, help="timed repeats; 0: ten seconds' worth, 5 at the least")
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--device", default="cpu", help="cpu, cuda or cuda:N")
    parser.add_argument("--weights", help="model.safetensors of a checkpoint trained on CIFAR-10")
    parser.add_argument("--data", help="with --weights: the folder that holds cifar-10-batches-bin")
    args = parser.parse_args()
    if args.threads:
        torch.set_num_threads(args.threads)
    torch.manual_seed(0)
    device = torch.device(args.device)
    on_gpu = device.type == "cuda"
    # Full f32, as spikedeck computes: TF32 would compare another arithmetic.
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    if args.weights:
        net = Net(args.network, args.T, mean=(0.4914, 0.4822, 0.4465), std=(0.2023, 0.1994, 0.2010))
        net.load(args.weights)
        images, labels = first_images(args.data, args.batch)
    else:
        net = Net(args.network, args.T)
        images, labels = torch.rand(args.batch, 3, 32, 32), torch.arange(args.batch) % 10
    net, images, labels = net.to(device), images.to(device), labels.to(device)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9, weight_decay=5e-4)

    def once():
        if args.what == "step":
            train_step(net, optimizer, images, labels, args.recipe)
        elif args.what == "attack":
            net.eval()
            pgd(net, images, labels)
        else:
            net.eval()
            with torch.no_grad():
                net(images)
        if on_gpu:
            torch.cuda.synchronize(device)

    for _ in range(2):
        once()
    times, begun = [], time.perf_counter()
    while len(times) < (args.repeats or 5) or (not args.repeats and time.perf_counter() - begun < 10):
        at = time.perf_counter()
        once()
        times.append(time.perf_counter() - at)
    total = sum(times)
    times.sort()
    median = times[len(times) // 2]
    print(json.dumps({
        "what": args.what, "network": args.network, "T": args.T, "batch": args.batch, "recipe": args.recipe,
        "images_per_second": args.batch / median, "median_seconds": median, "repeats": len(times), "total_seconds": total,
        "peak_bytes": torch.cuda.max_memory_allocated(device) if on_gpu else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        "device": f"PyTorch {torch.__version__} eager, "
        + (torch.cuda.get_device_name(device) if on_gpu else f"{torch.get_num_threads()} threads"),
    }))


if __name__ == "__main__":
    main()
