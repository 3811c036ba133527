"""A report as PowerPoint slides: the map, a native chart and table of countries, the sites."""

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.enum.text import MSO_ANCHOR
from pptx.util import Emu, Inches, Pt

from dashboard.reports.picture import PictureFormat, draw_picture
from dashboard.reports.report import TABLE_COLUMNS, Report

CHART_COUNTRIES = 15
ROWS_A_SLIDE = 12
_HEADERS = {"trial_id": "Trial"}
_WIDTHS = {"facility": 2.6, "city": 1.3}
"""Of a table's columns, beside others of 1."""
_TITLE_ONLY = 5
"""The layout of the default template, and of most, that has a title and room below it."""
_FIXED_DATE = (1980, 1, 1, 0, 0, 0)


def draw_slides(report: Report, form: PictureFormat, template: Path | None = None) -> bytes:
    """The slides as a file; equal reports give equal bytes.

    Args:
        report: what to show.
        form: the theme and resolution of the map.
        template: a presentation whose master, layouts and size are used; the slides of 16:9 of the
            library's own if there is none.

    Raises:
        ValueError: the template is no presentation.
    """
    deck = _open_template(template)
    picture = draw_picture(
        report, PictureFormat("png", "wide", form.theme, form.dpi, on_slide=True)
    )
    slide = _add_slide(deck, report.title)
    _add_picture(deck, slide, picture, report)
    slide = _add_slide(deck, "Sites per country")
    _add_countries(deck, slide, report)
    if report.trial_rows:
        slide = _add_slide(deck, "Trial record")
        _add_table(deck, slide, ("Trial", report.title), report.trial_rows, widths=(1, 4))
    headers, rows = _drop_empty_columns(report.site_rows)
    pages = [rows[start : start + ROWS_A_SLIDE] for start in range(0, len(rows), ROWS_A_SLIDE)]
    for number, page in enumerate(pages, start=1):
        title = report.site_title
        title += f" ({number} of {len(pages)})" if len(pages) > 1 else ""
        widths = [_WIDTHS.get(name, 1) for name in headers]
        names = [_HEADERS.get(name, name.capitalize()) for name in headers]
        _add_table(deck, _add_slide(deck, title), names, page, widths=widths)
    notes = "\n".join(
        part
        for part in (report.link, report.filter_text, f"As of {report.as_of}", *report.credits)
        if part
    )
    for slide in deck.slides:
        slide.notes_slide.notes_text_frame.text = notes
    file = io.BytesIO()
    deck.save(file)
    return _fix_dates(file.getvalue())


def _drop_empty_columns(
    rows: Sequence[Sequence[str]],
) -> tuple[list[str], list[tuple[str, ...]]]:
    """The names of the columns in which some row says something, and the rows with those alone."""
    kept = [number for number in range(len(TABLE_COLUMNS)) if any(row[number] for row in rows)]
    return [TABLE_COLUMNS[number] for number in kept], [tuple(row[n] for n in kept) for row in rows]


def _open_template(template: Path | None) -> Any:
    if template is None:
        deck = Presentation()
        deck.slide_width, deck.slide_height = Inches(13.333), Inches(7.5)
        return deck
    try:
        return Presentation(str(template))
    except Exception as error:
        raise ValueError(f"{template} is no PowerPoint presentation: {error}") from error


def _add_slide(deck: Any, title: str) -> Any:
    layouts = deck.slide_layouts
    layout = layouts[_TITLE_ONLY] if len(layouts) > _TITLE_ONLY else layouts[-1]
    slide = deck.slides.add_slide(layout)
    if slide.shapes.title is not None:
        shape = slide.shapes.title
        shape.left, shape.top = Inches(0.5), Inches(0.3)
        shape.width, shape.height = deck.slide_width - Inches(1.0), Inches(0.95)
        shape.text = title
        for paragraph in shape.text_frame.paragraphs:
            paragraph.font.size = Pt(26 if len(title) < 80 else 20)
            paragraph.alignment = 1
    for shape in list(slide.placeholders):
        if shape.placeholder_format.idx and not shape.has_text_frame:
            continue
        if shape.placeholder_format.idx and not shape.text_frame.text:
            shape._element.getparent().remove(shape._element)  # noqa: SLF001 - an empty box
    return slide


