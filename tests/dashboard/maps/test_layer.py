"""The data of the map layer."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.maps import folium_map
from dashboard.maps.javascript import dump_script_json
from dashboard.maps.layer import build_layer_data
from dashboard.maps.palette import COLOUR_BY, assign_categories
from dashboard.maps.places import FLAG_TEXTS, describe_doubt
from dashboard.sites.table import empty_table
from geocache.place import DOUBTFUL_FLAGS


def test_every_located_site_is_in_one_place_and_numbers_add_up(seed: pd.DataFrame) -> None:
    data = build_layer_data(seed)
    places, sites = data["places"], data["sites"]
    assert sum(places["sites"]) == len(sites["row"]) == 75
    assert sorted(sites["row"]) == list(seed.index)
    assert len(places["lat"]) == len(places["first"]) == 72
    for first, count in zip(places["first"], places["sites"], strict=True):
        rows = sites["row"][first : first + count]
        assert seed.loc[rows, ["latitude", "longitude"]].drop_duplicates().shape[0] == 1


def test_a_site_without_position_is_counted_in_its_country_but_not_drawn(
    seed: pd.DataFrame,
) -> None:
    table = seed.copy()
    table.loc[table.index[:4], ["latitude", "longitude"]] = None
    data = build_layer_data(table)
    assert len(data["sites"]["row"]) == 71
    assert sum(data["countries"].values()) == 75


def test_an_empty_table_draws_an_empty_layer() -> None:
    data = build_layer_data(empty_table())
    assert data["places"]["lat"] == []
    assert data["sites"]["row"] == []


def test_equal_data_gives_equal_layers_and_other_data_another_revision(seed: pd.DataFrame) -> None:
    assert build_layer_data(seed) == build_layer_data(seed.copy())
    assert build_layer_data(seed)["revision"] != build_layer_data(seed.iloc[:10])["revision"]


def test_regions_and_countries_are_areas_never_points(seed: pd.DataFrame) -> None:
    table = seed.iloc[:3].copy()
    table["precision"] = ["city", "region", "country"]
    assert sorted(build_layer_data(table)["places"]["area"]) == [0, 1, 1]


def test_a_doubtful_position_says_why(seed: pd.DataFrame) -> None:
    mallorca = seed[seed["city"] == "Mallorca"]
    assert "approximate" in build_layer_data(mallorca)["places"]["doubt"][0]


def test_every_doubtful_flag_has_words_and_no_other_flag() -> None:
    assert set(FLAG_TEXTS) == DOUBTFUL_FLAGS
    assert describe_doubt("placeholder_facility") == ""
    assert describe_doubt("ambiguous;outside_country") == (
        "another place of this name is possible; outside the country given"
    )


@pytest.mark.parametrize("colour_by", COLOUR_BY)
def test_categories_cover_every_row_and_differ_in_colour_and_shape(
    seed: pd.DataFrame, colour_by: str
) -> None:
    categories, codes = assign_categories(seed, colour_by)
    assert len(codes) == len(seed)
    assert all(0 <= code < len(categories) for code in codes)
    looks = [(c.colour, c.shape) for c in categories]
    assert len(set(looks)) == len(looks)


def test_more_trials_than_looks_share_the_last() -> None:
    table = empty_table().reindex(range(20))
    table["trial_id"] = [f"NCT{i:08d}" for i in range(20)]
    categories, codes = assign_categories(table, "trial")
    assert categories[-1].label == "8 others"
    assert len(categories) == 13
    assert set(codes) == set(range(13))


@given(st.recursive(st.text() | st.integers(), lambda inner: st.lists(inner, max_size=4)))
def test_json_for_scripts_reads_back_and_holds_no_pattern_to_act_on(value: object) -> None:
    written = dump_script_json(value)
    assert json.loads(written) == value
    for character in "<>&$`_/{}'":
        assert character not in written


def test_the_base_map_is_the_same_for_everyone() -> None:
    first, second = (folium_map.build_base_map() for _ in range(2))
    assert first is not second
    assert first.options == second.options
    urls = [
        url
        for part in (first, *first._children.values())
        for _, url in getattr(part, "default_js", [])
    ]
    assert urls
    assert all(url.startswith("/assets/") for url in urls)


@pytest.mark.parametrize("values", [3, 20])
def test_sites_without_a_value_look_like_none_that_has_one(values: int) -> None:
    texts = [f"Tier {n}" for n in range(values) for _ in range(values - n)]
    categories, codes = assign_categories(pd.DataFrame({"Tier": [*texts, ""]}), "field.Tier")
    looks = [(one.colour, one.shape) for one in categories]
    assert len(set(looks)) == len(looks)
    assert categories[codes[-1]].label == "Not stated"
    assert categories[codes[-1]].colour == "#8a8f98"


@pytest.mark.parametrize("size", [1, 2, 7, 1_001])
@pytest.mark.parametrize("decimals", [0, 12])
def test_steps_of_a_number_are_equally_many_sites(size: int, decimals: int) -> None:
    values = np.random.default_rng(size).normal(size=size).round(decimals)
    table = pd.DataFrame({"Weeks": np.append(values, np.nan)})
    categories, codes = assign_categories(table, "field.Weeks")
    edges = np.unique(np.quantile(values, np.linspace(0, 1, 6)))
    expected = np.searchsorted(edges[1:-1], values, side="right")
    assert codes.tolist() == [*expected.tolist(), len(categories) - 1]
    assert len(categories) == max(len(edges), 2)
    categories.clear()
    assert assign_categories(table, "field.Weeks")[0], "what is remembered is not the caller's"
