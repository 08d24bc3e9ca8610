//! Mistakes of the command line itself: what clap found, in both languages and in the form of all other
//! mistakes.

use std::ffi::OsString;
use std::num::{ParseFloatError, ParseIntError};
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory, ValueEnum};

use super::args::{Cli, LangArg};
use super::language;
use super::message::Talk;
use shihyo::code::Code;
use shihyo::error::Diagnostic;
use shihyo::text::Text;

/// Tells what is wrong with `arguments` on stderr, or prints the help or the version that was asked for; the
/// exit code.
pub(crate) fn tell(error: &clap::Error, arguments: &[OsString]) -> ExitCode {
    let Some(diagnostic) = diagnostic(error) else {
        let whole = command().try_get_matches_from(arguments).err();
        // Nobody is left to tell when the stream cannot be written.
        let _ = whole.as_ref().unwrap_or(error).print();
        return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
    };
    let talk = Talk::new(language::choose(asked(arguments.iter().cloned())), true, true);
    talk.error(&diagnostic.into());
    if let Some(usage) = usage(error) {
        talk.warn(&Text::new(format!("\n使い方: {usage}"), format!("\nUsage: {usage}")));
    }
    talk.warn(&Text::new("\nくわしくは --help を付けてください。", "\nFor more information, try '--help'."));
    ExitCode::from(2)
}

/// The command line as its help shows it: what clap itself says stands in both languages too. It takes longer
/// to make than [`Cli::command`], so it is made where somebody asks for help.
fn command() -> clap::Command {
    fn both(command: clap::Command) -> clap::Command {
        let argument = |argument: clap::Arg| {
            let heading =
                if argument.is_positional() { "引数 / Arguments" } else { "オプション / Options" };
            let argument = match argument.get_id().as_str() {
                "help" => argument
                    .help("この説明を出す / print help")
                    .long_help("この説明を出す。-h なら短く / print help; -h prints less"),
                "version" => argument.help("版を出す / print version"),
                _ => argument,
            };
            match argument.get_help_heading() {
                None => argument.help_heading(heading),
                Some(_) => argument,
            }
        };
        command
            .help_template("{about-with-newline}\n使い方 / Usage: {usage}\n\n{all-args}{after-help}")
            .subcommand_help_heading("命令 / Commands")
            .mut_args(argument)
            .mut_subcommands(both)
    }
    let mut command = Cli::command();
    command.build();
    both(command)
}

/// The language that was asked for, though the rest could not be read.
fn asked(arguments: impl Iterator<Item = OsString>) -> Option<LangArg> {
    let words: Vec<String> = arguments.map(|a| a.to_string_lossy().into_owned()).collect();
    let at = words.iter().position(|w| w == "--lang").and_then(|at| words.get(at + 1).map(String::as_str));
    let word = at.or_else(|| words.iter().find_map(|w| w.strip_prefix("--lang=")))?;
    LangArg::from_str(word, false).ok()
}

fn usage(error: &clap::Error) -> Option<String> {
    match error.get(ContextKind::Usage)? {
        ContextValue::StyledStr(usage) => {
            let text = usage.to_string();
            Some(text.strip_prefix("Usage:").unwrap_or(&text).trim().to_owned())
        }
        _ => None,
    }
}

/// What clap says of one thing, one word or several.
fn said(error: &clap::Error, kind: ContextKind) -> Vec<String> {
    match error.get(kind) {
        Some(ContextValue::String(word)) => vec![word.clone()],
        Some(ContextValue::Strings(words)) => words.clone(),
        Some(ContextValue::StyledStrs(words)) => words.iter().map(ToString::to_string).collect(),
        Some(ContextValue::Number(n)) => vec![n.to_string()],
        _ => Vec::new(),
    }
}

/// The mistake; `None` where help or the version was asked for.
fn diagnostic(error: &clap::Error) -> Option<Diagnostic> {
    let (code, message) = message(error)?;
    let mut diagnostic = Diagnostic::new(code, message);
    diagnostic.help = help(error);
    Some(diagnostic)
}

