//! Addresses of cells.

/// Row and column (from 0) of an address such as `B12` or `$B$12`; `None` for any other text.
pub fn address(text: &str) -> Option<(usize, usize)> {
    let bare: String = text.chars().filter(|c| *c != '$').collect();
    let split = bare.find(|c: char| c.is_ascii_digit())?;
    let (letters, digits) = bare.split_at(split);
    let mut column = 0_usize;
    for c in letters.chars() {
        let digit = c.to_ascii_uppercase() as u32;
        if !(65..=90).contains(&digit) || column > 1 << 20 {
            return None;
        }
        column = column * 26 + (digit - 64) as usize;
    }
    let row: usize = digits.parse().ok()?;
    Some((row.checked_sub(1)?, column.checked_sub(1)?))
}
