//! Hostile inputs from a seed: the same seed spoils the same way on every machine (P20). A run of the checks takes some thousand;
//! `HOSTILE_TIMES=100 HOSTILE_SEED=7 cargo test -p ... p12` takes a hundred times as many others.
#![allow(dead_code)] // Each test takes what it needs.

/// Numbers where arithmetic ends, beside usual ones.
pub(crate) const NUMBERS: [&str; 20] = [
    "0",
    "1",
    "-1",
    "2",
    "59",
    "60",
    "255",
    "256",
    "65535",
    "65536",
    "1e308",
    "0.5",
    "4294967296",
    "9007199254740993",
    "9223372036854775807",
    "-9223372036854775808",
    "18446744073709551615",
    "253402300800000000",
    "-62135596800000001",
    "1800000000000000",
];

/// Texts that mean something to somebody else: a database, a page, a spreadsheet, a terminal, a file system, HL7.
pub(crate) const TEXTS: [&str; 22] = [
    "",
    " ",
    "\u{0}",
    "\u{1f}",
    "\n",
    "\r\x1c\r",
    "'; DROP TABLE reading; --",
    "%",
    "<script>alert(1)</script>",
    "=1+1",
    "@SUM(A1)",
    "../../etc/passwd",
    "C:\\con",
    "${jndi:ldap://a}",
    "{{7*7}}",
    "\u{1b}[2J",
    "\u{202e}txt",
    "\u{feff}",
    "a\u{301}\u{301}\u{301}",
    "|^~\\&",
    "TEST:",
    "\u{10ffff}",
];

/// How many inputs: as many as usual, or `HOSTILE_TIMES` times that.
pub(crate) fn rounds(usual: usize) -> usize {
    let times = number("HOSTILE_TIMES").and_then(|times| usize::try_from(times).ok()).unwrap_or(1);
    usual.saturating_mul(times)
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// A generator (xorshift).
pub(crate) struct Dice(u64);

impl Dice {
    /// The same each time, unless `HOSTILE_SEED` says another.
    pub(crate) fn new(seed: u64) -> Self {
        let other = number("HOSTILE_SEED").unwrap_or(0).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        Self((seed ^ other).max(1))
    }

    /// A number below `below`; 0 for none.
    pub(crate) fn roll(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        if below == 0 { 0 } else { usize::try_from(self.0 % below as u64).unwrap_or(0) }
    }

    /// One of `all`.
    pub(crate) fn one<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.roll(all.len())]
    }

    /// Bytes with something wrong: cut, doubled, flipped, pushed in.
    pub(crate) fn bytes(&mut self, from: &[u8]) -> Vec<u8> {
        let mut bytes = from.to_vec();
        for _ in 0..=self.roll(3) {
            let (at, end) = (self.roll(bytes.len()), self.roll(bytes.len()));
            let part = bytes.get(at.min(end)..at.max(end)).unwrap_or_default().to_vec();
            match self.roll(6) {
                0 => bytes.truncate(at),
                1 => drop(bytes.drain(at.min(end)..at.max(end))),
                2 => drop(bytes.splice(at..at, part)),
                3 => drop(bytes.splice(at..at, self.one(&TEXTS).bytes())),
                4 => drop(bytes.splice(at..at, self.one(&NUMBERS).bytes())),
                _ => bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= 1 << (end % 8)),
            }
        }
        bytes
    }

    /// Lines with something wrong: one gone, moved or doubled, a number or text put in place of another, or as [`Dice::bytes`].
    pub(crate) fn lines(&mut self, from: &str) -> String {
        let mut lines: Vec<String> = from.lines().map(str::to_owned).collect();
        for _ in 0..=self.roll(3) {
            let (at, other) = (self.roll(lines.len()), self.roll(lines.len()));
            let Some(line) = lines.get(at).cloned() else { continue };
            let value = line.split_once('=').map(|(key, _)| key.to_owned());
            match (self.roll(6), value) {
                (0, _) => drop(lines.remove(at)),
                (1, _) => lines.insert(other, line),
                (2, _) => lines.swap(at, other),
                (3, Some(key)) => lines[at] = format!("{key}= {}", self.one(&NUMBERS)),
                (4, Some(key)) => lines[at] = format!("{key}= {:?}", self.one(&TEXTS)),
                _ => lines[at] = String::from_utf8_lossy(&self.bytes(line.as_bytes())).into_owned(),
            }
        }
        lines.join("\n")
    }
}
