//! Codes and column names as they are compared.

use unicode_normalization::UnicodeNormalization;

/// `text` without blanks around it and without the difference of full and half width (NFKC).
pub(crate) fn fold(text: &str) -> String {
    // ASCII has one form only.
    if text.is_ascii() {
        text.trim().to_owned()
    } else {
        text.trim().nfkc().collect::<String>().trim().to_owned()
    }
}
