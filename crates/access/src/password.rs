//! What a password or PIN may be (S06).
//!
//! Length counts most. Nobody is made to use signs or capitals; what is refused is what attackers try first. Lists of leaked
//! passwords hold few of twelve characters and more, and those are words of the short ones put together: "password1234",
//! "qwertyqwerty", "Summer2026!!". So the list has the parts, and a password that is two of them, with digits, or fewer is refused.

use std::collections::BTreeSet;
use std::sync::LazyLock;

/// Fewest and most characters (S06).
pub const LENGTH: (usize, usize) = (12, 128);
/// Fewest and most digits of a PIN. It opens only a screen its owner signed in at before, with few tries.
pub const PIN_LENGTH: (usize, usize) = (4, 8);
/// What a word of the list, or a letter that is in none, counts; digits and runs count one.
const WORD: usize = 2;
/// A password must count more than this: two words and digits.
const COUNT: usize = 5;
/// Different characters a password must have.
const DIFFERENT: usize = 5;
/// Most digits that are one part: a year, a date, a counter.
const DIGITS: usize = 8;

/// Parts people and attackers make passwords of, small letters.
static COMMON: LazyLock<BTreeSet<&str>> = LazyLock::new(|| include_str!("common.txt").lines().collect());

/// Why a password or PIN is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Weak {
    /// Too short or too long.
    #[error("{0} characters found, {min} to {max} expected; four words that do not belong together are easy to remember", min = LENGTH.0, max = LENGTH.1)]
    Length(usize),
    /// On the list, or made of it.
    #[error("this is one of the passwords that are tried first; take words that do not belong together")]
    Common,
    /// The name is in it.
    #[error("the password holds the name it belongs to; take another one")]
    Name,
    /// Not 4 to 8 digits.
    #[error("a PIN has {min} to {max} digits and nothing else", min = PIN_LENGTH.0, max = PIN_LENGTH.1)]
    Pin,
    /// 1111, 1234, 2580.
    #[error("this PIN is one of those that are tried first; take another one")]
    CommonPin,
}

/// Whether this may be a password of somebody with these names.
///
/// # Errors
/// What stands against it, for the one who chooses.
pub fn may_be_password(password: &str, names: &[&str]) -> Result<(), Weak> {
    let length = password.chars().count();
    if !(LENGTH.0..=LENGTH.1).contains(&length) {
        return Err(Weak::Length(length));
    }
    let plain = password.to_lowercase();
    if names.iter().flat_map(|name| name.split([' ', ',', '.', '-'])).any(|part| is_most(&plain, part)) {
        return Err(Weak::Name);
    }
    let different = plain.chars().collect::<BTreeSet<_>>().len();
    if different < DIFFERENT || is_made_of_common(&plain) {
        return Err(Weak::Common);
    }
    Ok(())
}

/// A name of four letters and more that is half the password.
fn is_most(plain: &str, name: &str) -> bool {
    let name = name.to_lowercase();
    name.chars().count() >= 4 && plain.contains(&name) && name.chars().count() * 2 >= plain.chars().count()
}

fn is_made_of_common(plain: &str) -> bool {
    let is_sign = |c: &char| !c.is_alphanumeric();
    let without: Vec<char> = plain.chars().filter(|c| !is_sign(c)).collect();
    // Signs at the ends are decoration; inside they may stand for letters.
    let inside: Vec<char> = plain.trim_matches(|c| is_sign(&c)).chars().filter(|c| !is_sign(&letter(*c))).collect();
    [without, inside].iter().any(|text| parts(once(text)) <= COUNT)
}

/// Digits and signs people write for letters.
const fn letter(c: char) -> char {
    match c {
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        other => other,
    }
}

/// A text that repeats itself is what it repeats.
fn once(text: &[char]) -> &[char] {
    let half =
        (1..=text.len() / 2).find(|n| text.len().is_multiple_of(*n) && text.chunks(*n).all(|c| c == &text[..*n]));
    half.map_or(text, |n| &text[..n])
}

/// What the text counts, taken apart so that it counts least.
fn parts(text: &[char]) -> usize {
    let mut fewest = vec![0; text.len() + 1];
    for end in 1..=text.len() {
        fewest[end] = (0..end)
            .map(|begin| {
                let part = &text[begin..end];
                fewest[begin] + weight(part)
            })
            .min()
            .unwrap_or(end);
    }
    fewest[text.len()]
}

fn weight(part: &[char]) -> usize {
    let is_digits = part.len() <= DIGITS && part.iter().all(char::is_ascii_digit);
    if is_digits || is_run(part) {
        return 1;
    }
    let is_common = |word: String| COMMON.contains(word.as_str());
    let common = is_common(part.iter().collect()) || is_common(part.iter().copied().map(letter).collect());
    if common { WORD } else { WORD * part.len() }
}

