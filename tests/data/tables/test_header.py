"""Whether the first row names the columns, whatever stands in it."""

import pytest

from gradatim.data.loading import load_data
from gradatim.data.sources.source import source_of
from gradatim.data.tables.reading import read_table


def load_like(data, first):
    return source_of(data).like(data, first)


def names_of(text, **how):
    return list(read_table(text.encode(), **how).columns)


@pytest.mark.parametrize(
    ("head", "rows"),
    [
        ("town,2021,2022,total", ["a,0,0,0", "b,1,2,3", "c,2,4,6"]),
        ("2021,2022,total", ["0,0,0", "1,2,3", "2,4,6"]),
        ("1,2,3,label", ["0.1,0.2,0.3,5", "0.2,0.1,0.5,6"]),
        ("town,2021-01-01,2021-02-01", ["a,0,0", "b,1,2", "c,2,4"]),
        ("id,0.5,0.75", ["1,3,4", "2,5,6"]),
        ("name,$100,total", ["a,1,2", "b,3,4"]),
        ("country,1990,2000,2010", ["France,56.7,59.0,62.8", "Spain,38.9,40.6,46.6"]),
        (",1990,1991", ["a,3,4", "b,5,6"]),
        ("when,what", ["2024-01-01,a", "2024-01-02,a"]),
        ("price,kind", ["$5,a", "$6,a"]),
    ],
)
def test_a_text_above_numbers_is_a_name_whatever_stands_beside_it(head, rows):
    named = [name or "column 1" for name in head.split(",")]
    assert names_of("\n".join([head, *rows])) == named


@pytest.mark.parametrize(
    "rows",
    [
        ["1,2,3", "4,5,6", "7,8,9"],
        ["39,>50K", "50,<=50K"],
        ["NA,3.5", "1.2,3.6", "1.3,3.7"],  # a missing value is no name
        ["?,2,b", "1.2,3,b", "1.3,4,a"],
        ["2024-01-01,a", "2024-01-02,b", "2024-01-03,a"],
        ["$100,a", "$200,b", "$150,a"],
        ['"1,5",a', '"2,5",b', '"3,5",a'],
        ["Smith,1980,2020", "Doe,1950,2001", "Roe,1930,1999"],  # years above years
        ["red,5,x", "blue,6,x", "red,7,x"],
    ],
)
def test_a_value_is_no_name(rows):
    table = read_table("\n".join(rows).encode())
    assert (next(iter(table.columns)), len(table)) == ("column 1", len(rows))


def test_a_target_in_the_first_row_makes_it_a_header(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("2020,2021\n" + "".join(f"{i * 7 % 11},{i * 5 % 13 / 2}\n" for i in range(40)))
    assert load_data(path).features == ("column 1", "column 2")
    found = load_data(path, "2021")
    assert (len(found), found.features, found.task) == (40, ("2020",), "regression")
    (tmp_path / "b.csv").write_text("2020\n3\n")
    later = load_like(tmp_path / "b.csv", found)
    assert later.x.tolist() == [[3.0]]


def test_sixty_rows_of_towns_and_years(tmp_path):
    path = tmp_path / "t.csv"
    rows = [f"{'abc'[i % 3]},{i * 7 % 13},{2 * i},{i * 7 % 13 + 2 * i}" for i in range(60)]
    path.write_text("\n".join(["town,2021,2022,total", *rows]) + "\n")
    found = load_data(path, "total")
    assert (len(found), found.features, found.task) == (60, ("town", "2021", "2022"), "regression")
    assert found.y.tolist() == [i * 7 % 13 + 2 * i for i in range(60)]
