//! Codes and column names as they are compared.

use unicode_normalization::UnicodeNormalization;

/// `text` without blanks around it, without characters that cannot be seen, and without the difference of
/// full and half width (NFKC).
pub(crate) fn fold(text: &str) -> String {
    // ASCII has one form only.
    if text.is_ascii() {
        text.trim().to_owned()
    } else {
        let is_seen = |c: &char| !matches!(c, '\u{200B}'..='\u{200D}' | '\u{FEFF}');
        text.trim().nfkc().filter(is_seen).collect::<String>().trim().to_owned()
    }
}
