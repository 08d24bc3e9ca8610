//! The language of messages: as asked, else as the locale says.

use shihyo::text::Lang;

use super::args::LangArg;

/// `asked`, else Japanese when the first of `LC_ALL`, `LC_MESSAGES` and `LANG` that is set begins with `ja`
/// or when none says a language (`C`, `POSIX`, unset): the office's own language is the one to fall back to.
pub(crate) fn choose(asked: Option<LangArg>) -> Lang {
    match asked {
        Some(LangArg::Ja) => Lang::Ja,
        Some(LangArg::En) => Lang::En,
        None => {
            let locale = ["LC_ALL", "LC_MESSAGES", "LANG"]
                .iter()
                .find_map(|name| std::env::var(name).ok().filter(|v| !v.is_empty()));
            of_locale(locale.as_deref())
        }
    }
}

fn of_locale(locale: Option<&str>) -> Lang {
    match locale {
        Some(name)
            if !name.starts_with("ja") && !name.starts_with("C.") && name != "C" && name != "POSIX" =>
        {
            Lang::En
        }
        _ => Lang::Ja,
    }
}

#[cfg(test)]
mod tests {
    use super::of_locale;
    use shihyo::text::Lang;

    #[test]
    fn the_locale_decides() {
        assert_eq!(of_locale(Some("ja_JP.UTF-8")), Lang::Ja);
        assert_eq!(of_locale(Some("en_US.UTF-8")), Lang::En);
        assert_eq!(of_locale(Some("C.UTF-8")), Lang::Ja);
        assert_eq!(of_locale(None), Lang::Ja);
    }
}
