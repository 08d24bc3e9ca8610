//! Whether a text that could be Japanese by its bytes is, or rather Western, Chinese or Korean.
//!
//! Nearly all bytes are something in Shift_JIS or EUC-JP. What tells is how letters stand: Japanese has kana;
//! a Western word has one or two letters beyond ASCII between letters of ASCII, which no Japanese word has.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{
    BIG5, EUC_JP, EUC_KR, Encoding, GB18030, GBK, ISO_2022_JP, MACINTOSH, SHIFT_JIS, WINDOWS_1252,
};

/// Characters beyond ASCII that are looked at.
const LOOKED_AT: usize = 200;

/// How the characters beyond ASCII stand.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Standing {
    /// How many were looked at.
    all: usize,
    /// Noncharacters, which stand for bytes that could not be decoded.
    broken: usize,
    kana: usize,
    /// Letters and signs of the first half of Shift_JIS: its frequent kanji, and no half-width katakana.
    frequent: usize,
    /// Alone or two together, beside a letter of ASCII; or one letter of half width beside a digit.
    in_words: usize,
}

impl Standing {
    pub(super) fn of(text: &str) -> Self {
        let mut out = Self::default();
        let mut before = ' ';
        let mut run: Option<(char, usize)> = None;
        for c in text.chars().chain([' ']) {
            if !c.is_ascii() {
                if out.all >= LOOKED_AT {
                    break;
                }
                out.all += 1;
                out.broken += usize::from(matches!(c, '\u{FDD0}'..='\u{FDEF}'));
                out.kana += usize::from(matches!(c, '\u{3041}'..='\u{30FE}'));
                out.frequent += usize::from(is_frequent(c));
                run = run.map(|(first, n)| (first, n + 1)).or(Some((before, 1)));
            } else if let Some((first, n)) = run.take() {
                let mut beside = first.is_ascii_alphabetic() || c.is_ascii_alphabetic();
                // `｣500` for £500: no word of half-width katakana has one letter.
                let half = matches!(before, '\u{FF61}'..='\u{FF9F}');
                beside |= n == 1 && half && (first.is_ascii_digit() || c.is_ascii_digit());
                out.in_words += if n <= 2 && beside { n } else { 0 };
            }
            before = c;
        }
        out
    }

    /// Whether as many were looked at as decide.
    pub(super) fn is_enough(self) -> bool {
        self.all >= LOOKED_AT
    }

    /// Whether the text is Japanese without doubt.
    pub(super) fn is_japanese(self) -> bool {
        self.kana * 12 >= self.all && self.in_words * 3 < self.all
    }

    /// Whether a text that was decoded as Shift_JIS is Japanese without doubt. Bytes of other encodings of
    /// East Asia are half-width katakana and rare kanji there.
    pub(super) fn is_shift_jis(self) -> bool {
        self.is_japanese() || (self.frequent * 20 >= self.all * 19 && self.in_words * 3 < self.all)
    }

    fn is_western(self) -> bool {
        self.in_words > 0 && self.in_words * 2 + self.broken >= self.all
    }
}

/// Whether the first of a letter's two bytes in Shift_JIS is below those of half-width katakana and of rare
/// kanji.
fn is_frequent(c: char) -> bool {
    let mut room = [0; 4];
    let (bytes, _, lost) = SHIFT_JIS.encode(c.encode_utf8(&mut room));
    !lost && matches!(*bytes, [0x81..=0x98, _])
}

/// The encoding that bytes are in rather than in this Japanese one, as which they are `text`, whole or in
/// part.
pub(super) fn instead(bytes: &[u8], text: &str, japanese: &'static Encoding) -> Option<&'static Encoding> {
    let standing = Standing::of(text);
    if standing.is_japanese() || (japanese == SHIFT_JIS && standing.is_shift_jis()) {
        return None;
    }
    if standing.is_western() {
        return Some(western(bytes));
    }
    let any = likely(bytes);
    let foreign = ![SHIFT_JIS, EUC_JP, ISO_2022_JP].contains(&any) && any != WINDOWS_1252;
    let is_clean =
        |e: &'static Encoding| e.decode_without_bom_handling_and_without_replacement(bytes).is_some();
    // Few characters without kana tell nothing.
    if foreign && standing.all >= 20 && is_clean(any) {
        return Some(if any == GBK { GB18030 } else { any });
    }
    None
}

/// The likeliest encoding of the first lines that are not all ASCII, from this top-level domain or anywhere.
/// Lines of ASCII tell nothing, and the detector is slow: it gets no more than about `most` bytes.
pub(super) fn guessed(bytes: &[u8], most: usize, from: Option<&[u8]>) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    let mut room = most;
    for line in bytes.split_inclusive(|b| *b == b'\n').filter(|line| !line.is_ascii()) {
        detector.feed(line, false);
        room = room.saturating_sub(line.len());
        if room == 0 {
            break;
        }
    }
    detector.feed(b"", true);
    detector.guess(from, Utf8Detection::Deny)
}

/// The likeliest encoding of all.
fn likely(bytes: &[u8]) -> &'static Encoding {
    let guess = guessed(bytes, 1 << 18, None);
    // What is Chinese by one guess and Korean by none of its syllables is left to the guess.
    if [GBK, GB18030, BIG5, EUC_KR].contains(&guess) { guess } else { single(bytes, guess) }
}