def _add_picture(deck: Any, slide: Any, picture: bytes, report: Report) -> None:
    width = deck.slide_width - Inches(1.0)
    shown = slide.shapes.add_picture(io.BytesIO(picture), Inches(0.5), Inches(1.65), width=width)
    room = deck.slide_height - shown.top - Inches(0.1)
    if shown.height > room:
        shown.width, shown.height = Emu(int(shown.width * room / shown.height)), Emu(int(room))
    largest = ", ".join(f"{name} {number:,}" for name, number in report.country_rows[:5])
    about = f"Map of {', '.join(report.figures)}. Most sites: {largest or 'none'}."
    shown._element._nvXxPr.cNvPr.set("descr", about)  # noqa: SLF001 - the library has no setter
    box = slide.shapes.add_textbox(Inches(0.5), Inches(1.2), width, Inches(0.4))
    known = [*report.figures, report.filter_text, f"as of {report.as_of}" if report.as_of else ""]
    box.text_frame.text = " · ".join(part for part in known if part)
    box.text_frame.word_wrap = True
    box.text_frame.paragraphs[0].font.size = Pt(13)


def _add_countries(deck: Any, slide: Any, report: Report) -> None:
    rows = list(report.country_rows[:CHART_COUNTRIES])
    rest = sum(number for _, number in report.country_rows[CHART_COUNTRIES:])
    if rest:
        rows.append((f"{len(report.country_rows) - CHART_COUNTRIES} more", rest))
    half = int((deck.slide_width - Inches(1.2)) / 2)
    top, height = Inches(1.4), deck.slide_height - Inches(1.7)
    if not rows:
        box = slide.shapes.add_textbox(Inches(0.5), top, half, Inches(0.5))
        box.text_frame.text = "No site matches this filter."
        return
    data = CategoryChartData()  # type: ignore[no-untyped-call]
    data.categories = [name for name, _ in reversed(rows)]
    data.add_series("Sites", [number for _, number in reversed(rows)])  # type: ignore[no-untyped-call]
    chart = slide.shapes.add_chart(
        XL_CHART_TYPE.BAR_CLUSTERED, Inches(0.5), top, half, height, data
    ).chart
    chart.has_legend = False
    chart.has_title = False
    plot = chart.plots[0]
    plot.gap_width = 40
    plot.has_data_labels = True
    plot.data_labels.font.size = Pt(10)
    chart.value_axis.visible = False
    chart.value_axis.has_major_gridlines = False
    chart.category_axis.tick_labels.font.size = Pt(10)
    _add_table(
        deck,
        slide,
        ["Country", "Sites"],
        [(name, f"{number:,}") for name, number in rows],
        left=Inches(0.7) + half,
        width=half,
        widths=(3, 1),
    )


def _add_table(
    deck: Any,
    slide: Any,
    headers: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    left: int | None = None,
    width: int | None = None,
    widths: Sequence[float] = (),
) -> None:
    """Add a table; ``widths`` are those of its columns beside each other, equal if empty."""
    left = Inches(0.5) if left is None else left
    width = deck.slide_width - Inches(1.0) if width is None else width
    height = Inches(0.34) * (len(rows) + 1)
    table = slide.shapes.add_table(
        len(rows) + 1, len(headers), left, Inches(1.4), width, height
    ).table
    for column, share in enumerate(widths):
        table.columns[column].width = Emu(int(width * share / sum(widths)))
    for column, header in enumerate(headers):
        _fill_cell(table.cell(0, column), header)
    for number, row in enumerate(rows, start=1):
        for column, text in enumerate(row):
            _fill_cell(table.cell(number, column), text[:300])


def _fill_cell(cell: Any, text: str) -> None:
    cell.text = text
    cell.margin_top = cell.margin_bottom = Inches(0.02)
    cell.vertical_anchor = MSO_ANCHOR.MIDDLE
    for paragraph in cell.text_frame.paragraphs:
        paragraph.font.size = Pt(10)


def _fix_dates(data: bytes) -> bytes:
    """The same package with one date for all its parts, so that equal slides are equal bytes."""
    fixed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(fixed, "w") as target:
        for part in source.infolist():
            info = zipfile.ZipInfo(part.filename, _FIXED_DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(info, source.read(part.filename))
    return fixed.getvalue()
