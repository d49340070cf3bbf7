// The four rows of a quad side by side. Defines Rows and load_rows (of a unit), SpanRows and span_rows (of its span `s`).
// Expects Row, load_row, SpanRow and span_row (lib/dense_*, lib/sparse24_*).
struct Rows {
  row0: Row,
  row1: Row,
  row2: Row,
  row3: Row,
}

struct SpanRows {
  row0: SpanRow,
  row1: SpanRow,
  row2: SpanRow,
  row3: SpanRow,
}

fn load_rows(unit: u32, quad: u32) -> Rows {
  return Rows(
    load_row(unit, 0u, quad),
    load_row(unit, 1u, quad),
    load_row(unit, 2u, quad),
    load_row(unit, 3u, quad),
  );
}

fn span_rows(rows: Rows, s: u32) -> SpanRows {
  return SpanRows(
    span_row(rows.row0, s),
    span_row(rows.row1, s),
    span_row(rows.row2, s),
    span_row(rows.row3, s),
  );
}
