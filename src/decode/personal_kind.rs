//! Kinds of personal data.

use serde::{Deserialize, Serialize};

use crate::text::Text;

/// What a column looks like that must not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Personal {
    /// 氏名
    Name,
    /// 電話番号
    Phone,
    /// メールアドレス
    Mail,
    /// 住所・郵便番号
    Address,
    /// 生年月日
    BirthDate,
    /// 個人番号など、1人に1つの番号
    Number,
    /// 緯度・経度
    Location,
    /// IPアドレスなど、端末の番号
    Device,
}

impl Personal {
    /// A stable word for it.
    pub fn name(self) -> &'static str {
        match self {
            Personal::Name => "name",
            Personal::Phone => "phone",
            Personal::Mail => "mail",
            Personal::Address => "address",
            Personal::BirthDate => "birth-date",
            Personal::Number => "personal-number",
            Personal::Location => "location",
            Personal::Device => "device",
        }
    }

    /// In words.
    pub fn text(self) -> Text {
        match self {
            Personal::Name => Text::new("氏名", "names"),
            Personal::Phone => Text::new("電話番号", "phone numbers"),
            Personal::Mail => Text::new("メールアドレス", "mail addresses"),
            Personal::Address => Text::new("住所", "addresses"),
            Personal::BirthDate => Text::new("生年月日", "birth dates"),
            Personal::Number => Text::new("個人を識別する番号", "numbers that identify a person"),
            Personal::Location => Text::new("位置情報", "places of persons"),
            Personal::Device => Text::new("端末の番号", "numbers of devices"),
        }
    }
}
