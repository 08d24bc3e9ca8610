//! The cleaning log: what a person decided about single answers, read from a file, verified against the raw
//! tables and applied to a copy of them before decoding. Raw files are never written.
//!
//! A log is a table with one row a decision. Its columns are found by these headers, width, blanks and
//! capitals aside:
//!
//! | column | headers |
//! |---|---|
//! | respondent | 回答者番号, the plan's own respondent column, `X_uuid`, `_uuid`, `uuid`, `respondent` |
//! | place (needed where the id is blank or stands twice) | ファイル `file`, シート `sheet`, 行 `row` |
//! | question or column | 設問 `question` `questions`, 列 `column` |
//! | old value | 元の値 `old_value` |
//! | new value | 新しい値 `new_value` |
//! | kind of change | 対応 `change_type` |
//! | reason | 理由 `reason` |
//! | survey and wave, where one file serves several | 調査 `survey`, 調査回 `wave` |
//!
//! | kind | means |
//! |---|---|
//! | 修正 `change_response` | the answer becomes the new value |
//! | 無回答にする `blank_response` | the answer becomes a blank |
//! | 票を除く `remove_survey` | the whole return leaves, as an invalid return |
//! | 変更しない `no_action` | looked at, not changed |
//! | blank | 修正 where there is a new value, else 変更しない |
//!
//! Every row is verified: the respondent is there and stands once, the question or column is there, the old
//! value is the value that the cell holds, the new value is one that the question can take, and no two rows
//! want different things. All mistakes are told together. Several logs are applied in the order given, each
//! to what the one before left.
//!
//! A reason is for the people who keep the log and may say anything about a respondent: only whether there is
//! one is read.

mod apply;
mod index;
mod log;
mod redecode;
mod review;
mod same;
mod settle;
mod verify;

pub use apply::{AppliedChange, Cleaned, OldValues, clean};
pub use log::{Action, Log, LogRow, read_log};
pub use redecode::{depends_on, treated};
pub use review::{Accepts, ReviewRow, review};
pub use verify::{Mismatch, Verification, verify};
