"""The second half of harmless.py: archives as people have them, handlers and requirements included."""
import io, json, os, pickle, struct, sys, zipfile

from harmless import CASES, case, dumped
from malicious import HANDLER, write, zipped

REQUIRED = {"numpy": "numpy==1.26.4", "PIL": "pillow==10.4.0", "cv2": "opencv-python-headless==4.10.0.84", "torch": "torch==2.4.1", "transformers": "transformers==4.44.2",
            "onnxruntime": "onnxruntime==1.19.2", "joblib": "joblib==1.4.2\nscikit-learn==1.5.1", "yaml": "pyyaml==6.0.2", "torchvision": "torchvision==0.19.1"}

HANDLERS = {
    "bert": "import json\nimport logging\nimport os\n\nimport torch\nfrom transformers import AutoModelForSequenceClassification, AutoTokenizer\n\nlogger = logging.getLogger(__name__)\n\n\nclass BertHandler:\n    def __init__(self):\n        self.initialized = False\n\n    def initialize(self, context):\n        folder = context.system_properties.get('model_dir')\n        self.device = torch.device('cuda:' + str(context.system_properties.get('gpu_id')) if torch.cuda.is_available() else 'cpu')\n        self.tokenizer = AutoTokenizer.from_pretrained(folder)\n        self.model = AutoModelForSequenceClassification.from_pretrained(folder)\n        self.model.to(self.device)\n        self.model.eval()\n        with open(os.path.join(folder, 'index_to_name.json')) as f:\n            self.mapping = json.load(f)\n        self.initialized = True\n\n    def handle(self, data, context):\n        texts = [(row.get('data') or row.get('body')).decode('utf-8') for row in data]\n        inputs = self.tokenizer(texts, return_tensors='pt', padding=True).to(self.device)\n        with torch.no_grad():\n            scores = self.model(**inputs).logits.softmax(-1)\n        return [self.mapping[str(int(s.argmax()))] for s in scores]\n\n\n_service = BertHandler()\n\n\ndef handle(data, context):\n    if not _service.initialized:\n        _service.initialize(context)\n    if data is None:\n        return None\n    return _service.handle(data, context)\n",
    "image": "import base64\nimport io\nimport os\n\nimport numpy as np\nfrom PIL import Image\nimport onnxruntime as ort\n\nsession = None\n\n\ndef handle(data, context):\n    global session\n    if session is None:\n        session = ort.InferenceSession(os.path.join(context.system_properties.get('model_dir'), 'model.onnx'))\n    if data is None:\n        return None\n    out = []\n    for row in data:\n        image = row.get('data') or row.get('body')\n        if isinstance(image, str):\n            image = base64.b64decode(image)\n        array = np.asarray(Image.open(io.BytesIO(image)).convert('RGB').resize((224, 224)), dtype='float32') / 255\n        out.append(session.run(None, {'input': array[None]})[0].tolist())\n    return out\n",
    "cv2": "import cv2\nimport numpy as np\n\n\ndef decode(body):\n    return cv2.imdecode(np.frombuffer(body, np.uint8), cv2.IMREAD_COLOR)\n\n\ndef handle(data, context):\n    if data is None:\n        return None\n    return [decode(row['body']).shape for row in data]\n",
    "sklearn": "import json\nimport os\n\nimport joblib\nimport numpy as np\n\nmodel = None\n\n\ndef handle(data, context):\n    global model\n    if model is None:\n        model = joblib.load(os.path.join(context.system_properties.get('model_dir'), 'model.joblib'))\n    if data is None:\n        return None\n    return [model.predict(np.array(json.loads(row['body'])['instances'])).tolist() for row in data]\n",
    "environment": "import logging\nimport os\nimport sys\n\nimport numpy as np\n\nos.environ.setdefault('OMP_NUM_THREADS', '1')\nsys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))\nLEVEL = os.environ.get('LOG_LEVEL', 'INFO')\nlogging.basicConfig(level=LEVEL)\n\n\ndef handle(data, context):\n    if data is None:\n        return None\n    return [str(np.mean([len(r) for r in data]))] * len(data)\n",
    "yaml-config": "import os\n\nimport yaml\n\n\ndef handle(data, context):\n    if data is None:\n        return None\n    with open(os.path.join(context.system_properties.get('model_dir'), 'settings.yaml')) as f:\n        settings = yaml.safe_load(f)\n    return [settings['name']] * len(data)\n",
    "dataclass": "import dataclasses\nimport functools\nimport re\nimport time\nfrom typing import Any, Dict, List\n\n\n@dataclasses.dataclass(frozen=True)\nclass Settings:\n    name: str = 'm'\n    pattern: re.Pattern = dataclasses.field(default_factory=lambda: re.compile(r'\\w+'))\n\n\n@functools.lru_cache(maxsize=None)\ndef settings() -> Settings:\n    return Settings()\n\n\nclass Registry(type):\n    known: Dict[str, type] = {}\n\n    def __init__(cls, name, bases, fields):\n        super().__init__(name, bases, fields)\n        Registry.known[name] = cls\n\n\nclass Step(metaclass=Registry):\n    def run(self, rows: List[Any]) -> List[Any]:\n        return [len(settings().pattern.findall(str(r))) for r in rows]\n\n\n_step = Step()\n\n\ndef handle(data, context):\n    start = time.time()\n    if data is None:\n        return None\n    result = _step.run(data)\n    context.metrics.add_time('t', time.time() - start)\n    return result\n",
    "module-model": "import importlib\nimport inspect\nimport os\n\nimport torch\n\n\ndef load(folder, name):\n    module = importlib.import_module(name)\n    classes = [c for _, c in inspect.getmembers(module, inspect.isclass) if c.__module__ == name]\n    model = classes[0]()\n    model.load_state_dict(torch.load(os.path.join(folder, 'model.pt'), map_location='cpu'))\n    return model.eval()\n\n\ndef handle(data, context):\n    if data is None:\n        return None\n    return [load(context.system_properties.get('model_dir'), 'net')(None)] * len(data)\n",
}
SAGEMAKER = "import json\nimport os\n\nimport torch\n\n\ndef model_fn(model_dir):\n    device = torch.device('cuda' if torch.cuda.is_available() else 'cpu')\n    model = torch.jit.load(os.path.join(model_dir, 'model.pt'), map_location=device)\n    return model.eval()\n\n\ndef input_fn(body, content_type='application/json'):\n    return torch.tensor(json.loads(body))\n\n\ndef predict_fn(data, model):\n    with torch.no_grad():\n        return model(data)\n\n\ndef output_fn(prediction, accept):\n    return json.dumps(prediction.tolist())\n"
CONFIG = "minWorkers: 1\nmaxWorkers: 2\nbatchSize: 4\nmaxBatchDelay: 50\nresponseTimeout: 120\ndeviceType: cpu\nhandler:\n  captum_explanation: false\n"


