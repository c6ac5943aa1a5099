#!/usr/bin/env python3
"""Writes tests/golden/data/adamw.json: five steps of torch.optim.AdamW in f32, which src/train/optimizer.rs must repeat.

    python3 -m venv venv && venv/bin/pip install torch && venv/bin/python scripts/golden_adamw.py
"""

import json
import pathlib

import torch

torch.manual_seed(7)
N, STEPS, DECAY = 12, 5, 0.05
RATES = [0.01, 0.01, 0.003, 0.02, 0.0]

w = torch.randn(N).requires_grad_(True)
begin = w.detach().tolist()
# Gradients from 1e-6 to 10, some of them zero and one always.
scale = torch.logspace(-6, 1, N)
gradients = [(torch.randn(N) * scale * (torch.rand(N) > 0.2)) for _ in range(STEPS)]
for g in gradients:
    g[3] = 0.0
optimizer = torch.optim.AdamW([w], lr=1.0, betas=(0.9, 0.999), eps=1e-8, weight_decay=DECAY, foreach=False)
after = []
for g, lr in zip(gradients, RATES):
    optimizer.param_groups[0]["lr"] = lr
    w.grad = g.clone()
    optimizer.step()
    after.append(w.detach().tolist())
state = optimizer.state[w]
out = {
    "torch": torch.__version__,
    "weight_decay": DECAY,
    "rates": RATES,
    "begin": begin,
    "gradients": [g.tolist() for g in gradients],
    "after": after,
    "first": state["exp_avg"].tolist(),
    "second": state["exp_avg_sq"].tolist(),
}
path = pathlib.Path(__file__).parent.parent / "tests/golden/data/adamw.json"
path.write_text("{\n" + ",\n".join(f" {json.dumps(k)}: {json.dumps(v)}" for k, v in out.items()) + "\n}\n")
print(path)
