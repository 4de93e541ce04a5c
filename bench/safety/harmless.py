"""Archives of harmless models, saved by real frameworks in their usual ways: python3 harmless.py OUT."""
import base64, datetime, decimal, gzip, io, json, os, pickle, struct, sys, tarfile, uuid, collections, zipfile

from malicious import HANDLER, write, zipped

CASES = {}


def case(name, files):
    CASES[name] = (files, None)


def dumped(save, *args, ending="", **kwargs):
    name = f"/tmp/safety-{os.getpid()}{ending}"
    save(*args, name, **kwargs) if callable(save) else None
    with open(name, "rb") as f:
        data = f.read()
    os.remove(name)
    return data


def plain():
    values = {"labels": ["cat", "dog"], "scale": 0.5, "when": datetime.datetime(2020, 1, 2, tzinfo=datetime.timezone.utc), "id": uuid.UUID(int=7),
              "price": decimal.Decimal("1.5"), "seen": {1, 2}, "frozen": frozenset("ab"), "counts": collections.Counter("hello"),
              "nested": collections.OrderedDict(a=(1, 2), b=[None, True]), "raw": bytearray(b"x"), "z": 1j, "r": range(3), "d": collections.deque([1])}
    for protocol in range(6):
        case(f"plain-{protocol}", {"meta.pkl": pickle.dumps(values, protocol)})
    itself = []; itself.append(itself)
    case("plain-recursive", {"meta.pkl": pickle.dumps(itself)})
    case("plain-large", {"vocabulary.pkl": pickle.dumps({f"word {i}": i for i in range(200_000)})})
    case("plain-gzip", {"meta.pkl.gz": gzip.compress(pickle.dumps(values))})
    case("plain-several", {"meta.pkl": pickle.dumps(1) + pickle.dumps(values)})
    case("texts", {"labels.txt": b"cat\ndog\nis\nos\nsystem\n", "vocab.json": b'{"a": 1}', "README.md": b"# Model\n\nimport os to load it\n", "merges.txt": b"c a\nc at\n", "weights.bin": os.urandom(4096), "config.json": b'{"class_name": "Net"}'})
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as t:
        info = tarfile.TarInfo("assets/labels.txt"); info.size = 3; t.addfile(info, io.BytesIO(b"cat"))
    case("assets-tar", {"assets.tar.gz": out.getvalue()})
    case("requirements", {"requirements.txt": b"numpy==1.26.4\npillow>=9,<11\n"})
    handler = ("import json\nimport logging\nimport os\n\nlogger = logging.getLogger(__name__)\nmodel = None\n\n\ndef handle(data, context):\n    global model\n    if model is None:\n"
               "        with open(os.path.join(context.system_properties.get('model_dir'), 'meta.json')) as file:\n            model = json.load(file)\n"
               "    if data is None:\n        return None\n    return [str(model) for _ in data]\n")
    case("handler-reads-files", {"h.py": handler.encode(), "meta.json": b"{}"})
    helper = "import math\nimport re\n\nPATTERN = re.compile(r'\\w+')\n\n\ndef evaluate(model):\n    model.eval()\n    return math.exp(1)\n"
    case("handler-helpers", {"h.py": b"import helper\n" + HANDLER.encode(), "helper.py": helper.encode()})


def with_numpy():
    import numpy as np, joblib
    def saved(save, *args, **kwargs):
        out = io.BytesIO(); save(out, *args, **kwargs); return out.getvalue()
    rng = np.random.default_rng(0)
    for kind in ("f4", "i8", "c16", "?", "U5", "S3", "M8[D]"):
        case(f"npy-{kind.strip('?[]') or 'bool'}", {"a.npy": saved(np.save, np.zeros((3, 2), kind))})
    case("npy-record", {"a.npy": saved(np.save, np.zeros(3, [("x", "f4"), ("y", "i2", (2,))]))})
    case("npy-objects", {"a.npy": saved(np.save, np.array([1, "a", None, [2]], dtype=object))})
    case("npz", {"a.npz": saved(np.savez, x=rng.normal(size=(50, 4)), y=np.arange(3))})
    case("npz-compressed", {"a.npz": saved(np.savez_compressed, **{f"w{i}": rng.normal(size=20) for i in range(60)})})
    for protocol in range(6):
        case(f"numpy-pickle-{protocol}", {"w.pkl": pickle.dumps({"w": rng.normal(size=(9, 9)), "s": np.float32(1), "t": np.dtype("f4"), "r": np.random.RandomState(1), "g": rng, "m": np.ma.masked_array([1, 2], [0, 1])}, protocol)})
    for end, compress in {"joblib": 0, "pkl.z": ("zlib", 3), "pkl.gz": ("gzip", 3), "pkl.bz2": ("bz2", 3), "pkl.xz": ("xz", 3), "pkl.lzma": ("lzma", 3)}.items():
        case(f"joblib-arrays-{end}", {f"w.{end}": dumped(lambda name: joblib.dump({"a": rng.normal(size=(100, 10)), "b": np.arange(5), "o": np.array(["x", None], object), "s": np.zeros(2, "U7"), "e": np.zeros((0, 3))}, name, compress=compress))})


