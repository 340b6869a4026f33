"""Networks that classify clips, as small fixtures in test/fixtures/nets/: CNN, LSTM and SVM, and two poolings over time.

    python test/models/clip_network.py train FOLDER    needs torch; trains, and exports what goes before the SVM
    python test/models/clip_network.py merge FOLDER    needs onnx, onnxruntime, scikit-learn and skl2onnx; fits the SVM

A clip has 8 frames of 16 x 16 pixels with a bright blob and noise. The blob moves sideways, moves up or down, grows, or
stays as it is; it starts anywhere. All networks have the same CNN for each frame. They differ in what follows:

    net-torch-clip-lstm-svm        an LSTM over the frames; its last state is classified by an RBF SVM
    net-torch-clip-conv-pooling    the maximum over the frames, then dense layers
    net-torch-clip-late-pooling    dense layers for each frame, then the maximum over the frames

After `merge`, run test/fixtures/nets/make.py.
"""

import pathlib
import sys

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
NETS = ROOT / "test/fixtures/nets"
FRAMES, SIZE, CLASSES, BATCH = 8, 16, 4, 3


def clips(count, seed):
    """Clips (count,8,1,16,16) and their classes."""
    random = np.random.default_rng(seed)
    labels = random.integers(0, CLASSES, count)
    time = np.linspace(0, 1, FRAMES)
    rows, columns = np.mgrid[:SIZE, :SIZE]
    x = np.empty((count, FRAMES, 1, SIZE, SIZE), np.float32)
    for i, label in enumerate(labels):
        center = random.uniform(4, 12, 2)
        path = np.repeat(center[None], FRAMES, 0)
        radius = np.full(FRAMES, random.uniform(1.2, 2.5))
        if label < 2:
            start = random.uniform(2, 5)
            way = np.array([start, SIZE - 1 - start])
            path[:, 1 - label] = np.interp(time, [0, 1], way if random.random() < 0.5 else way[::-1])
        if label == 2:
            radius = np.interp(time, [0, 1], [1.2, random.uniform(3.5, 5)])
        for t in range(FRAMES):
            apart = (rows - path[t, 0]) ** 2 + (columns - path[t, 1]) ** 2
            x[i, t, 0] = np.exp(-apart / (2 * radius[t] ** 2))
    x += random.normal(0, 0.1, x.shape).astype(np.float32)
    return x, labels


def networks():
    """The three networks, by name. `features` is what the SVM reads, where there is one."""
    import torch
    from torch import nn

    class Clip(nn.Module):
        def __init__(self):
            super().__init__()
            self.cnn = nn.Sequential(
                nn.Conv2d(1, 6, 3, 2, 1), nn.ReLU(), nn.Conv2d(6, 10, 3, 2, 1), nn.ReLU(), nn.AvgPool2d(2), nn.Flatten()
            )

        def frames(self, x):
            """The CNN's 40 numbers for each frame: (B 8, 40)."""
            return self.cnn(x.reshape(-1, 1, SIZE, SIZE))

        def forward(self, x):
            return self.scores(self.features(x))

    class Recurrent(Clip):
        def __init__(self):
            super().__init__()
            self.lstm, self.scores = nn.LSTM(40, 20, batch_first=True), nn.Linear(20, CLASSES)

        def features(self, x):
            return self.lstm(self.frames(x).reshape(-1, FRAMES, 40))[0][:, -1]

    def dense():
        return nn.Sequential(nn.Linear(40, 24), nn.ReLU(), nn.Linear(24, 16), nn.ReLU())

    class ConvPooling(Clip):
        def __init__(self):
            super().__init__()
            self.dense, self.scores = dense(), nn.Linear(16, CLASSES)

        def features(self, x):
            return self.dense(self.frames(x).reshape(-1, FRAMES, 40).amax(1))

    class LatePooling(ConvPooling):
        def features(self, x):
            return self.dense(self.frames(x)).reshape(-1, FRAMES, 16).amax(1)

    torch.manual_seed(1)
    return {"lstm": Recurrent(), "conv-pooling": ConvPooling(), "late-pooling": LatePooling()}


def train(folder):
    import torch
    from torch import nn

    x, labels = (torch.from_numpy(each) for each in clips(2000, 1))
    test, truth = (torch.from_numpy(each) for each in clips(500, 2))
    for name, network in networks().items():
        optimizer = torch.optim.Adam(network.parameters(), 4e-3)
        for epoch in range(15):
            for part in torch.randperm(len(x)).split(64):
                optimizer.zero_grad()
                nn.functional.cross_entropy(network(x[part]), labels[part]).backward()
                optimizer.step()
        network.eval()
        right = (network(test).argmax(1) == truth).float().mean().item()
        print(f"{name}: {100 * right:.1f} % of 500 new clips are right")
        if name == "lstm":
            network.forward = network.features
        torch.onnx.export(
            network, test[:1], str(folder / f"{name}.onnx"), input_names=["clip"], output_names=["scores"],
            opset_version=13, dynamic_axes={"clip": {0: "N"}, "scores": {0: "N"}},
        )


def merge(folder):
    import onnx
    import onnxruntime
    from skl2onnx import to_onnx
    from skl2onnx.common.data_types import FloatTensorType
    from sklearn.svm import SVC

    sys.path.append(str(ROOT / "weights"))
    import compose

    for name in ("conv-pooling", "late-pooling"):
        save(f"net-torch-clip-{name}", onnx.load(folder / f"{name}.onnx"))
    cnn = onnx.load(folder / "lstm.onnx")
    session = onnxruntime.InferenceSession(cnn.SerializeToString())
    features = lambda x: np.concatenate([session.run(None, {"clip": part})[0] for part in np.array_split(x, 20)])
    x, labels = clips(1000, 1)
    svc = SVC(C=10).fit(features(x), labels)
    test, truth = clips(500, 2)
    print(f"lstm-svm: {100 * svc.score(features(test), truth):.1f} % of 500 new clips are right, {len(svc.support_)} support vectors")
    width = svc.n_features_in_
    svm = to_onnx(
        svc, initial_types=[("features", FloatTensorType([None, width]))], target_opset={"": 13, "ai.onnx.ml": 3},
        options={"zipmap": False, "raw_scores": True},
    )
    merged = compose.merge(cnn, svm)
    compose.check(cnn, svm, merged)
    save("net-torch-clip-lstm-svm", merged)


def save(name, model):
    """Writes a model, three clips, and onnxruntime's outputs."""
    import onnx
    import onnxruntime

    onnx.save(model, NETS / f"{name}.onnx")
    x, _ = clips(BATCH, 3)
    np.save(NETS / f"{name}.in.clip.npy", x)
    session = onnxruntime.InferenceSession(model.SerializeToString())
    for info, value in zip(session.get_outputs(), session.run(None, {"clip": x})):
        np.save(NETS / f"{name}.out.{info.name}.npy", value)


if __name__ == "__main__":
    steps = {"train": train, "merge": merge}
    if len(sys.argv) != 3 or sys.argv[1] not in steps:
        sys.exit(__doc__)
    steps[sys.argv[1]](pathlib.Path(sys.argv[2]))
