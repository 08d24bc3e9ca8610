//! The names of groups that Kobo and ODK write before a question's: `group/sub/q/option`, `group.q`,
//! `group-sub-q`.
//!
//! The first name in a head that is a question's is the question, and what follows it is an option:
//! `acts/other` is no column of a question `other`, nor `a-q` one of `q` where a question is called `a-q`. Of
//! two names that begin at one place the longer one is meant.

use std::collections::BTreeSet;

/// What parts a group from what stands in it, and an option from its question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Parting {
    /// A slash or a dot, which no name has.
    Slash,
    /// A dash too, which a name may have.
    Dash,
    /// As `Dash`, and an option may follow `_`, which a name may have as well.
    Underscore,
}

impl Parting {
    /// The surest first.
    pub(crate) const ALL: [Parting; 3] = [Parting::Slash, Parting::Dash, Parting::Underscore];

    fn parts(self, sign: char) -> bool {
        matches!(sign, '/' | '.') || (sign == '-' && self != Parting::Slash)
    }
}

/// `head` as the groups and the rest that begins with the question's `id`; `None` where it is not in a group
/// or another question's. `ids` are the ids of all questions; `option` says whether a word is an option of
/// this one.
pub(crate) fn grouped<'h>(
    head: &'h str,
    id: &str,
    ids: &BTreeSet<String>,
    parting: Parting,
    option: impl Fn(&str) -> bool,
) -> Option<(&'h str, &'h str)> {
    // A number behind a dash is an option's.
    if id.is_empty() || (parting != Parting::Slash && id.starts_with(|c: char| c.is_ascii_digit())) {
        return None;
    }
    let mut start = 0;
    loop {
        let rest = &head[start..];
        let ends =
            || rest.char_indices().filter(|(_, c)| parting.parts(*c)).map(|(at, _)| at).chain([rest.len()]);
        let name = ends().rfind(|&end| ids.contains(&rest[..end]));
        let own = rest.strip_prefix(id).is_some_and(|behind| match behind.strip_prefix('_') {
            Some(word) => parting == Parting::Underscore && option(word),
            None => !behind.starts_with(char::is_alphanumeric),
        });
        if own && name.is_none_or(|end| end <= id.len()) {
            let groups = &head[..start.checked_sub(1)?];
            return groups.split(['/', '.']).all(is_group).then_some((groups, rest));
        }
        if name.is_some() {
            return None;
        }
        start += ends().next().filter(|&end| end < rest.len())? + 1;
    }
}

/// Whether a group can bear this name: ASCII, without a blank.
pub(crate) fn is_group(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert, proptest};

    use crate::decode::groups::*;

    fn ids(ids: &[&str]) -> BTreeSet<String> {
        ids.iter().map(|id| (*id).to_owned()).collect()
    }

    /// The group and the rest by the surest parting that finds one, for question `q` with the option `opt`.
    fn found<'h>(head: &'h str, others: &[&str]) -> Option<(Parting, &'h str, &'h str)> {
        let ids = ids(&[others, &["q"]].concat());
        Parting::ALL.into_iter().find_map(|parting| {
            grouped(head, "q", &ids, parting, |word| word == "opt").map(|(group, own)| (parting, group, own))
        })
    }

    #[test]
    fn groups_stand_before_a_question() {
        for (head, parting, group, own) in [
            ("g/q", Parting::Slash, "g", "q"),
            ("g/sub/q/opt", Parting::Slash, "g/sub", "q/opt"),
            ("g.q.opt", Parting::Slash, "g", "q.opt"),
            ("g-x/q", Parting::Slash, "g-x", "q"),
            ("g-q", Parting::Dash, "g", "q"),
            ("a-b-q", Parting::Dash, "a-b", "q"),
            ("a-b-q/opt", Parting::Dash, "a-b", "q/opt"),
            ("a-b-q-opt", Parting::Dash, "a-b", "q-opt"),
            ("part-2-q", Parting::Dash, "part-2", "q"),
            ("a-b-q_opt", Parting::Underscore, "a-b", "q_opt"),
            ("a/b/q_opt", Parting::Underscore, "a/b", "q_opt"),
        ] {
            assert_eq!(found(head, &["r"]), Some((parting, group, own)), "{head}");
        }
    }

    #[test]
    fn a_question_with_a_dash_in_its_name_goes_before() {
        for (head, others) in [
            ("a-q", &["a-q"][..]),
            ("a-q/opt", &["a-q"]),
            ("x-a-q", &["a-q"]),
            ("a-b-q", &["a-b"]),
            ("a-b-q", &["b"]),
            ("g-q-x", &["q-x"]),
            ("g-q_opt", &["q_opt"]),
            ("g/q.x", &["q.x"]),
        ] {
            assert_eq!(found(head, others), None, "{head} beside {others:?}");
        }
        assert_eq!(found("g-q", &["g-q-x", "q-x", "b"]), Some((Parting::Dash, "g", "q")));
    }

    #[test]
    fn what_is_in_no_group_is_not_found() {
        for head in [
            "q",
            "q/opt",
            "q-opt",
            "q_opt",
            "g",
            "",
            "-q",
            "2024-q",
            "年代-q",
            "g h-q",
            "g-qx",
            "g-q_other",
            "g_q",
            "g-",
        ] {
            assert_eq!(found(head, &[]), None, "{head}");
        }
        assert_eq!(grouped("block-1", "1", &ids(&["1"]), Parting::Dash, |_| true), None);
    }

    proptest! {
        #[test]
        fn what_is_found_is_the_head_less_its_groups(head in "[qab/._é-]{0,12}", id in "[qé]{1,2}") {
            for parting in Parting::ALL {
                if let Some((group, own)) = grouped(&head, &id, &ids(&[&id, "a", "b-a"]), parting, |_| true) {
                    prop_assert!(
                        own.starts_with(&id)
                            && head.starts_with(group)
                            && head.len() == group.len() + 1 + own.len()
                    );
                }
            }
        }
    }
}
