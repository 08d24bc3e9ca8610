//! What a wrong word was most likely meant to be.

use super::Text;

/// The candidate that `word` was most likely meant to be: the one with the fewest slips of the pen
/// (Damerau-Levenshtein), width and case aside. `None` when more than half of the word would have to change
/// and neither holds the other.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let fold = |s: &str| super::fold::fold(s).to_lowercase();
    let wanted = fold(word);
    let mut best: Option<(f64, &str)> = None;
    for candidate in candidates {
        let folded = fold(candidate);
        let mut score = strsim::normalized_damerau_levenshtein(&wanted, &folded);
        let holds = |a: &str, b: &str| b.chars().count() >= 2 && a.contains(b);
        if holds(&folded, &wanted) || holds(&wanted, &folded) {
            score = score.max(0.5);
        }
        if score >= 0.5 && best.is_none_or(|(s, _)| score > s) {
            best = Some((score, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// Advice for a wrong word: the nearest right one, else the list of right ones (the first 12).
pub fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str> + Clone) -> Option<Text> {
    if let Some(near) = nearest(word, candidates.clone()) {
        return Some(Text::new(format!("「{near}」ではありませんか"), format!("did you mean \"{near}\"?")));
    }
    let list: Vec<&str> = candidates.into_iter().take(12).collect();
    (!list.is_empty()).then(|| {
        Text::new(format!("書けるもの: {}", list.join("、")), format!("one of: {}", list.join(", ")))
    })
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn the_nearest_word_is_near() {
        assert_eq!(
            nearest("できれば参加したい", ["参加したくない", "できるだけ参加したい"]),
            Some("できるだけ参加したい")
        );
        assert_eq!(nearest("問１２", ["問1", "問12", "問2"]), Some("問12"));
        assert_eq!(nearest("まったく違う", ["はい", "いいえ"]), None);
        assert_eq!(nearest("参加", ["今後も参加したい"]), Some("今後も参加したい"));
    }
}
