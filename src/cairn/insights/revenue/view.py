"""Revenue for a reader: what moved it, what is kept, or what customers are worth."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import get_args

from cairn.insights.chart import (
    Chart,
    Line,
    Lines,
    Matrix,
    MatrixCell,
    MatrixGroup,
    MatrixRow,
    Unit,
)
from cairn.insights.revenue.spec import (
    Movement,
    RevenueCohort,
    RevenueMonth,
    RevenuePoint,
    RevenueResult,
    RevenueSpec,
)
from cairn.insights.unfinished import first_unfinished
from cairn.insights.view import Cell, Column, Table, View, counted, plural
from cairn.query.periods import Calendar, Span, buckets

DOCS = "/docs/insights/revenue"
MOVEMENTS: tuple[Movement, ...] = get_args(Movement)
_DOWN = ("contraction", "churn")

Read = Callable[[RevenueMonth], float | None]
_COLUMNS: dict[str, tuple[tuple[str, Unit, Read], ...]] = {
    "mrr": (
        ("MRR", "number", lambda month: month.mrr),
        ("Customers", "count", lambda month: month.customers),
        ("Revenue", "number", lambda month: month.revenue),
        ("Payers", "count", lambda month: month.payers),
    ),
    "retention": (
        ("NRR", "share", lambda month: month.nrr),
        ("GRR", "share", lambda month: month.grr),
        ("Customer churn", "share", lambda month: month.churn_rate),
        ("Customers lost", "count", lambda month: month.churned),
    ),
    "arpu": (
        ("MRR per customer", "number", lambda month: month.arpu),
        ("Revenue per payer", "number", lambda month: month.arppu),
        ("Lifetime value", "number", lambda month: month.ltv),
    ),
}
_OPENS = {
    "MRR": "mrr",
    "Customers": "mrr",
    "MRR per customer": "mrr",
    "Revenue": "payers",
    "Payers": "payers",
    "Revenue per payer": "payers",
    "Customer churn": "churned",
    "Customers lost": "churned",
}


def view(spec: RevenueSpec, result: RevenueResult, span: Span, calendar: Calendar) -> View:
    """Show movements as bars that stand on each other, cohorts as a matrix, all else as lines."""
    open_from = first_unfinished(buckets(span, "month", calendar), span, calendar)
    return View(
        sentence=_sentence(spec, result),
        chart=_chart(spec, result, open_from),
        table=_cohort_table(result) if spec.show == "ltv" else _table(spec, result),
        notes=_notes(spec, result),
        docs=DOCS,
    )


def _sentence(spec: RevenueSpec, result: RevenueResult) -> str:
    last = result.series[-1]
    if spec.show == "ltv":
        customers = sum(cohort.customers for cohort in result.cohorts)
        paid = sum(cohort.revenue[-1] for cohort in result.cohorts)
        if not customers:
            return "Nobody paid for the first time in this period."
        return f"{counted(customers, spec.actor)} first paid in this period: {paid / customers:,.2f} each so far."
    before = result.series[-2].mrr if len(result.series) > 1 else result.opening
    text = f"MRR is {last.mrr:,.2f} from {plural(last.customers, 'customer', 'customers')}"
    if before:
        text += f", {last.mrr / before - 1:+.1%} against the month before"
    return text + "."


def _notes(spec: RevenueSpec, result: RevenueResult) -> tuple[str, ...]:
    length = plural(spec.expires.count, spec.expires.unit, f"{spec.expires.unit}s")
    notes = [f"A subscription ends {length} after its last payment, or its last month paid for."]
    if spec.currency is not None:
        notes.append(f"All amounts are in {spec.base}.")
    if result.without_rate:
        left_out = plural(result.without_rate, "payment is", "payments are")
        notes.append(f"{left_out} left out: the currency has no rate on that day.")
    return tuple(notes)


def _chart(spec: RevenueSpec, result: RevenueResult, open_from: int | None) -> Chart:
    if spec.show == "ltv":
        return _matrix(result, open_from)
    lines = (
        [_movement(result, way) for way in MOVEMENTS]
        if spec.show == "movements"
        else [
            _line(result, label, unit, read)
            for label, unit, read in _COLUMNS[spec.show]
            if unit != "count"
        ]
    )
    return Lines(
        interval="month",
        stacked=spec.show == "movements",
        times=result.months,
        lines=tuple(lines),
        partial_from=open_from,
    )


def _movement(result: RevenueResult, way: Movement) -> Line:
    moved = [getattr(month, way) for month in result.series]
    return Line(
        label=way.capitalize(),
        values=tuple(_signed(way, m.amount) for m in moved),
        total=None,
        points=tuple(
            RevenuePoint(of=way, month=i) if m.persons else None for i, m in enumerate(moved)
        ),
        total_point=None,
        unit="number",
    )


def _signed(way: Movement, amount: float) -> float:
    return -amount if way in _DOWN and amount else amount


def _line(result: RevenueResult, label: str, unit: Unit, read: Read) -> Line:
    opens = _OPENS.get(label)
    return Line(
        label=label,
        values=tuple(read(month) for month in result.series),
        total=None,
        points=tuple(
            RevenuePoint.model_validate({"of": opens, "month": i}) if opens else None
            for i in range(len(result.series))
        ),
        total_point=None,
        unit=unit,
    )


def _matrix(result: RevenueResult, open_from: int | None) -> Matrix:
    months = len(result.months)
    rows = tuple(_row(result, cohort, open_from) for cohort in result.cohorts)
    return Matrix(
        interval="month",
        unit="number",
        columns=tuple(f"Month {d}" for d in range(months)),
        groups=(
            MatrixGroup(
                label="Everyone",
                average=tuple(_average(rows, d) for d in range(months)),
                rows=rows,
            ),
        ),
    )


def _row(result: RevenueResult, cohort: RevenueCohort, open_from: int | None) -> MatrixRow:
    return MatrixRow(
        label=result.months[cohort.month],
        size=cohort.customers,
        cells=tuple(
            MatrixCell(
                share=None,
                value=_each(cohort, d),
                persons=cohort.customers,
                complete=open_from is None or cohort.month + d < open_from,
                point=RevenuePoint(of="cohort", month=cohort.month),
            )
            for d in range(len(cohort.revenue))
        ),
    )


def _average(rows: Sequence[MatrixRow], column: int) -> float | None:
    """Return what a customer of the cohorts with a complete cell has paid on average."""
    cells = [row.cells[column] for row in rows if column < len(row.cells)]
    whole = [cell for cell in cells if cell.complete and cell.persons]
    customers = sum(cell.persons for cell in whole)
    paid = sum((cell.value or 0.0) * cell.persons for cell in whole)
    return paid / customers if customers else None


def _each(cohort: RevenueCohort, later: int) -> float | None:
    return cohort.revenue[later] / cohort.customers if cohort.customers else None


def _table(spec: RevenueSpec, result: RevenueResult) -> Table:
    if spec.show == "movements":
        columns: list[tuple[str, Unit]] = [("MRR", "number")]
        columns += [(way.capitalize(), "number") for way in MOVEMENTS]
        rows = [
            (month.mrr, *(_signed(way, getattr(month, way).amount) for way in MOVEMENTS))
            for month in result.series
        ]
        return _monthly(result, columns, rows)
    shown = _COLUMNS[spec.show]
    return _monthly(
        result,
        [(label, unit) for label, unit, _ in shown],
        [tuple(read(month) for _, _, read in shown) for month in result.series],
    )


def _monthly(
    result: RevenueResult,
    columns: Sequence[tuple[str, Unit]],
    rows: Sequence[tuple[Cell, ...]],
) -> Table:
    named = [Column(key="month", label="Month", unit="time")]
    named += [
        Column(key=label.lower().replace(" ", "_"), label=label, unit=unit)
        for label, unit in columns
    ]
    return Table(
        columns=tuple(named),
        rows=tuple((time, *row) for time, row in zip(result.months, rows, strict=True)),
    )


def _cohort_table(result: RevenueResult) -> Table:
    months = len(result.months)
    columns = [
        Column(key="month", label="First payment", unit="time"),
        Column(key="customers", label="Customers", unit="count"),
    ]
    columns += [Column(key=f"month_{d}", label=f"Month {d}", unit="number") for d in range(months)]
    rows: list[tuple[Cell, ...]] = []
    for cohort in result.cohorts:
        cells = [_each(cohort, d) for d in range(len(cohort.revenue))]
        missing = [None] * (months - len(cells))
        rows.append((result.months[cohort.month], cohort.customers, *cells, *missing))
    return Table(columns=tuple(columns), rows=tuple(rows))