def handlers():
    for name, text in HANDLERS.items():
        used = [line for module, line in REQUIRED.items() if f"import {module}" in text or f"from {module}" in text]
        files = {"h.py": text.encode(), **({"requirements.txt": ("\n".join(used) + "\n").encode()} if used else {})}
        files.update({"bert": {"index_to_name.json": b'{"0": "no", "1": "yes"}', "vocab.txt": b"[PAD]\n[UNK]\nos\nsystem\nexec\n" * 50, "tokenizer.json": json.dumps({"version": "1.0", "model": {"vocab": {f"w{i}": i for i in range(3000)}}}).encode(), "config.json": b'{"architectures": ["BertForSequenceClassification"], "model_type": "bert"}'},
                      "yaml-config": {"settings.yaml": b"name: m\nsizes: !!set {a, b}\n"}, "module-model": {"net.py": b"import torch\n\n\nclass Net(torch.nn.Module):\n    def forward(self, x):\n        return x\n"}}.get(name, {}))
        case(f"handler-{name}", files)
    case("model-config", {"model-config.yaml": CONFIG.encode()})
    case("labels", {"synset.txt": b"n01440764 tench\nn01443537 goldfish\n", "labels.json": b'["cat", "dog"]', "class_map.csv": b"0,cat\n1,dog\n", "signature.json": b'{"inputs": []}'})
    case("requirements-open", {"requirements.txt": b"# the usual ones\nnumpy\nPillow>=9.0,<11\ntransformers[torch]~=4.44\nrequests; python_version >= '3.8'\n"})
    case("requirements-torch-index", {"requirements.txt": b"--extra-index-url https://download.pytorch.org/whl/cpu\ntorch==2.4.1+cpu\n"})
    case("requirements-clip", {"requirements.txt": b"git+https://github.com/openai/CLIP.git@dcba3cb2e2827b402d2701e7e1c7d9fed8a20ef1\nftfy==6.2.0\n"})
    case("requirements-hashes", {"requirements.txt": b"numpy==1.26.4 \\\n    --hash=sha256:2a02aba9ed12e4ac4eb3ea9421c420301a0c6460d9830d74a9df87efa4912010 \\\n    --hash=sha256:51b0fb2e34ca0ae0bbd2a4a8a3f9ff8d0f0a8bd9b5b6bd3ad7b7e7b7c9bc4ed1\n"})
    case("sagemaker-inference", {"code/inference.py": SAGEMAKER.encode(), "code/requirements.txt": b"torch==2.4.1\n"})
    case("documents", {"README.md": b"# Model\n\n```\nimport os; os.system('pip install x')\n```\n", "LICENSE": b"MIT\n", "train.ipynb": b'{"cells": [], "nbformat": 4}', "metrics.json": b'{"f1": 0.9, "hash": "8004955e0f2b6a8c1d3e5f7a9b0c2d4e6f8a0b1c2d3e4f5a6b7c8d9e0f1a2b3c"}', "embedding.json": json.dumps({"data": "gASVAAAA" * 40}).encode()})


