//! Headings of columns that hold what identifies a person, in Japanese and in English, as survey programs and
//! offices write them.

use crate::decode::personal_kind::Personal;
use crate::text::spelling;

use Personal::{Address, BirthDate, Device, Location, Mail, Name, Number, Phone};

/// Headings that by themselves say what stands below.
const EXACT: [(&str, Personal); 77] = [
    ("氏名", Name),
    ("姓名", Name),
    ("名前", Name),
    ("姓", Name),
    ("名", Name),
    ("ふりがな", Name),
    ("フリガナ", Name),
    ("氏名(カナ)", Name),
    ("氏名カナ", Name),
    ("name", Name),
    ("full name", Name),
    ("first name", Name),
    ("last name", Name),
    ("given name", Name),
    ("family name", Name),
    ("surname", Name),
    ("nombre", Name),
    ("電話", Phone),
    ("電話番号", Phone),
    ("tel番号", Phone),
    ("携帯", Phone),
    ("携帯番号", Phone),
    ("携帯電話", Phone),
    ("携帯電話番号", Phone),
    ("連絡先", Phone),
    ("ファックス", Phone),
    ("fax", Phone),
    ("line id", Phone),
    ("tel", Phone),
    ("phone", Phone),
    ("phone number", Phone),
    ("mobile", Phone),
    ("mobile number", Phone),
    ("telephone", Phone),
    ("contact number", Phone),
    ("メール", Mail),
    ("メールアドレス", Mail),
    ("eメール", Mail),
    ("mail", Mail),
    ("email", Mail),
    ("e-mail", Mail),
    ("email address", Mail),
    ("e mail", Mail),
    ("住所", Address),
    ("番地", Address),
    ("郵便番号", Address),
    ("address", Address),
    ("home address", Address),
    ("street address", Address),
    ("postal address", Address),
    ("mailing address", Address),
    ("postal code", Address),
    ("postcode", Address),
    ("zip code", Address),
    ("zip", Address),
    ("生年月日", BirthDate),
    ("誕生日", BirthDate),
    ("birthday", BirthDate),
    ("birthdate", BirthDate),
    ("birth date", BirthDate),
    ("date of birth", BirthDate),
    ("dob", BirthDate),
    ("個人番号", Number),
    ("マイナンバー", Number),
    ("被保険者番号", Number),
    ("宛名番号", Number),
    ("緯度", Location),
    ("経度", Location),
    ("latitude", Location),
    ("longitude", Location),
    ("geopoint", Location),
    ("geolocation", Location),
    ("ip address", Device),
    ("ipアドレス", Device),
    ("ip", Device),
    ("user agent", Device),
    ("imei", Device),
];

/// What a heading holds as a whole word or phrase when it says what stands below.
const PHRASES: [(&str, Personal); 31] = [
    ("first name", Name),
    ("last name", Name),
    ("full name", Name),
    ("your name", Name),
    ("family name", Name),
    ("given name", Name),
    ("middle name", Name),
    ("name of respondent", Name),
    ("respondent name", Name),
    ("recipient name", Name),
    ("student name", Name),
    ("nombre completo", Name),
    ("user name", Name),
    ("phone number", Phone),
    ("mobile number", Phone),
    ("telephone number", Phone),
    ("email address", Mail),
    ("your email", Mail),
    ("recipient email", Mail),
    ("home address", Address),
    ("street address", Address),
    ("your address", Address),
    ("date of birth", BirthDate),
    ("birth date", BirthDate),
    ("ip address", Device),
    ("device id", Device),
    ("subscriber id", Device),
    ("sim serial", Device),
    ("latitude", Location),
    ("longitude", Location),
    ("gps", Location),
];

/// What a Japanese heading asks for.
const ASKS: [(&str, Personal); 18] = [
    ("氏名を", Name),
    ("氏名は", Name),
    ("お名前を", Name),
    ("お名前は", Name),
    ("お名前", Name),
    ("氏名", Name),
    ("電話番号", Phone),
    ("メールアドレス", Mail),
    ("ご住所", Address),
    ("住所", Address),
    ("郵便番号", Address),
    ("生年月日", BirthDate),
    ("マイナンバー", Number),
    ("個人番号", Number),
    ("緯度", Location),
    ("経度", Location),
    ("位置情報", Location),
    ("ipアドレス", Device),
];