def with_sklearn():
    import joblib, numpy as np
    from sklearn import (calibration, cluster, compose, decomposition, ensemble, feature_extraction, feature_selection, gaussian_process, impute, isotonic,
                         linear_model, mixture, model_selection, multiclass, naive_bayes, neighbors, neural_network, pipeline, preprocessing, svm, tree)
    rng = np.random.RandomState(0)
    X = rng.normal(size=(60, 5)); y = (X[:, 0] > 0).astype(int)
    texts = ["a cat sat", "a dog ran", "the bird"] * 20
    models = [ensemble.RandomForestClassifier(5), ensemble.GradientBoostingClassifier(n_estimators=5), ensemble.HistGradientBoostingClassifier(max_iter=5),
              ensemble.ExtraTreesRegressor(5), ensemble.AdaBoostClassifier(n_estimators=5), ensemble.IsolationForest(n_estimators=5), ensemble.BaggingClassifier(n_estimators=3),
              ensemble.VotingClassifier([("a", linear_model.LogisticRegression()), ("b", tree.DecisionTreeClassifier())]), linear_model.LogisticRegression(), linear_model.SGDClassifier(loss="hinge"),
              linear_model.Ridge(), linear_model.LassoCV(cv=3), svm.SVC(probability=True), svm.LinearSVC(), neighbors.KNeighborsClassifier(algorithm="kd_tree"),
              neighbors.KNeighborsClassifier(algorithm="ball_tree"), neighbors.LocalOutlierFactor(novelty=True), naive_bayes.GaussianNB(), neural_network.MLPClassifier((4,), max_iter=20),
              gaussian_process.GaussianProcessClassifier(), mixture.GaussianMixture(2), cluster.KMeans(2, n_init=1), cluster.DBSCAN(), decomposition.PCA(2), isotonic.IsotonicRegression(),
              calibration.CalibratedClassifierCV(linear_model.LogisticRegression(), cv=2), multiclass.OneVsRestClassifier(svm.LinearSVC()),
              model_selection.GridSearchCV(tree.DecisionTreeClassifier(), {"max_depth": [1, 2]}, cv=2), feature_selection.SelectKBest(feature_selection.f_classif, k=2),
              pipeline.make_pipeline(impute.SimpleImputer(), preprocessing.FunctionTransformer(np.log1p), preprocessing.StandardScaler(), linear_model.LogisticRegression()),
              pipeline.make_pipeline(compose.ColumnTransformer([("s", preprocessing.MinMaxScaler(), [0, 1]), ("q", preprocessing.KBinsDiscretizer(3), [2])]), linear_model.Ridge())]
    import warnings; warnings.simplefilter("ignore")
    for index, model in enumerate(models):
        data = X[:, 0] if isinstance(model, isotonic.IsotonicRegression) else np.abs(X)
        model.fit(data, y)
        name = type(model).__name__
        if index % 3 == 0: case(f"sklearn-{index}-{name}", {"model.pkl": pickle.dumps(model, index % 6)})
        else: case(f"sklearn-{index}-{name}", {"model.joblib": dumped(lambda path: joblib.dump(model, path, compress=index % 3 == 1))})
    case("sklearn-text", {"model.sav": pickle.dumps(pipeline.make_pipeline(feature_extraction.text.TfidfVectorizer(), naive_bayes.MultinomialNB()).fit(texts, y))})