def data():
    from concurrent.futures import Future  # noqa: F401
    import numpy as np
    case("tokenizer-bpe", {"merges.txt": b"#version: 0.2\ng A\ngA SV\n", "vocab.json": json.dumps({f"gASV{i}": i for i in range(20)}).encode(), "special_tokens_map.json": b'{"unk_token": "<unk>"}'})
    case("pickled-arrays", {"scaler.pkl": pickle.dumps({"mean": np.arange(6.0), "names": np.array(["a", "b"]), "list": [np.float64(1)] * 20})})
    try:
        import joblib, scipy.stats, warnings
        from sklearn import compose, ensemble, feature_extraction, linear_model, model_selection, pipeline, preprocessing, decomposition, svm, cluster, neighbors
        warnings.simplefilter("ignore")
    except ImportError:
        return
    rng = np.random.RandomState(0); X = np.abs(rng.normal(size=(60, 5))); y = (X[:, 0] > .5).astype(int)
    search = model_selection.RandomizedSearchCV(linear_model.LogisticRegression(), {"C": scipy.stats.loguniform(1e-2, 1e2), "max_iter": scipy.stats.randint(50, 90)}, n_iter=2, cv=2).fit(X, y)
    case("sklearn-randomized", {"model.joblib": dumped(lambda p: joblib.dump(search, p, compress=3))})
    case("sklearn-randomized-pickle", {"model.pkl": pickle.dumps(search, 2)})
    case("scipy-frozen", {"prior.pkl": pickle.dumps([scipy.stats.norm(0, 1), scipy.stats.gamma(2.0, scale=3), scipy.stats.beta(1, 2), scipy.stats.poisson(3), scipy.stats.multivariate_normal([0, 0]), scipy.stats.gaussian_kde(X[:, 0])])})
    from scipy import interpolate, optimize, sparse, spatial
    case("scipy-objects", {"parts.pkl": pickle.dumps({"i": interpolate.interp1d(np.arange(5), np.arange(5)), "s": sparse.random(5, 5, format="csr"), "a": sparse.csr_array(np.eye(3)), "t": spatial.cKDTree(X), "r": optimize.minimize(lambda v: (v ** 2).sum(), [1.0]), "b": interpolate.make_interp_spline(np.arange(6), np.arange(6)), "q": spatial.transform.Rotation.identity()})})
    for protocol in (0, 1, 2, 4):
        model = ensemble.StackingClassifier([("f", ensemble.RandomForestClassifier(3)), ("h", ensemble.HistGradientBoostingClassifier(max_iter=3)), ("k", neighbors.KNeighborsClassifier())]).fit(X, y)
        case(f"sklearn-stacking-{protocol}", {"model.pkl": pickle.dumps(model, protocol)})
    text = pipeline.make_pipeline(compose.ColumnTransformer([("t", feature_extraction.text.CountVectorizer(ngram_range=(1, 2)), 0), ("o", preprocessing.OneHotEncoder(handle_unknown="ignore"), [1])]), decomposition.TruncatedSVD(2), linear_model.SGDClassifier(loss="log_loss"))
    text.fit(np.array([["a cat", "x"], ["a dog", "y"], ["the bird", "x"]] * 5, object), [0, 1, 0] * 5)
    case("sklearn-columns", {"model.joblib": dumped(lambda p: joblib.dump(text, p))})
    case("sklearn-many", {"models.joblib": dumped(lambda p: joblib.dump({"sgd": [linear_model.SGDClassifier(loss=l).fit(X, y) for l in ("hinge", "modified_huber", "log_loss")], "reg": linear_model.SGDRegressor(loss="huber").fit(X, y), "gb": [ensemble.GradientBoostingRegressor(n_estimators=3, loss=l).fit(X, y) for l in ("huber", "quantile")], "hist": [ensemble.HistGradientBoostingRegressor(max_iter=3, loss=l, **({"quantile": .5} if l == "quantile" else {})).fit(X, y) for l in ("poisson", "absolute_error", "quantile")], "tweedie": linear_model.TweedieRegressor(power=1.5).fit(X, y), "glm": linear_model.PoissonRegressor().fit(X, y), "knn": neighbors.KNeighborsRegressor(metric="haversine", algorithm="ball_tree").fit(X[:, :2], y), "hdb": cluster.HDBSCAN().fit(X), "agg": cluster.AgglomerativeClustering().fit(X), "birch": cluster.Birch(n_clusters=2).fit(X), "svr": svm.NuSVR().fit(X, y), "spl": preprocessing.SplineTransformer().fit(X), "pow": preprocessing.PowerTransformer().fit(X), "hash": feature_extraction.text.HashingVectorizer(), "lof": neighbors.KernelDensity().fit(X), "nca": neighbors.NeighborhoodComponentsAnalysis(max_iter=2).fit(X, y)}, p, compress=("gzip", 3)))})
    try:
        import pandas as pd
        frame = pd.DataFrame({"a": pd.array([1, None], "Int64"), "s": pd.array(["x", "y"], "string"), "d": pd.to_datetime(["2020", "2021"]).tz_localize("UTC"), "p": pd.period_range("2020", periods=2, freq="M"), "i": pd.interval_range(0, 2)})
        case("pandas-dtypes", {"frame.pkl": pickle.dumps({"f": frame, "m": frame.set_index(["a", "s"]), "t": pd.Timedelta(1, "D"), "o": pd.offsets.MonthEnd(2), "r": pd.RangeIndex(3)})})
        scaled = pipeline.make_pipeline(preprocessing.StandardScaler().set_output(transform="pandas"), linear_model.Lasso()).fit(pd.DataFrame(X, columns=list("abcde")), y)
        case("sklearn-pandas-output", {"model.joblib": dumped(lambda p: joblib.dump(scaled, p, compress=3))})
    except ImportError: pass
    try:
        import xgboost, lightgbm
        case("boosters-pipeline", {"model.pkl": pickle.dumps({"x": pipeline.make_pipeline(preprocessing.StandardScaler(), xgboost.XGBRegressor(n_estimators=2)).fit(X, y), "r": xgboost.XGBRanker(n_estimators=2), "b": xgboost.train({}, xgboost.DMatrix(X, y), 2), "l": lightgbm.LGBMRegressor(n_estimators=2, verbose=-1).fit(X, y), "lb": lightgbm.train({"verbose": -1}, lightgbm.Dataset(X, y), 2)})})
    except ImportError: pass
    try:
        from onnx import TensorProto, helper
        weights = helper.make_tensor("W", TensorProto.FLOAT, [4, 2], [0.5] * 8)
        graph = helper.make_graph([helper.make_node("MatMul", ["x", "W"], ["y"])], "g", [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 4])], [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", 2])], [weights])
        case("onnx-weights", {"model.onnx": helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8).SerializeToString(), "labels.txt": b"a\nb\n"})
    except ImportError: pass