/// A guess of a single-byte encoding, of which Mac Roman is none that is guessed.
fn single(bytes: &[u8], guess: &'static Encoding) -> &'static Encoding {
    if guess == WINDOWS_1252 { western(bytes) } else { guess }
}

/// Windows-1252, or Mac Roman where that gives the better words.
fn western(bytes: &[u8]) -> &'static Encoding {
    let score = |encoding: &'static Encoding| -> i64 {
        let lines = bytes.split_inclusive(|b| *b == b'\n').filter(|line| !line.is_ascii()).take(5_000);
        lines.map(|line| words(&encoding.decode_without_bom_handling(line).0)).sum()
    };
    if score(MACINTOSH) > score(WINDOWS_1252) { MACINTOSH } else { WINDOWS_1252 }
}

/// How well the letters beyond ASCII stand in Western words.
fn words(text: &str) -> i64 {
    let chars: Vec<char> = text.chars().collect();
    let at = |index: Option<usize>| index.and_then(|i| chars.get(i)).copied().unwrap_or(' ');
    let mut score = 0;
    for (index, c) in chars.iter().enumerate().filter(|(_, c)| !c.is_ascii()) {
        let (before, after) = (at(index.checked_sub(1)), at(Some(index + 1)));
        score += match c {
            '\u{80}'..='\u{9F}' => -3,
            '\u{2018}'..='\u{201D}' | '\u{2013}' | '\u{2014}' | '\u{2026}' | '\u{A0}' => 1,
            '€' | '£' | '©' | '®' | '™' => 1,
            '°' | 'º' | 'ª' | '½' | '¼' | '²' if before.is_ascii_digit() || before == ' ' => 1,
            '°' | 'º' | 'ª' | '½' | '¼' | '²' => -2,
            '¿' | '¡' | '«' => {
                if before.is_alphabetic() {
                    -2
                } else {
                    1
                }
            }
            '»' => 1,
            c if c.is_lowercase() => 1,
            c if c.is_uppercase() && !before.is_lowercase() && (after.is_alphabetic() || after == '\'') => 1,
            _ => -2,
        };
    }
    score
}

#[cfg(test)]
mod tests {
    use encoding_rs::{
        BIG5, EUC_JP, EUC_KR, Encoding, GB18030, GBK, MACINTOSH, SHIFT_JIS, WINDOWS_1251, WINDOWS_1252,
    };

    use super::super::encoding::detect;

    fn found(text: &str, encoding: &'static Encoding) -> &'static Encoding {
        // encoding_rs writes no Mac Roman: the few letters that are needed, by their bytes.
        let bytes = if encoding == MACINTOSH {
            let byte = |c: char| match c {
                '\u{A0}' => 0xCA,
                '’' => 0xD5,
                'é' => 0x8E,
                'ã' => 0x8B,
                'ü' => 0x9F,
                '°' => 0xA1,
                c => c as u8,
            };
            text.chars().map(byte).collect()
        } else {
            encoding.encode(text).0.into_owned()
        };
        detect(&bytes).0
    }

    #[test]
    fn western_words_are_western() {
        let words = [
            "region,food\nAsia,Not much\nSouth and Central\u{A0}America,A lot\n",
            "city,say\nQuébec,don’t know\nSão Paulo,yes\nMünchen,no\n",
            "where\nit’s 20°C\nQuébec\n",
            "say\nI don’t know\nYes\n",
        ];
        for text in words {
            for encoding in [WINDOWS_1252, MACINTOSH] {
                assert_eq!(found(text, encoding), encoding, "{text}");
            }
        }
        assert_eq!(found("price\n£10000\n£500 or more\n", WINDOWS_1252), WINDOWS_1252);
    }

    #[test]
    fn chinese_and_korean_are_told_from_japanese() {
        let chinese = [
            "性别,您对本市的生活满意吗,年龄",
            "男,非常满意,三十岁以下",
            "女,比较满意,四十到五十岁",
            "男,不满意,六十岁以上",
            "女,说不清楚,三十岁以下",
        ];
        let taiwan = [
            "性別,您對本市的生活滿意嗎,年齡",
            "男,非常滿意,三十歲以下",
            "女,比較滿意,四十到五十歲",
            "男,不滿意,六十歲以上",
            "女,說不清楚,三十歲以下",
        ];
        let korean = [
            "성별,우리 시의 생활에 만족하십니까,나이",
            "남자,매우 만족한다,삼십대",
            "여자,대체로 만족한다,사십대",
            "남자,만족하지 않는다,육십대",
        ];
        assert_eq!(found(&chinese.join("\n"), GBK), GB18030);
        assert_eq!(found(&taiwan.join("\n"), BIG5), BIG5);
        assert_eq!(found(&korean.join("\n"), EUC_KR), EUC_KR);
        let russian = "пол,вы довольны жизнью в городе\nмужчина,очень доволен\nженщина,не доволен\n";
        assert_eq!(found(russian, WINDOWS_1251), WINDOWS_1251);
    }

    #[test]
    fn japanese_stays_japanese() {
        for text in [
            "整理番号,性別,問1\n1,男,とても満足\n2,女,やや不満\n",
            "id,sex\n1,男\n2,女\n3,男\n",
            "地区,q\n東町,1\n西町,2\n南町,3\n",
            "氏名,q\nﾀﾅｶ ﾀﾛｳ,1\nｻﾄｳ ﾊﾅｺ,2\n",
            "PC利用,SNSの利用\nはい,LINEをよく見る\nいいえ,見ない\n",
        ] {
            assert_eq!(found(text, SHIFT_JIS), SHIFT_JIS, "{text}");
        }
        assert_eq!(found("整理番号,性別,問1\n1,男,とても満足\n2,女,やや不満\n", EUC_JP), EUC_JP);
    }
}