/// What the columns below a heading hold, and whether the heading says nothing else.
pub(super) fn personal_heading(heading: &str) -> Option<(Personal, bool)> {
    let folded = spelling::label(heading).to_lowercase();
    let bare = folded.trim_start_matches(['お', 'ご']).trim_end_matches(['?', ':', '*', '。']).trim();
    let words = words(heading);
    let exact = |text: &str| EXACT.iter().find(|(name, _)| *name == text).map(|(_, kind)| (*kind, true));
    if let Some(found) = exact(bare).or_else(|| exact(&folded)).or_else(|| exact(&words)) {
        return Some(found);
    }
    // A question about names and numbers is none for them.
    let about = ["知って", "ご存じ", "ご存知", "公開", "登録", "使い", "利用", "変更", "思いますか"];
    let asked = ASKS.iter().find(|(name, _)| {
        folded.find(name).is_some_and(|at| at <= 24 && !about.iter().any(|word| folded.contains(word)))
    });
    if let Some((_, kind)) = asked {
        return Some((*kind, false));
    }
    let spaced = format!(" {words} ");
    let in_english = PHRASES.iter().find(|(phrase, _)| spaced.contains(&format!(" {phrase} ")));
    // `Do you have an email address?` asks for yes or no.
    let asks_whether = ["do ", "did ", "have ", "has ", "is ", "are ", "would ", "can ", "how "];
    in_english
        .filter(|_| !asks_whether.iter().any(|start| words.starts_with(start)))
        .map(|(_, kind)| (*kind, words.split(' ').count() <= 3))
}

/// The words of a heading in lower case: `RecipientLastName` and `gps.Latitude` have several.
fn words(heading: &str) -> String {
    let mut out = String::new();
    let mut before = ' ';
    for c in spelling::label(heading).chars() {
        let begins = c.is_ascii_uppercase() && before.is_ascii_lowercase();
        let sign = !c.is_alphanumeric();
        if (begins || sign) && !out.ends_with(' ') && !out.is_empty() {
            out.push(' ');
        }
        if !sign {
            out.extend(c.to_lowercase());
        }
        before = c;
    }
    // `IPAddress` begins with two capitals; forms write `deviceid`.
    let out = out.trim().replace("ipaddress", "ip address");
    match out.as_str() {
        "deviceid" => "device id".to_owned(),
        "subscriberid" => "subscriber id".to_owned(),
        "simserial" | "simid" => "sim serial".to_owned(),
        "phonenumber" | "phonenum" | "devicephonenum" => "phone number".to_owned(),
        _ => out,
    }
}

#[cfg(test)]
mod tests {
    use super::{Address, BirthDate, Device, Location, Mail, Name, Phone, personal_heading, words};

    #[test]
    fn headings_that_ask_for_persons_are_seen() {
        for (heading, kind) in [
            ("IPAddress", Device),
            ("RecipientLastName", Name),
            ("RecipientFirstName", Name),
            ("RecipientEmail", Mail),
            ("LocationLatitude", Location),
            ("gps.Longitude", Location),
            ("_geolocation", Location),
            ("What is your name?", Name),
            ("Nombre completo del estudiante", Name),
            ("Date of Birth", BirthDate),
            ("Home address", Address),
            ("回答者のお名前は", Name),
            ("お名前をご記入ください", Name),
            ("問20 氏名", Name),
            ("ご住所（番地まで）", Address),
            ("連絡先", Phone),
            ("Your phone number", Phone),
            ("deviceid", Device),
            ("IPアドレス", Device),
        ] {
            assert_eq!(personal_heading(heading).map(|(kind, _)| kind), Some(kind), "{heading}");
        }
    }

    #[test]
    fn questions_about_such_things_are_none_of_them() {
        for heading in [
            "名前を知っていますか",
            "メールアドレスを公開していますか",
            "Do you have an email address?",
            "How do you use your mobile phone?",
            "Product name",
            "施設名",
            "性別",
            "percentage",
            "zipper",
            "地区名",
        ] {
            assert_eq!(personal_heading(heading), None, "{heading}");
        }
        assert_eq!(words("LocationLatitude"), "location latitude");
    }
}
