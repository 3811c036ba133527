"""Decisions on the page: made, noted, undone, downloaded, and shown to nobody else."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.errors import UploadError
from dashboard.library import decision_file
from dashboard.page import main
from dashboard.service.service import Service
from dashboard.sites.decisions import Decision, SiteKey
from dashboard.web.downloads import build_owner

LIST = b"facility,city,country\nSecret Clinic,Graz,Austria\nOther Clinic,Linz,Austria\n"
HOSTILE = "=HYPERLINK(1) <img src=x> `${x}` **bold**"


def test_a_person_decides_and_takes_it_back(running: Service) -> None:
    owner = build_owner("ann", "")
    running.uploads.add(owner, LIST, "mine.csv")
    ann, ben = (AppTest.from_file(main.__file__, default_timeout=60) for _ in range(2))
    for name, page in (("ann", ann), ("ben", ben)):
        page.session_state["cookie"] = name
    ann.session_state["selected_sites"] = (75, 76)
    ann.run()
    assert "**2 sites selected**" in texts(ann)
    ann.button(key="decide_shortlisted").click().run()
    ann.text_input(key="decision_note").set_value(HOSTILE).run()
    assert not ann.exception
    made = running.uploads.decisions(owner)
    assert [(one.site.facility, one.decision, one.note, one.rank) for one in made] == [
        ("Secret Clinic", "shortlisted", HOSTILE, 1),
        ("Other Clinic", "shortlisted", HOSTILE, 2),
    ]
    assert ann.dataframe[0].value["decision"].tolist()[-2:] == ["shortlisted"] * 2
    assert any("**Shortlisted**: =HYPERLINK\\(1\\) \\<img" in text for text in texts(ann))
    assert "Shortlisted (2)" in ann.segmented_control(key="download_rows").options
    ann.query_params["decision"] = "shortlisted"
    ben.run()
    assert not [text for text in texts(ben) if "Secret" in text or "hortlisted" in text]
    ann.button(key="undo_decision").click().run()
    ann.button(key="undo_decision").click().run()
    assert running.uploads.decisions(owner) == ()
    assert not [text for text in texts(ann) if "hortlisted" in text]


def test_what_cannot_be_stored_is_refused_and_nothing_is_lost(
    opened: Callable[[], Service], data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SITE_MAP_DATA", str(data_folder))
    decisions = opened().viewer("ann").decisions
    sites = [SiteKey(facility=f"Clinic {n}") for n in range(3)]
    decisions.decide(sites, "on hold")
    with pytest.raises(UploadError, match="2,000 characters"):
        decisions.write_note(sites, "x" * 2_001)
    monkeypatch.setattr("dashboard.library.own_lists.session_records.MAX_DECISIONS", 3)
    with pytest.raises(UploadError, match="more than 3 sites"):
        decisions.decide([SiteKey(facility="one more")], "declined")
    assert [one.decision for one in decisions.all()] == ["on hold"] * 3
    (file,) = (data_folder / "lists").glob("*/decisions.jsonl")
    file.write_bytes(file.read_bytes() + b'{"site": 1}\nnonsense\n')
    assert len(decisions.all()) == 3
    assert decision_file.read_decisions(file.parent)[0] == Decision(
        sites[0], "on hold", decided_at=decisions.all()[0].decided_at
    )


def texts(page: AppTest) -> list[str]:
    return [str(one.value) for one in page.markdown]
