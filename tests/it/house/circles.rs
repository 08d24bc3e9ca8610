//! Today's circles.

/// Files of one room that all need each other, and how many imports between them make it so. The list may
/// only become shorter: what is gone is struck out, a number may fall, nothing new is written in.
pub(super) const CIRCLES: &[(usize, &str)] = &[
    (5, "engine/stream.rs engine/stream_merge.rs engine/stream_part.rs"),
    (2, "indicator/breakdown.rs indicator/record.rs"),
    (2, "pipeline/decoded.rs pipeline/wave.rs"),
    (2, "pipeline/estimates.rs pipeline/trend.rs"),
    (
        22,
        "raw/scan/cell.rs raw/scan/columnar.rs raw/scan/lexicon.rs raw/scan/lines.rs raw/scan/mod.rs \
         raw/scan/number.rs raw/scan/seen.rs raw/scan/short.rs",
    ),
];
