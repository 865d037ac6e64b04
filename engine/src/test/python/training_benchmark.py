"""Images a second of training in PyTorch: the counterpart of TrainingBenchmark.java.

    python training_benchmark.py mlp|lenet-5|resnet20 sgd|adam THREADS

Same networks, batch 128, data in memory, shuffled every epoch; the median of five epochs after two
that warm up. Prints `model optimizer threads images/s`.
"""

import statistics
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.shortcut = None
        if stride != 1 or inputs != outputs:
            self.shortcut = nn.Sequential(
                nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        return F.relu(y + (x if self.shortcut is None else self.shortcut(x)))


def resnet20():
    layers = [nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU()]
    inputs = 16
    for width, stride in ((16, 1), (32, 2), (64, 2)):
        for i in range(3):
            layers.append(Block(inputs, width, stride if i == 0 else 1))
            inputs = width
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))


def build(name):
    if name == "mlp":
        return nn.Sequential(
            nn.Flatten(), nn.Linear(784, 1200), nn.ReLU(), nn.Linear(1200, 1200), nn.ReLU(),
            nn.Linear(1200, 10))
    if name == "lenet-5":
        return nn.Sequential(
            nn.Conv2d(1, 20, 5), nn.MaxPool2d(2), nn.Conv2d(20, 50, 5), nn.MaxPool2d(2),
            nn.Flatten(), nn.Linear(800, 500), nn.ReLU(), nn.Linear(500, 10))
    return resnet20()


def main():
    name, optimizer, threads = sys.argv[1], sys.argv[2], int(sys.argv[3])
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    color = name == "resnet20"
    images = 1280 if color else 12800
    shape = (3, 32, 32) if color else (1, 28, 28)
    x = torch.rand(images, *shape) - 0.5
    y = torch.randint(0, 10, (images,))
    model = build(name).train()
    if optimizer == "sgd":
        step = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    else:
        step = torch.optim.Adam(model.parameters(), lr=0.001)
    seconds = []
    for _ in range(7):
        began = time.perf_counter()
        order = torch.randperm(images)
        for i in range(0, images, 128):
            chosen = order[i:i + 128]
            step.zero_grad(set_to_none=True)
            loss = F.cross_entropy(model(x[chosen]), y[chosen])
            loss.backward()
            step.step()
            loss.item()
        seconds.append(time.perf_counter() - began)
    print(name, optimizer, threads, round(images / statistics.median(seconds[2:]), 1))


if __name__ == "__main__":
    main()