/// The same character, or characters that follow one another, three times and more.
fn is_run(part: &[char]) -> bool {
    let step = |pair: &[char]| i64::from(u32::from(pair[1])) - i64::from(u32::from(pair[0]));
    let first = part.windows(2).next().map(step);
    part.len() >= 3
        && first.is_some_and(|first| {
            (-1..=1).contains(&first)
                && part.windows(2).all(|pair| step(pair) == first || (pair[0], pair[1]) == ('9', '0'))
        })
}

/// PINs of a row of keys, besides runs and repetitions.
const PINS: [&str; 12] =
    ["2580", "0852", "1004", "6969", "1379", "1397", "2468", "1357", "1470", "147258", "159753", "147258369"];

/// Whether this may be a PIN.
///
/// # Errors
/// What stands against it.
pub fn may_be_pin(pin: &str) -> Result<(), Weak> {
    let digits: Vec<char> = pin.chars().collect();
    if !(PIN_LENGTH.0..=PIN_LENGTH.1).contains(&digits.len()) || !digits.iter().all(char::is_ascii_digit) {
        return Err(Weak::Pin);
    }
    let short = once(&digits).len() <= 2;
    let is_year = digits.len() == 4 && (pin.starts_with("19") || pin.starts_with("20"));
    if short || is_year || is_run(&digits) || PINS.contains(&pin) {
        return Err(Weak::CommonPin);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn s06_what_is_tried_first_is_refused() {
        for password in [
            "password1234",
            "Password2026!",
            "P@ssw0rd1234",
            "qwertyuiop123",
            "qwertzuiop12",
            "1q2w3e4r5t6y",
            "111111111111",
            "123456789012",
            "abcdefghijkl",
            "iloveyou1234",
            "Summer2026!!",
            "letmeinletmein",
            "abcabcabcabc",
            "monkeymonkey1",
            "welcome-welcome",
            "dragon football",
            "987654321098",
            "chairside2026",
            "hospital12345",
            "infusion-clinic",
            "adminadminadmin",
            "aaaaaaaaaaab",
        ] {
            assert_eq!(may_be_password(password, &[]), Err(Weak::Common), "{password}");
        }
    }

    #[test]
    fn s06_any_characters_do_and_length_is_bounded() {
        for password in
            ["mkd92-fjq7s-00", "Äpfel, Öl und Übermut", "correct horse battery staple", "ключ от старой двери"]
        {
            assert_eq!(may_be_password(password, &["Ann Lee"]), Ok(()), "{password}");
        }
        assert_eq!(may_be_password("six sheep on a hill", &["Ann Lee"]), Ok(()));
        for (password, found) in [("", 0), ("six sheep a", 11), (&*"x".repeat(129), 129)] {
            assert_eq!(may_be_password(password, &[]), Err(Weak::Length(found)));
        }
        assert_eq!(may_be_password(&"wq8#".repeat(32), &[]).map_err(|_| ()), Err(()), "a repetition is no length");
    }

    #[test]
    fn s06_a_password_is_not_the_name() {
        assert_eq!(may_be_password("anneliese-1984", &["Anneliese Meyer", "ameyer"]), Err(Weak::Name));
        assert_eq!(may_be_password("meyer met two owls", &["Anneliese Meyer"]), Ok(()));
    }

    #[test]
    fn s05_a_pin_is_digits_and_not_the_first_to_try() {
        for pin in ["4711", "90317", "31415926"] {
            assert_eq!(may_be_pin(pin), Ok(()), "{pin}");
        }
        for pin in ["", "471", "123456789", "47a1", "４７１１"] {
            assert_eq!(may_be_pin(pin), Err(Weak::Pin), "{pin}");
        }
        for pin in ["0000", "1234", "4321", "7890", "1212", "2580", "1987", "2026", "777777"] {
            assert_eq!(may_be_pin(pin), Err(Weak::CommonPin), "{pin}");
        }
    }

    #[test]
    fn the_list_is_small_letters_once_each() {
        let lines = include_str!("common.txt").lines().collect::<Vec<_>>();
        assert!(lines.len() > 800 && include_str!("common.txt").len() < 100_000);
        assert!(lines.iter().all(|line| *line == line.to_lowercase() && !line.is_empty()));
        assert_eq!(lines.len(), COMMON.len());
    }

    proptest! {
        #[test]
        fn p12_no_text_is_too_much(text in "\\PC{0,140}", name in "\\PC{0,20}") {
            let found = may_be_password(&text, &[&name]);
            let fits = (LENGTH.0..=LENGTH.1).contains(&text.chars().count());
            prop_assert_eq!(matches!(found, Err(Weak::Length(_))), !fits);
            let _ = may_be_pin(&text);
        }
    }
}
