//! What a screen may say, and how often.

use chairside_wire::FromScreen;
use std::collections::VecDeque;
use std::time::Duration;
use tokio::time::Instant;

/// Longest message of a screen (S15).
pub const MESSAGE_BYTES_MAX: usize = 16 * 1024;
/// Messages of a screen in any minute (S15); pings are counted apart, by the same number.
pub const MESSAGES_A_MINUTE: usize = 60;
const MINUTE: Duration = Duration::from_secs(60);

/// Counts what came in during the last minute.
#[derive(Default)]
pub(crate) struct Allowance(VecDeque<Instant>);

impl Allowance {
    /// Takes note of one more at `now`; `false` when it is one too many.
    pub(crate) fn allows(&mut self, now: Instant) -> bool {
        while self.0.front().is_some_and(|at| now.duration_since(*at) >= MINUTE) {
            self.0.pop_front();
        }
        let fits = self.0.len() < MESSAGES_A_MINUTE;
        if fits {
            self.0.push_back(now);
        }
        fits
    }
}

/// Reads a message.
///
/// # Errors
/// A sentence for the one who sent it: too long, no JSON, unknown kind, unknown field.
pub(crate) fn read(text: &str) -> Result<FromScreen, String> {
    if text.len() > MESSAGE_BYTES_MAX {
        return Err(format!("the message has {} bytes; at most {MESSAGE_BYTES_MAX} are taken", text.len()));
    }
    serde_json::from_str(text).map_err(|e| format!("the message was not understood ({e}); docs/wire.md lists them"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn s15_sixty_in_any_minute_and_no_more() {
        let mut allowance = Allowance::default();
        let start = Instant::now();
        let at = |ms: u64| start + Duration::from_millis(ms);
        assert!((0..60).all(|n| allowance.allows(at(n * 500))), "60 within 30 s");
        assert!(!allowance.allows(at(30_000)));
        assert!(!allowance.allows(at(59_999)));
        assert!(allowance.allows(at(60_000)), "the first is a minute old");
        assert!(!allowance.allows(at(60_400)), "the second is not");
    }

    #[test]
    fn s17_what_is_not_on_the_list_is_refused_with_a_sentence() {
        let check = |text: &str, expected: &str| {
            let said = read(text).map_or_else(|e| e, |m| format!("{m:?}"));
            assert!(said.contains(expected), "of {text:?}: {said}");
        };
        check(r#"{"kind":"follow","chair":"1"}"#, "Follow { chair: \"1\", after: None, window_s: 0 }");
        check(r#"{"kind":"follow","chair":"1","windowS":900,"after":7}"#, "after: Some(7), window_s: 900");
        check(r#"{"kind":"unfollow","chair":"1"}"#, "Unfollow");
        check(r#"{"kind":"follow","chair":"1","from":3}"#, "unknown field");
        check(r#"{"kind":"start","chair":"1"}"#, "unknown variant");
        check(r#"{"kind":"follow","chair":"1","after":-1}"#, "not understood");
        check("{", "not understood");
        check("", "not understood");
        check(&" ".repeat(MESSAGE_BYTES_MAX + 1), "16385 bytes");
    }
}
