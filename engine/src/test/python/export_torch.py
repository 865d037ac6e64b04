"""Writes src/test/resources/torch: small classifiers as torch's two exporters write them.

    python engine/src/test/python/export_torch.py

Made with torch 2.13, onnx 1.23 and onnxscript 0.7. For each model MODEL.in holds five samples and
MODEL.out the logits torch computes for them (float32, little-endian, row-major).
"""

import pathlib
import warnings

import onnx
import torch
import torch.nn as nn
import torch.nn.functional as F

warnings.filterwarnings("ignore")
TARGET = pathlib.Path(__file__).parent.parent / "resources" / "torch"
SAMPLES = 5


class Mlp(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(20, 16)
        self.bn = nn.BatchNorm1d(16)
        self.fc2 = nn.Linear(16, 10)

    def forward(self, x):
        return self.fc2(F.relu(self.bn(self.fc1(x))))


class Lenet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 4, 5, padding=2)
        self.conv2 = nn.Conv2d(4, 8, 5)
        self.fc1 = nn.Linear(32, 24)
        self.fc2 = nn.Linear(24, 10)
        self.drop = nn.Dropout(0.5)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = x.view(x.size(0), -1)
        return self.fc2(self.drop(F.relu(self.fc1(x))))


class Block(nn.Module):
    def __init__(self, into, out, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(into, out, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(out)
        self.conv2 = nn.Conv2d(out, out, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(out)
        self.relu = nn.ReLU()
        self.down = nn.Sequential()
        if into != out:
            self.down = nn.Sequential(
                nn.Conv2d(into, out, 1, stride, bias=False), nn.BatchNorm2d(out)
            )

    def forward(self, x):
        y = self.bn2(self.conv2(self.relu(self.bn1(self.conv1(x)))))
        return self.relu(y + self.down(x))


class Resnet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 4, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(4)
        self.layer1 = nn.Sequential(Block(4, 4, 1))
        self.layer2 = nn.Sequential(Block(4, 8, 2))
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(8, 10)

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        return self.fc(torch.flatten(self.pool(self.layer2(self.layer1(x))), 1))


class Bounded(nn.Module):
    """A depthwise convolution and activations with bounds."""

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 4, 3),
            nn.ReLU6(),
            nn.Conv2d(4, 4, 3, groups=4),
            nn.Hardtanh(-1, 1),
            nn.AvgPool2d(2),
        )
        self.head = nn.Sequential(nn.Flatten(), nn.Linear(36, 10))

    def forward(self, x):
        return self.head(self.features(x))


def old(model, x, name, opset, fixed=False):
    torch.onnx.export(
        model,
        (x[:1] if fixed else x,),
        TARGET / f"{name}.onnx",
        input_names=["input"],
        output_names=["logits"],
        dynamic_axes=None if fixed else {"input": {0: "batch"}, "logits": {0: "batch"}},
        dynamo=False,
        opset_version=opset,
    )


def new(model, x, name, opset, external=False):
    torch.onnx.export(
        model,
        (x,),
        TARGET / f"{name}.onnx",
        input_names=["input"],
        output_names=["logits"],
        dynamic_shapes=({0: torch.export.Dim("batch")},),
        dynamo=True,
        opset_version=opset,
        external_data=external,
        verbose=False,
    )


def without_paths(file):
    """Drops the stack traces: they hold paths of the machine and nothing that is read."""
    model = onnx.load(file, load_external_data=False)
    for node in model.graph.node:
        kept = [p for p in node.metadata_props if "stack_trace" not in p.key]
        del node.metadata_props[:]
        node.metadata_props.extend(kept)
        node.doc_string = ""
    onnx.save(model, file)


def main():
    TARGET.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(1)
    for name, model, shape in [
        ("mlp", Mlp(), (20,)),
        ("lenet", Lenet(), (1, 16, 16)),
        ("resnet", Resnet(), (3, 12, 12)),
        ("bounded", Bounded(), (1, 10, 10)),
    ]:
        with torch.no_grad():
            model(torch.randn(8, *shape))  # gives the running statistics something to say
            model.eval()
            x = torch.randn(SAMPLES, *shape)
            y = model(x)
        x.numpy().astype("<f4").tofile(TARGET / f"{name}.in")
        y.numpy().astype("<f4").tofile(TARGET / f"{name}.out")
        old(model, x, f"{name}-old-17", 17)
        if name in ("mlp", "bounded"):
            old(model, x, f"{name}-old-11", 11)
            new(model, x, f"{name}-new-18", 18)
        if name in ("lenet", "resnet"):
            old(model, x, f"{name}-old-17-fixed-batch", 17, fixed=True)
            new(model, x, f"{name}-new-20-external", 20, external=True)
    for file in TARGET.glob("*.onnx"):
        without_paths(file)


if __name__ == "__main__":
    main()
