//! `progress-table.html`: the progress table, 達成状況, notes and base ledgers in one file that loads
//! nothing.

mod tables;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{notes, words};
use crate::indicator::{DataKind, IndicatorTable, Quality};

const STYLE: &str = include_str!("page.css");

/// Every printed page of synthetic data says so.
const SYNTHETIC_STYLE: &str = "@page { @top-right { content: '合成データ'; font-size: 9pt; } }";

/// No script, no font, no picture, no connection: only the style inside the page.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";

/// The page.
pub(super) fn page(table: &IndicatorTable, quality: &Quality) -> Vec<u8> {
    let title = words::titled(&table.title, table.data);
    let markup = html! {
        (DOCTYPE)
        html lang="ja" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                style {
                    (PreEscaped(STYLE))
                    @if table.data == DataKind::Synthetic { (PreEscaped(SYNTHETIC_STYLE)) }
                }
            }
            body {
                @if table.data == DataKind::Synthetic { (banner()) }
                header { h1 { (title) } }
                main {
                    (tables::progress(table))
                    (tables::status(table))
                    (tables::ledgers(quality))
                    (tables::effects(quality, table))
                    section aria-labelledby="notes" {
                        h2 id="notes" { "注記（表の見方）" }
                        ol.notes { @for note in notes::notes(table) { li { (note) } } }
                    }
                }
            }
        }
    };
    let mut page = markup.into_string();
    page.push('\n');
    page.into_bytes()
}

fn banner() -> Markup {
    html! {
        p.synthetic role="note" {
            strong { (words::SYNTHETIC) }
            " この表は、プログラムで作成した架空の回答・数値を含みます。実際の調査結果ではありません。"
        }
    }
}
