"""Merges a CNN and an SVM to one ONNX file:  python weights/compose.py CNN.onnx SVM.onnx OUT.onnx

CNN.onnx returns features (N,K), for example from torch.onnx.export. SVM.onnx takes them, for example from skl2onnx.
Needs onnx and onnxruntime. The merged model is written only if it gives the same as the two models one after the other.
"""

import sys

import numpy as np
import onnx
import onnxruntime
from onnx import compose, helper, version_converter


def opset(model):
    """The version of ONNX's own operators in a model; 0 if it names none."""
    return max((each.version for each in model.opset_import if each.domain in ("", "ai.onnx")), default=0)


def merge(cnn, svm):
    """Returns CNN, then SVM, as one model. The names of the CNN's input and of the SVM's outputs stay."""
    if len(cnn.graph.output) != 1:
        sys.exit(f"the CNN has {len(cnn.graph.output)} outputs; it must have one, the features")
    given = {each.name for each in svm.graph.initializer}
    inputs = [each.name for each in svm.graph.input if each.name not in given]
    if len(inputs) != 1:
        sys.exit(f"the SVM has {len(inputs)} inputs; it must have one, the features")
    for name, model in (("CNN", cnn), ("SVM", svm)):
        if any(node.op_type == "ZipMap" for node in model.graph.node):
            sys.exit(f"the {name} returns dictionaries (ZipMap); convert it with options={{'zipmap': False}}")
    # Both must have the same opset: the older one is converted. A model without operators of ONNX's own has none.
    newest = max(opset(cnn), opset(svm))
    cnn, svm = (version_converter.convert_version(m, newest) if 0 < opset(m) < newest else m for m in (cnn, svm))
    # Values of the two may have equal names.
    outputs = [each.name for each in svm.graph.output]
    cnn = compose.add_prefix(cnn, "cnn/", rename_inputs=False)
    svm = compose.add_prefix(svm, "svm/", rename_outputs=False)
    features = cnn.graph.output[0].name
    graph = compose.merge_graphs(cnn.graph, svm.graph, io_map=[(features, f"svm/{inputs[0]}")], outputs=outputs)
    domains = {}
    for model in (cnn, svm):
        for each in model.opset_import:
            domain = "" if each.domain == "ai.onnx" else each.domain
            domains[domain] = max(domains.get(domain, 0), newest if domain == "" else each.version)
    # The newer IR version of the two reads both.
    merged = helper.make_model(
        graph,
        ir_version=max(cnn.ir_version, svm.ir_version),
        opset_imports=[helper.make_opsetid(domain, version) for domain, version in domains.items()],
    )
    onnx.checker.check_model(merged)
    return merged


def check(cnn, svm, merged):
    """Runs the two models one after the other and the merged one, on random inputs. Exits if they differ."""
    sessions = [onnxruntime.InferenceSession(each.SerializeToString()) for each in (cnn, svm, merged)]
    random = np.random.default_rng(1)
    feeds = {
        each.name: random.random([d if isinstance(d, int) else 2 for d in each.shape], np.float32)
        for each in sessions[0].get_inputs()
    }
    features = sessions[0].run(None, feeds)[0]
    wanted = sessions[1].run(None, {sessions[1].get_inputs()[0].name: features})
    for info, one, two in zip(sessions[2].get_outputs(), wanted, sessions[2].run(None, feeds)):
        if one.dtype.kind == "f":
            np.testing.assert_allclose(two, one, rtol=1e-4, atol=1e-6, err_msg=info.name)
        elif not np.array_equal(one, two):
            sys.exit(f"output {info.name} of the merged model is {two}, but {one} of the two models")


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__.splitlines()[0])
    cnn, svm = onnx.load(sys.argv[1]), onnx.load(sys.argv[2])
    merged = merge(cnn, svm)
    check(cnn, svm, merged)
    onnx.save(merged, sys.argv[3])
    names = ", ".join(each.name for each in merged.graph.output)
    print(f"{sys.argv[3]}: {len(merged.graph.node)} nodes, outputs {names}")


if __name__ == "__main__":
    main()
