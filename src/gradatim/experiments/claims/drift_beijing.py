"""The air of Beijing by its weather: a model over four years (G10)."""

from collections.abc import Sequence

import numpy as np

from gradatim.data.fetching import fetch
from gradatim.experiments.claim import Claim, Measures, Sizes, Threshold
from gradatim.experiments.lines import mean_of, panel_of_lines
from gradatim.explain.charts.chart import Chart
from gradatim.random import permutation
from gradatim.transfer.density_ratio import ratio_weights

FILE, SHA256 = "pollution.csv", "892e9559205d16d32623135c127a3951c12e46ea1e0b3093e107ce89a9fd60e2"
URLS = (f"https://raw.githubusercontent.com/jbrownlee/Datasets/master/{FILE}",)
YEAR, MONTHS = 12, 60
MODELS = {
    "once": "fitted once, on 2010", "reweighted": "2010 reweighted", "refitted": "refitted, last 12 months",
    "latest": "refitted, last month",
}  # fmt: skip
TINY = 1e-6  # added to the diagonal, so that a wind that never blew leaves the equations solvable


class DriftBeijing(Claim):
    """A linear model of the air's particles by the weather, month after month (Liang et al. 2015).

        log(1 + PM2.5) ~ dew point, temperature, pressure, log wind, its direction, hour of the day

    It is fitted once, on 2010; or on 2010 with weights p_month(x)/p_2010(x), for which a month's weather is
    enough; or on the twelve months before, or the month before, with what was measured.
    """

    title = "The air of Beijing: what reweighting mends"
    claim = (
        "Examples of 2010 reweighted for a month's weather lower the error of the years after, as far as "
        "refitting on the twelve months before does; refitting on the month before alone raises it."
    )
    data = "hourly PM2.5 and weather of Beijing 2010 to 2014 (41,757 hours); each seed draws hours of 2010"
    measure = (
        "squared error of log(1 + PM2.5) of a linear model in every second month of 2011 to 2014, as a ratio "
        "to that of the model fitted once; weights by logistic regression of 2010 against the month"
    )
    thresholds = (
        Threshold("ratio_reweighted", "reweighted, error over that of fitted once", "≤", 0.95),
        Threshold("ratio_refitted", "refitted on 12 months, the same", "≤", 0.95),
        Threshold("ratio_latest", "refitted on the month before, the same", "≥", 1.1),
    )
    sizes = Sizes(default={"early": 3000, "every": 2}, full={"early": 8000, "every": 1})

    def run(self, seed: int, early: int, every: int) -> Measures:
        """Go through the months; the weights are of `early` hours of 2010."""
        x, y, month = _air()
        first = np.flatnonzero(month < YEAR)
        some = np.sort(first[permutation(seed, "beijing", len(first))[:early]])
        once = _fit(x[some], y[some])
        errors: dict[str, list[float]] = {name: [] for name in MODELS}
        for now in range(YEAR, MONTHS, every):
            there = month == now
            year, last = (month >= now - YEAR) & ~(month >= now), month == now - 1
            weights = ratio_weights(x[some], x[there], "logistic")
            models = {
                "once": once, "reweighted": _fit(x[some], y[some], weights),
                "refitted": _fit(x[year], y[year]), "latest": _fit(x[last], y[last]),
            }  # fmt: skip
            for name, coefficients in models.items():
                errors[name].append(float(((_with_one(x[there]) @ coefficients - y[there]) ** 2).mean()))
        means = {name: float(np.mean(error)) for name, error in errors.items()}
        ratios = {f"ratio_{name}": mean / means["once"] for name, mean in means.items() if name != "once"}
        return {**ratios, **errors, "months": list(range(YEAR + 1, MONTHS + 1, every))}

    def chart(self, results: Sequence[Measures]) -> Chart:
        """The error up to each month, summed, over the months: a line that is steeper errs more."""
        months = np.array(results[0]["months"])
        lines = {words: (months, np.cumsum(mean_of(results, name))) for name, words in MODELS.items()}
        words = "summed squared error over the months of four models"
        panel = panel_of_lines("month since 2010 began", "squared error, summed", lines, words)
        return Chart(self.title, (panel,))


def _air() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Weather (N, 9), log(1 + PM2.5) (N,) and months since January 2010 (N,), of hours with all of it."""
    import polars as pl

    path = fetch("timeseries", FILE, SHA256, URLS)
    table = pl.read_csv(path, null_values="NA", infer_schema_length=None).drop_nulls()
    hour = table["hour"].to_numpy() * (2 * np.pi / 24)
    winds = [(table["cbwd"] == one).cast(pl.Float64) for one in ("NW", "NE", "SE")]
    columns = [table["DEWP"], table["TEMP"], table["PRES"], np.log1p(table["Iws"].to_numpy())]
    x = np.stack([*columns, np.sin(hour), np.cos(hour), *winds], 1).astype(np.float64)
    month = (table["year"] - 2010) * YEAR + table["month"] - 1
    return x, np.log1p(table["pm2.5"].to_numpy().astype(np.float64)), month.to_numpy()


def _with_one(x: np.ndarray) -> np.ndarray:
    return np.concatenate([x, np.ones((len(x), 1))], 1)


def _fit(x: np.ndarray, y: np.ndarray, weights: np.ndarray | None = None) -> np.ndarray:
    """Coefficients with the least (weighted) squared error, the constant last."""
    A = _with_one(x)
    weighed = A if weights is None else weights[:, None] * A
    return np.linalg.solve(A.T @ weighed + TINY * np.eye(A.shape[1]), weighed.T @ y)