fn message(error: &clap::Error) -> Option<(Code, Text)> {
    let first = |kind| said(error, kind).into_iter().next().unwrap_or_default();
    let (argument, value) = (first(ContextKind::InvalidArg), first(ContextKind::InvalidValue));
    Some(match error.kind() {
        ErrorKind::DisplayHelp
        | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
        | ErrorKind::DisplayVersion => return None,
        ErrorKind::UnknownArgument if argument.starts_with('-') => (
            Code::CliUnknownOption,
            Text::new(
                format!("「{argument}」というオプションはありません"),
                format!("there is no option \"{argument}\""),
            ),
        ),
        ErrorKind::UnknownArgument => (
            Code::CliExtraArgument,
            Text::new(
                format!("「{argument}」は余分です"),
                format!("\"{argument}\" is one argument too many"),
            ),
        ),
        ErrorKind::InvalidSubcommand => {
            let command = first(ContextKind::InvalidSubcommand);
            (
                Code::CliUnknownCommand,
                Text::new(
                    format!("「{command}」という命令はありません"),
                    format!("there is no command \"{command}\""),
                ),
            )
        }
        ErrorKind::MissingSubcommand => {
            (Code::CliMissingCommand, Text::new("命令がありません", "which command?"))
        }
        ErrorKind::InvalidValue if value.is_empty() => (
            Code::CliMissingValue,
            Text::new(format!("{argument} の値がありません"), format!("{argument} has no value")),
        ),
        ErrorKind::InvalidValue => (
            Code::CliUnknownValue,
            Text::new(
                format!("{argument} に「{value}」とは書けません"),
                format!("\"{value}\" is no value of {argument}"),
            ),
        ),
        ErrorKind::ValueValidation => {
            let why = why(error);
            (
                Code::CliWrongValue,
                Text::new(
                    format!("{argument} に「{value}」とは書けません（{}）", why.ja),
                    format!("\"{value}\" is no value of {argument} ({})", why.en),
                ),
            )
        }
        ErrorKind::MissingRequiredArgument => {
            let missing: Vec<Text> =
                said(error, ContextKind::InvalidArg).iter().map(|argument| alternatives(argument)).collect();
            let list = |of: fn(&Text) -> &str, between: &str| {
                missing.iter().map(of).collect::<Vec<_>>().join(between)
            };
            (
                Code::CliMissingArgument,
                Text::new(
                    format!("引数が足りません: {}", list(|t| &t.ja, "、")),
                    format!("missing: {}", list(|t| &t.en, ", ")),
                ),
            )
        }
        ErrorKind::ArgumentConflict => {
            let others = said(error, ContextKind::PriorArg);
            if others == [argument.as_str()] {
                (
                    Code::CliTwice,
                    Text::new(
                        format!("{argument} は1回しか書けません"),
                        format!("{argument} can be given only once"),
                    ),
                )
            } else {
                let named = Some(argument)
                    .filter(|a| !a.is_empty())
                    .unwrap_or_else(|| first(ContextKind::InvalidSubcommand));
                (
                    Code::CliConflict,
                    Text::new(
                        format!("{named} は {} と一緒に書けません", others.join("、")),
                        format!("{named} does not go with {}", others.join(", ")),
                    ),
                )
            }
        }
        ErrorKind::TooManyValues => (
            Code::CliValueCount,
            Text::new(
                format!("{argument} の値が多すぎます（「{value}」は余分です）"),
                format!("{argument} has too many values (\"{value}\")"),
            ),
        ),
        ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => {
            let wanted = said(error, ContextKind::ExpectedNumValues)
                .into_iter()
                .chain(said(error, ContextKind::MinValues))
                .next()
                .unwrap_or_default();
            let given = first(ContextKind::ActualNumValues);
            (
                Code::CliValueCount,
                Text::new(
                    format!("{argument} には値が {wanted} 個要ります（{given} 個あります）"),
                    format!("{argument} needs {wanted} values, not {given}"),
                ),
            )
        }
        ErrorKind::NoEquals => (
            Code::CliNoEquals,
            Text::new(
                format!("{argument} の値は = でつないでください"),
                format!("write {argument} and its value with = between"),
            ),
        ),
        ErrorKind::InvalidUtf8 => (
            Code::CliNotUnicode,
            Text::new("文字コードが UTF-8 でない引数があります", "an argument is not UTF-8"),
        ),
        other => {
            let words = other.as_str().unwrap_or("cannot be read");
            (Code::CliUsage, Text::new(format!("命令の書き方が違います（{words}）"), words))
        }
    })
}

/// `<--export <XLSX>|--verify <FILE>>` in words.
fn alternatives(argument: &str) -> Text {
    match argument
        .strip_prefix('<')
        .and_then(|inner| inner.strip_suffix('>'))
        .filter(|inner| inner.starts_with('-'))
    {
        Some(inner) => Text::new(inner.replace('|', " か "), inner.replace('|', " or ")),
        None => Text::same(argument),
    }
}

/// Why a value does not do.
fn why(error: &clap::Error) -> Text {
    match std::error::Error::source(error) {
        Some(source) if source.is::<ParseIntError>() => {
            Text::new("0以上の整数を書きます", "write a whole number, 0 or more")
        }
        Some(source) if source.is::<ParseFloatError>() => Text::new("数を書きます", "write a number"),
        Some(source) => Text::same(source.to_string()),
        None => Text::new("読めません", "cannot be read"),
    }
}

