"""Models of more libraries, each left out where it is not installed, and plain values: python3 harmless_libraries.py OUT."""
import argparse, calendar, datetime, decimal, ipaddress, os, pickle, sys, zoneinfo

from harmless import CASES, case
from malicious import write

LOADING = "import os\nimport {0}\n\nmodel = None\n\n\ndef handle(data, context):\n    global model\n    if model is None:\n        folder = context.system_properties.get('model_dir')\n        model = {1}\n    if data is None:\n        return None\n    return [str(model)[:80] for _ in data]\n"
PICKLED = LOADING.format("pickle", "pickle.load(open(os.path.join(folder, 'm.pkl'), 'rb'))")


def pickled(name, model, protocol=4):
    case(f"library-{name}", {"m.pkl": pickle.dumps(model, protocol), "h.py": PICKLED.encode()})


def plain():
    values = [zoneinfo.ZoneInfo("UTC"), decimal.Context(), ipaddress.ip_network("10.0.0.0/8"), argparse.Namespace(lr=0.1), type(None), calendar.MONDAY, datetime.timezone.utc, len, max]
    for protocol in (2, 3, 4, 5): pickled(f"plain-{protocol}", values, protocol)
    case("extern-modules", {"m/.data/extern_modules": b"collections\ntorch._utils\nos\n"})
    case("texts-with-braces", {"README.md": b"Call `model.__init__`.\n\n```\n{% if '__init__' in methods %}{{ name }}{% endif %}\n```\n", "page.html": b"<p>{{ user.name }}</p>", "data.csv": b"id,128, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14\n"})


def libraries():
    import numpy as np
    rng = np.random.default_rng(0)
    x = rng.normal(size=(60, 4))
    y = (x[:, 0] > 0).astype(int)

    def hmmlearn():
        from hmmlearn import hmm
        return hmm.GaussianHMM(2, n_iter=5).fit(x)

    def gensim():
        from gensim.models import FastText
        return FastText([["a", "b"], ["b", "c"]] * 5, vector_size=4, min_count=1, bucket=50)

    def lifelines():
        from lifelines import KaplanMeierFitter
        return KaplanMeierFitter().fit(np.abs(x[:, 0]), y)

    def nltk():
        from nltk.probability import FreqDist
        from nltk.stem import SnowballStemmer
        return [FreqDist("hello"), SnowballStemmer("english")]

    def feature_engine():
        import pandas as pd
        from feature_engine.imputation import MeanMedianImputer
        return MeanMedianImputer(variables=["a"]).fit(pd.DataFrame({"a": x[:, 0]}))

    def tslearn():
        from tslearn.clustering import TimeSeriesKMeans
        return TimeSeriesKMeans(2, max_iter=2).fit(x)

    def sktime():
        import pandas as pd
        from sktime.forecasting.naive import NaiveForecaster
        return NaiveForecaster().fit(pd.Series(x[:, 0], index=pd.period_range("2020-01", periods=60, freq="M")))

    def hdbscan():
        import hdbscan
        return hdbscan.HDBSCAN(min_cluster_size=5).fit(x)

    def skimage():
        from skimage.transform import AffineTransform
        return AffineTransform(scale=(2, 2))

    def tokenizers():
        from tokenizers import Tokenizer, models
        return Tokenizer(models.BPE())

    def category_encoders():
        import category_encoders as ce, pandas as pd
        return ce.TargetEncoder(cols=["c"]).fit(pd.DataFrame({"c": list("abc") * 20}), y)

    def catboost():
        from catboost import CatBoostClassifier
        return CatBoostClassifier(iterations=2, verbose=0, allow_writing_files=False).fit(x, y)

    def imblearn():
        from imblearn.ensemble import BalancedRandomForestClassifier
        return BalancedRandomForestClassifier(n_estimators=2).fit(x, y)

    def pandas():
        import pandas as pd
        return pd.DataFrame({"t": pd.to_datetime(["2020-01-01"]).tz_localize("Europe/Berlin"), "p": pd.period_range("2020", periods=1, freq="Q")})

    for make in (hmmlearn, gensim, lifelines, nltk, feature_engine, tslearn, sktime, hdbscan, skimage, tokenizers, category_encoders, catboost, imblearn, pandas):
        try: pickled(make.__name__, make())
        except ImportError as error: print("left out:", error)


if __name__ == "__main__":
    out = sys.argv[1]
    os.makedirs(out, exist_ok=True)
    plain()
    try: libraries()
    except ImportError as error: print("left out:", error)
    write(out, CASES)
    print(len(CASES))
