"""Writes src/test/resources/torchscript: a small classifier as TorchScript, and files that are none.

    python engine/src/test/python/export_torchscript.py

Made with torch 2.13. teacher.in holds four samples and teacher.out the logits torch computes for
them (float32, little-endian, row-major).
"""

import pathlib

import torch
import torch.nn as nn

TARGET = pathlib.Path(__file__).parent.parent / "resources" / "torchscript"
torch.manual_seed(1)


class Teacher(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(6, 8)
        self.drop = nn.Dropout(0.5)
        self.fc2 = nn.Linear(8, 3)

    def forward(self, x):
        return self.fc2(self.drop(torch.relu(self.fc1(torch.flatten(x, 1)))))


class Two(Teacher):
    def forward(self, x):
        return x, self.fc1(x)


TARGET.mkdir(exist_ok=True)
model = Teacher()
# Left in training mode on purpose: a teacher teaches without dropout.
torch.jit.script(model).save(str(TARGET / "teacher.pt"))
torch.jit.script(Two()).save(str(TARGET / "two.pt"))
torch.save(model.state_dict(), str(TARGET / "weights.pt"))
model.eval()
samples = torch.randn(4, 6)
samples.numpy().tofile(TARGET / "teacher.in")
model(samples).detach().numpy().tofile(TARGET / "teacher.out")