/// What was probably meant, else what may be written.
fn help(error: &clap::Error) -> Option<Text> {
    let near = [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue]
        .into_iter()
        .flat_map(|kind| said(error, kind));
    let near = near
        .map(|word| Text::new(format!("「{word}」ではありませんか"), format!("did you mean \"{word}\"?")));
    let mut lines: Vec<Text> =
        near.chain(said(error, ContextKind::Suggested).iter().map(|words| tip(words))).collect();
    let known = match error.kind() {
        ErrorKind::InvalidSubcommand | ErrorKind::MissingSubcommand => {
            Cli::command().get_subcommands().map(|c| c.get_name().to_owned()).collect()
        }
        _ => said(error, ContextKind::ValidValue),
    };
    if lines.is_empty() && !known.is_empty() {
        lines.push(Text::new(
            format!("書けるもの: {}", known.join("、")),
            format!("one of: {}", known.join(", ")),
        ));
    }
    let all = |of: fn(&Text) -> &str| lines.iter().map(of).collect::<Vec<_>>().join("\n");
    (!lines.is_empty()).then(|| Text::new(all(|t| &t.ja), all(|t| &t.en)))
}

/// A tip of clap's: its words with what it quotes.
fn tip(words: &str) -> Text {
    let quoted: Vec<&str> = words.split('\'').skip(1).step_by(2).collect();
    let ja = match quoted.as_slice() {
        [value, way] if words.starts_with("to pass") => format!("「{value}」が値なら「{way}」と書きます"),
        [other] if words.ends_with("exists") => format!("「{other}」ならあります"),
        [command, _] => format!("命令「{command}」なら、前の「--」を消します"),
        _ => words.to_owned(),
    };
    Text::new(ja, words)
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    fn told(arguments: &[&str]) -> Diagnostic {
        diagnostic(&Cli::try_parse_from([&["shihyo"], arguments].concat()).unwrap_err()).unwrap()
    }

    /// Every kind of mistake that the flags of this command allow, none in one language only.
    #[test]
    fn mistakes_are_told_in_both_languages() {
        let estimate = |more: &[&'static str]| [&["estimate", "a.csv"], more].concat();
        for (arguments, code) in [
            (vec!["run", "p", "--ouy"], Code::CliUnknownOption),
            (vec!["run", "p", "q"], Code::CliExtraArgument),
            (vec!["rum"], Code::CliUnknownCommand),
            (vec!["--quiet"], Code::CliMissingCommand),
            (vec!["run", "p", "--out"], Code::CliMissingValue),
            (vec!["check", "p", "--format", "xml"], Code::CliUnknownValue),
            (vec!["run", "p", "--threads", "two"], Code::CliWrongValue),
            (vec!["run"], Code::CliMissingArgument),
            (vec!["clean", "p"], Code::CliMissingArgument),
            (vec!["clean", "p", "--export", "a", "--verify", "b"], Code::CliConflict),
            (vec!["run", "p", "--threads", "1", "--threads", "2"], Code::CliTwice),
            (vec!["run", "p", "--quiet=yes"], Code::CliValueCount),
            (estimate(&["--test", "rao-scott"]), Code::CliValueCount),
            (estimate(&["--level", "95%"]), Code::CliWrongValue),
        ] {
            let found = told(&arguments);
            assert_eq!(found.code, code, "{arguments:?}");
            let (ja, en) = (&found.message.ja, &found.message.en);
            let english = |text: &str| text.chars().all(|c| c.is_ascii() || c == '×');
            assert!(
                !english(ja) && english(en) && !ja.contains("「」") && !en.contains("\"\""),
                "{arguments:?}: {ja} / {en}"
            );
            assert!(
                found.help.iter().all(|h| !english(&h.ja) && english(&h.en)),
                "{arguments:?}: {:?}",
                found.help
            );
        }
    }

    #[test]
    fn help_and_version_are_no_mistakes() {
        for arguments in
            [&["shihyo", "--help"][..], &["shihyo", "--version"], &["shihyo"], &["shihyo", "run", "-h"]]
        {
            assert!(diagnostic(&Cli::try_parse_from(arguments).unwrap_err()).is_none(), "{arguments:?}");
        }
    }

    #[test]
    fn help_is_in_both_languages() {
        for mut command in std::iter::once(command()).chain(command().get_subcommands().cloned()) {
            let help = command.render_long_help().to_string();
            let headings: Vec<&str> =
                help.lines().filter(|line| line.ends_with(':') && !line.starts_with(' ')).collect();
            assert!(!headings.is_empty() && headings.iter().all(|line| line.contains(" / ")), "{help}");
            for english in ["Print help", "Print version", "\nUsage:"] {
                assert!(!help.contains(english), "{help}");
            }
        }
    }

    #[test]
    fn the_language_is_found_though_the_rest_cannot_be_read() {
        let asked = |words: &[&str]| asked(words.iter().map(OsString::from));
        assert!(matches!(asked(&["run", "--ouy", "--lang", "en"]), Some(LangArg::En)));
        assert!(matches!(asked(&["run", "--lang=ja"]), Some(LangArg::Ja)));
        assert!(asked(&["run", "--lang", "fr"]).is_none() && asked(&["run", "--lang"]).is_none());
    }
}
