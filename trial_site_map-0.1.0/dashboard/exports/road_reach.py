"""The dataset ``reach`` with minutes by road instead of estimated ones."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd

from dashboard.exports.datasets import Dataset
from dashboard.reach.road_times import RoadTimes
from geocache.providers.routing import RoutingProvider


def use_road_times(
    dataset: Dataset, measure: Callable[[pd.DataFrame, float], RoadTimes]
) -> Dataset:
    """The dataset with road times; its notes say what a routing server did not answer.

    Args:
        dataset: ``reach``.
        measure: gives the road times of some sites, for so many minutes at most.
    """
    measured: list[RoadTimes] = []

    def build(sites: pd.DataFrame, **options: Any) -> pd.DataFrame:
        measured[:] = [measure(sites, max(options["within_min"]))]
        return dataset.build(sites, **options, road=measured[0])

    def describe(sites: pd.DataFrame, **options: Any) -> str:
        assert dataset.describe_method is not None  # noqa: S101 - that of reach
        return dataset.describe_method(sites, **options, road=measured[0])

    def list_notes(sites: pd.DataFrame, **options: Any) -> list[str]:
        others = dataset.list_notes(sites, **options) if dataset.list_notes else []
        fault = measured[0].describe_faults()
        return [*others, *([fault] if fault else [])]

    return replace(
        dataset,
        build=build,
        describe_method=describe,
        list_notes=list_notes,
        credits=(*dataset.credits, RoutingProvider.attribution),
    )