def with_others():
    import numpy as np
    try:
        import pandas as pd
        frame = pd.DataFrame({"a": [1, 2], "b": ["x", "y"], "c": pd.to_datetime(["2020-01-01", "2021-01-01"]), "d": pd.Categorical(["u", "v"])})
        case("pandas-frame", {"frame.pkl": pickle.dumps(frame)})
        case("pandas-series", {"series.pkl": pickle.dumps(frame.set_index(["a", "b"])["c"], 4)})
    except ImportError: pass
    X = np.random.RandomState(0).normal(size=(60, 4)); y = (X[:, 0] > 0).astype(int)
    try:
        import xgboost
        model = xgboost.XGBClassifier(n_estimators=3).fit(X, y)
        case("xgboost-pickle", {"model.pkl": pickle.dumps(model)})
        case("xgboost-json", {"model.json": bytes(model.get_booster().save_raw("json")), "model.ubj": bytes(model.get_booster().save_raw())})
    except ImportError: pass
    try:
        import lightgbm
        model = lightgbm.LGBMClassifier(n_estimators=3, verbose=-1).fit(X, y)
        case("lightgbm-pickle", {"model.pkl": pickle.dumps(model)})
        case("lightgbm-text", {"model.txt": model.booster_.model_to_string().encode()})
    except ImportError: pass
    try:
        from safetensors.numpy import save
        case("safetensors", {"model.safetensors": save({"w": X.astype("f4")}, {"format": "np"})})
    except ImportError: pass
    try:
        from onnx import TensorProto, helper
        node = helper.make_node("Relu", ["x"], ["y"])
        graph = helper.make_graph([node], "g", [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 2])], [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 2])])
        case("onnx", {"model.onnx": helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8).SerializeToString()})
    except ImportError: pass
    layers = [{"module": "keras.layers", "class_name": "InputLayer", "config": {"batch_shape": [None, 4], "dtype": "float32", "name": "i"}, "registered_name": None},
              {"module": "keras.layers", "class_name": "Dense", "config": {"name": "d", "units": 2, "activation": "relu", "dtype": {"module": "keras", "class_name": "DTypePolicy", "config": {"name": "float32"}, "registered_name": None},
               "kernel_initializer": {"module": "keras.initializers", "class_name": "GlorotUniform", "config": {"seed": None}, "registered_name": None}}, "registered_name": None}]
    config = {"module": "keras", "class_name": "Sequential", "config": {"name": "s", "layers": layers}, "registered_name": None,
              "compile_config": {"optimizer": {"module": "keras.optimizers", "class_name": "Adam", "config": {}, "registered_name": None}, "loss": "mse"}}
    h5 = b""
    try:
        import h5py
        out = io.BytesIO()
        with h5py.File(out, "w") as f:
            f.create_dataset("layers/d/vars/0", data=np.zeros((4, 2)))
        h5 = out.getvalue()
        out = io.BytesIO()
        with h5py.File(out, "w") as f:
            f.attrs["model_config"] = json.dumps(config); f.attrs["keras_version"] = "2.15.0"; f.create_dataset("w", data=np.zeros(4))
        case("keras-h5", {"model.h5": out.getvalue()})
    except ImportError: pass
    try:
        import datetime, pandas, tables
        frame = pandas.DataFrame({"col_a": range(50), "block": [f"x{i}" for i in range(50)], "day": [datetime.date(2020, 1, 1)] * 50})
        for form, part in {"fixed": frame, "table": frame[["col_a", "block"]]}.items():
            with pandas.HDFStore("m.h5", "w", driver="H5FD_CORE", driver_core_backing_store=0) as store:
                store.put("frame", part, format=form)
                case(f"pandas-hdf5-{form}", {"data.h5": store._handle.get_file_image()})
    except ImportError: pass
    case("keras", {"model.keras": zipped([("metadata.json", b'{"keras_version": "3.0.0"}'), ("config.json", json.dumps(config).encode()), ("model.weights.h5", h5)])})
    case("keras-json", {"model.json": json.dumps(config).encode()})
    def text(value): data = value.encode(); return struct.pack("<Q", len(data)) + data
    template = "{% for m in messages %}{{ '<|' + m['role'] + '|>' + m['content'] | trim }}{% endfor %}{{ raise_exception('x') if not messages }}"
    case("gguf", {"model.gguf": b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + text("tokenizer.chat_template") + struct.pack("<I", 8) + text(template)})
    case("tokenizer", {"tokenizer_config.json": json.dumps({"chat_template": template}).encode(), "tokenizer.json": b"{}"})


def with_torch():
    import torch
    def saved(value, **kwargs):
        out = io.BytesIO(); torch.save(value, out, **kwargs); return out.getvalue()
    net = torch.nn.Sequential(torch.nn.Conv2d(1, 2, 3), torch.nn.BatchNorm2d(2), torch.nn.ReLU(), torch.nn.Flatten(), torch.nn.Linear(2, 2))
    net.eval()
    case("torch-state-dict", {"model.pt": saved(net.state_dict())})
    case("torch-state-dict-bin", {"pytorch_model.bin": saved(net.state_dict())})
    case("torch-legacy", {"model.pth": saved(net.state_dict(), _use_new_zipfile_serialization=False)})
    case("torch-6000", {"model.pt": saved({f"layer.{i}.weight": torch.zeros(1) for i in range(6000)})})
    case("torch-checkpoint", {"model.ckpt": saved({"epoch": 3, "state_dict": net.state_dict(), "optimizer": torch.optim.Adam(net.parameters()).state_dict(), "dtype": torch.float16, "shape": torch.Size([1]), "device": torch.device("cpu")})})
    case("torch-types", {"model.pt": saved({"h": torch.zeros(2, dtype=torch.bfloat16), "q": torch.quantize_per_tensor(torch.zeros(2), 0.1, 0, torch.qint8), "s": torch.eye(2).to_sparse(), "p": torch.nn.Parameter(torch.zeros(1)), "b": torch.zeros(1, dtype=torch.bool)})})
    case("torch-module", {"model.pt": saved(net)})
    case("torch-pickle", {"model.pkl": pickle.dumps(net.state_dict())})
    for name, module in {"script": torch.jit.script(net), "trace": torch.jit.trace(net, torch.zeros(1, 1, 3, 3))}.items():
        out = io.BytesIO(); torch.jit.save(module, out)
        case(f"torchscript-{name}", {"model.pt": out.getvalue()})


if __name__ == "__main__":
    out = sys.argv[1]
    os.makedirs(out, exist_ok=True)
    plain()
    for group in (with_numpy, with_sklearn, with_others, with_torch):
        try:
            group()
        except ImportError as error:
            print("left out:", group.__name__, error)
    write(out, CASES)
    print(len(CASES))
