//! Settings that are chosen by a word.

/// A setting with a word for each choice.
pub trait Word: Copy + 'static {
    /// Every choice.
    const ALL: &'static [Self];

    /// Its word on the command line.
    fn word(self) -> &'static str;

    /// The choice of this word.
    ///
    /// # Errors
    /// Any other word, with the words that are known.
    fn from_word(text: &str) -> Result<Self, String> {
        let known = || Self::ALL.iter().map(|choice| choice.word()).collect::<Vec<_>>().join(", ");
        let found = Self::ALL.iter().copied().find(|choice| choice.word() == text);
        found.ok_or_else(|| format!("`{text}` is not known: expected one of {}", known()))
    }
}