def networks():
    import torch
    from torch import nn
    def saved(value, **kwargs):
        out = io.BytesIO(); torch.save(value, out, **kwargs); return out.getvalue()
    nets = {"lstm": nn.LSTM(4, 8, 2), "transformer": nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 16), 2), "embedding": nn.Sequential(nn.Embedding(100, 8), nn.Flatten(), nn.Linear(8, 2)), "conv": nn.Sequential(nn.Conv2d(3, 8, 3), nn.GroupNorm(2, 8), nn.Dropout(), nn.AdaptiveAvgPool2d(1))}
    for name, net in nets.items():
        for optimizer in (torch.optim.AdamW, torch.optim.SGD):
            made = optimizer(net.parameters(), lr=.1); plan = torch.optim.lr_scheduler.CosineAnnealingLR(made, 5)
            case(f"checkpoint-{name}-{optimizer.__name__}", {"checkpoint.pth": saved({"model": net.state_dict(), "optimizer": made.state_dict(), "scheduler": plan.state_dict(), "epoch": 2, "args": {"lr": .1}, "rng": torch.get_rng_state()})})
        case(f"module-{name}", {"model.pt": saved(net)})
        case(f"module-legacy-{name}", {"model.pt": saved(net, _use_new_zipfile_serialization=False)})
    import numpy as np
    case("torch-numpy", {"stats.pt": saved({"mean": np.zeros(3), "labels": ["a"], "n": np.int64(3), "t": torch.zeros(3)})})
    for protocol in (2, 3, 5):
        case(f"pickled-tensors-{protocol}", {"w.pkl": pickle.dumps({"t": torch.zeros(3), "s": nets["conv"].state_dict()}, protocol)})
    case("ddp-names", {"model.bin": saved({f"module.{k}": v.half() for k, v in nets["transformer"].state_dict().items()})})
    out = io.BytesIO(); torch.jit.save(torch.jit.script(nets["conv"]), out, _extra_files={"labels.txt": "a\nb"})
    case("torchscript-extra", {"model.pt": out.getvalue()})


if __name__ == "__main__":
    out = sys.argv[1]
    os.makedirs(out, exist_ok=True)
    handlers()
    for group in (data, networks):
        try: group()
        except ImportError as error: print("left out:", group.__name__, error)
    write(out, CASES)
    print(len(CASES))
