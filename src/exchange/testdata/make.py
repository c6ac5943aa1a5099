"""Writes the PyTorch files that the tests of this folder read. Needs torch; run it in this folder.

Every value follows from its place, (7 * i + k) % 64 / 16 - 2 for the i-th value of the k-th tensor, so that the tests
can compute it again; all are exact in sixteen bits too.
"""

import argparse
import collections
import datetime
import enum
import functools
import pathlib

import numpy
import torch


def values(k, *shape):
    n = int(torch.tensor(shape).prod()) if shape else 1
    return (((7 * torch.arange(n) + k) % 64) / 16 - 2).reshape(shape)


def tiny():
    """The state dict of a VGG with blocks [[2, "pool"], [3, "pool", "pool"]] on 1 x 16 x 16, ten classes."""
    state = collections.OrderedDict()
    shapes = [
        ("layer1.0", (2, 1, 3, 3)),
        ("layer1.1", (2,)),
        ("layer2.0", (3, 2, 3, 3)),
        ("layer2.1", (3,)),
        ("classifier.1", (10, 12)),
    ]
    k = 0
    for name, shape in shapes:
        state[f"{name}.weight"] = values(k, *shape)
        state[f"{name}.bias"] = values(k + 1, shape[0])
        if len(shape) == 1:
            state[f"{name}.running_mean"] = values(k + 2, shape[0])
            state[f"{name}.running_var"] = values(k + 3, shape[0]) + 3
            state[f"{name}.num_batches_tracked"] = torch.tensor(5)
        k += 4
    # What torch.nn.Module.state_dict() leaves on its dictionary.
    state._metadata = collections.OrderedDict([("", {"version": 1})])
    return state


def odd():
    """Other types, strides, an offset, a shared storage, a parameter; wrapped as training scripts wrap it."""
    matrix = values(0, 3, 4)
    state = collections.OrderedDict()
    state["module.half"] = values(1, 5).half()
    state["module.brain"] = values(2, 5).bfloat16()
    state["module.double"] = values(3, 5).double()
    state["module.count"] = torch.tensor(-7)
    state["module.transposed"] = matrix.t()
    state["module.corner"] = matrix[1:, 2:]
    state["module.expanded"] = values(4, 1).expand(4)
    state["module.parameter"] = torch.nn.Parameter(values(5, 2, 2))
    return {"epoch": 3, "acc": 0.5, "big": 2**40, "args": ["a", None, True], "state_dict": state}


class Settings:
    """A class of the user's own, with attributes."""

    def __init__(self):
        self.rate = 0.1


class Slotted:
    """One whose state is a pair."""

    __slots__ = ["a"]

    def __init__(self):
        self.a = 1


class Named(dict):
    """A dictionary of the user's own."""


class Parts(list):
    """A list of the user's own."""


class Kind(enum.Enum):
    """An enumeration."""

    ONE = 1


class Keyed:
    """One that is made with arguments by name."""

    def __new__(cls, *, size):
        made = super().__new__(cls)
        made.size = size
        return made

    def __getnewargs_ex__(self):
        return (), {"size": self.size}


def beside():
    """A training checkpoint: the weights, and beside them what scripts keep."""
    state = Named(w=values(0, 2, 2), b=values(1, 2))
    state["n.num_batches_tracked"] = torch.tensor(3, dtype=torch.int32)
    generator = numpy.random.RandomState(0)
    generator.rand(3)
    attributed = values(2, 2)
    attributed.note = "an attribute"
    return {
        "epoch": numpy.int64(3),
        "best": numpy.float64(0.9),
        "args": argparse.Namespace(lr=0.1, data=pathlib.Path("/data")),
        "seen": collections.defaultdict(list, {"a": [1]}),
        "counts": collections.Counter("aab"),
        "deque": collections.deque([1, 2], maxlen=3),
        "when": datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc),
        "set": {1},
        "frozen": frozenset([1, 2]),
        "bytes": b"x\xff",
        "bytearray": bytearray(b"x"),
        "text": "not \udcff UTF-8",
        "big": 2**3000,
        "complex number": 1j,
        "range": range(3),
        "slice": slice(1, 2),
        "device": torch.device("cpu"),
        "size": torch.Size([1]),
        "dtype": torch.float32,
        "layout": torch.strided,
        "complex": torch.zeros(1, dtype=torch.complex64),
        "fp8": torch.zeros(1, dtype=torch.float8_e4m3fn),
        "uint16": torch.zeros(1, dtype=torch.uint16),
        "sparse": torch.eye(2).to_sparse(),
        "meta": torch.zeros(1, device="meta"),
        "attributed": attributed,
        "array": numpy.arange(3),
        "texts": numpy.array(["a", "b"], dtype=object),
        "random": generator.get_state()[2:],
        "generator": numpy.random.default_rng(0).bit_generator.state,
        "torch random": torch.get_rng_state()[:8].clone(),
        "settings": Settings(),
        "slotted": Slotted(),
        "keyed": Keyed(size=2),
        "kind": Kind.ONE,
        "parts": Parts([1]),
        "partial": functools.partial(int, base=2),
        "function": torch.relu,
        "optimizer": {"state": {0: {"exp_avg": values(3, 2), "step": torch.tensor(3.0)}}, "param_groups": [{"lr": 0.1}]},
        "state_dict": state,
    }


if __name__ == "__main__":
    torch.save(tiny(), "tiny.pth")
    torch.save(odd(), "odd.pth")
    torch.save(odd(), "odd_protocol4.pth", pickle_protocol=4)
    torch.save({"w": values(0, 2)}, "legacy.pth", _use_new_zipfile_serialization=False)
    torch.save(torch.nn.Linear(1, 1), "module.pth")
    torch.save(beside(), "beside.pth")
    torch.save(beside(), "beside_protocol5.pth", pickle_protocol=5)
