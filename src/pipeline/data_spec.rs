//! Whether what a plan names is real.

use schemars::JsonSchema;
use serde::Deserialize;

/// Whether data are real.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum DataSpec {
    /// 実データ
    #[default]
    Real,
    /// 合成データ
    Synthetic,
}
