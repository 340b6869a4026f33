"""Whole architectures from PyTorch and torchvision, with seeded random weights.

    python test/models/torch_architectures.py export    needs torch 1.13 and torchvision 0.14; writes cache/torch-exports/*.onnx
    python test/models/torch_architectures.py run       needs onnx and onnxruntime; writes the cases in cache/torch/

Names given after the step select architectures. The weights keep the numbers near 1 from layer to layer: weights of
convolutions and of dense layers are scaled by what they read, and batch normalization first gets the means and variances
of a random batch, then random ones near them.
"""

import json
import pathlib
import sys
import zlib

EXPORTS = pathlib.Path(__file__).parent / "cache/torch-exports"
BATCH = 2  # what an open batch is in the cases


def export(wanted):
    """Exports the architectures with names in `wanted`, or all."""
    import torch

    from torch_networks import ARCHITECTURES

    EXPORTS.mkdir(parents=True, exist_ok=True)
    for name, architecture in ARCHITECTURES.items():
        if wanted and name not in wanted:
            continue
        torch.manual_seed(zlib.crc32(name.encode()))
        network = architecture.make().eval()
        x = torch.randn(architecture.shape)
        settle(network, x)
        axes = {axis: ("N", "C", "H", "W")[axis] for axis in architecture.open}
        torch.onnx.export(
            network, x, str(EXPORTS / f"{name}.onnx"), input_names=["x"], output_names=["y"],
            opset_version=architecture.opset, dynamic_axes={"x": axes} if axes else None,
        )
        (EXPORTS / f"{name}.json").write_text(json.dumps({"shape": architecture.shape, "open": list(architecture.open)}))
        print(name)


def settle(network, x):
    """Scales the weights, and gives each batch normalization statistics near what it sees."""
    import torch
    from torch import nn

    for module in network.modules():
        if isinstance(module, (nn.Conv1d, nn.Conv2d, nn.ConvTranspose2d, nn.Linear)):
            nn.init.kaiming_normal_(module.weight, mode="fan_in")
            if module.bias is not None:
                nn.init.normal_(module.bias, std=0.1)
    norms = [m for m in network.modules() if isinstance(m, nn.modules.batchnorm._BatchNorm)]
    with torch.no_grad():
        for module in norms:
            module.momentum = 1.0
            module.train()
        network(torch.randn(8, *x.shape[1:]))
        for module in norms:
            module.eval()
            module.running_mean += 0.2 * torch.randn_like(module.running_mean) * module.running_var.sqrt()
            module.running_var.clamp_(min=1e-3).mul_(torch.empty_like(module.running_var).uniform_(0.7, 1.4))
            if module.affine:
                module.weight.uniform_(0.7, 1.3)
                module.bias.normal_(std=0.2)


def run(wanted):
    """Makes the inputs of the exported architectures and lets onnxruntime compute the outputs."""
    import numpy

    import layout

    for file in sorted(EXPORTS.glob("*.onnx")):
        if wanted and file.stem not in wanted:
            continue
        about = json.loads(file.with_suffix(".json").read_text())
        shape = about["shape"]
        if 0 in about["open"]:
            shape = [BATCH, *shape[1:]]
        x = numpy.random.default_rng(zlib.crc32(file.stem.encode())).standard_normal(shape).astype(numpy.float32)
        data = file.read_bytes()
        outputs = layout.run(data, {"x": x})
        for name, value in outputs.items():
            size = numpy.abs(value).max()
            print(f"{file.stem}: {name} {list(value.shape)}, the largest {size:.3g}, spread {value.std():.2g}")
            if not (numpy.isfinite(size) and value.std() > 1e-3 * size):
                sys.exit(f"{file.stem}: the output {name} says nothing: its numbers are nearly all equal, or not finite")
        layout.write("torch", file.stem, data, {"x": x}, outputs)


if __name__ == "__main__":
    steps = {"export": export, "run": run}
    if len(sys.argv) < 2 or sys.argv[1] not in steps:
        sys.exit(__doc__)
    steps[sys.argv[1]](sys.argv[2:])
