"""Writes a model, its inputs and onnxruntime's outputs in the layout of ONNX's backend tests, which `mien conformance` reads.

    cache/GROUP/NAME/model.onnx
    cache/GROUP/NAME/test_data_set_0/input_0.pb, input_1.pb, ..., output_0.pb, ...
"""

import hashlib
import pathlib
import shutil

import numpy
import onnx
import onnxruntime
from onnx import numpy_helper

CACHE = pathlib.Path(__file__).parent / "cache"


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def run(model: bytes, inputs: dict[str, numpy.ndarray]) -> dict[str, numpy.ndarray]:
    """The outputs of a model by name, as onnxruntime computes them on the CPU."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    names = [each.name for each in session.get_outputs()]
    return dict(zip(names, session.run(names, inputs)))


def write(group: str, name: str, model: bytes, inputs: dict[str, numpy.ndarray], expected=None) -> pathlib.Path:
    """Writes one case and returns its folder. Outputs that are no tensors (maps) are left out.

    inputs    the arrays by the names of the graph's inputs
    expected  the outputs by name; default: onnxruntime's
    """
    folder = CACHE / group / name
    shutil.rmtree(folder, ignore_errors=True)
    data = folder / "test_data_set_0"
    data.mkdir(parents=True)
    (folder / "model.onnx").write_bytes(model)
    outputs = expected if expected is not None else run(model, inputs)
    for kind, arrays in (("input", inputs), ("output", outputs)):
        tensors = [(key, value) for key, value in arrays.items() if isinstance(value, numpy.ndarray)]
        for number, (key, value) in enumerate(tensors):
            onnx.save_tensor(numpy_helper.from_array(value, key), data / f"{kind}_{number}.pb")
    return folder
