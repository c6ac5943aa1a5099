"""Writes the PyTorch files that the tests of this folder read. Needs torch; run it in this folder.

Every value follows from its place, (7 * i + k) % 64 / 16 - 2 for the i-th value of the k-th tensor, so that the tests
can compute it again; all are exact in sixteen bits too.
"""

import collections

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


if __name__ == "__main__":
    torch.save(tiny(), "tiny.pth")
    torch.save(odd(), "odd.pth")
    torch.save(odd(), "odd_protocol4.pth", pickle_protocol=4)
    torch.save({"w": values(0, 2)}, "legacy.pth", _use_new_zipfile_serialization=False)
    torch.save(torch.nn.Linear(1, 1), "module.pth")
