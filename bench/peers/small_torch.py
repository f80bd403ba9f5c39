"""examples/chain.ag in PyTorch, as a whole process."""

import json

import torch

x, y = (torch.tensor(value, dtype=torch.float64, requires_grad=True) for value in (2.0, 3.0))
z = x * y
w = torch.sin(z) + torch.log(z**2)
w.backward()
print(json.dumps([w.item(), x.grad.item(), y.grad.item()]))
