//! Sign-ins that were begun and have not ended: in memory, few, for minutes.

use chairside_access::Token;
use chairside_access::openid::{Begun, Claims};
use chairside_observation::Micros;

/// Sign-ins under way at once. Beyond it the oldest is forgotten: its person begins again.
const FLOWS_MAX: usize = 256;
/// From its begin to its end: a person types a password and a code at the provider.
pub(super) const FLOW_FOR: Micros = Micros::from_secs(10 * 60);

/// One of them.
#[derive(Clone, Debug)]
pub(super) struct Flow {
    /// Digest of what the browser keeps: who ends it has to be who began it.
    browser: String,
    pub(super) begun: Begun,
    /// Where the provider sends the browser back to.
    pub(super) back: String,
    /// Who it is, once the provider said; then only the second factor is missing.
    pub(super) proven: Option<Claims>,
    until: Micros,
}

/// All of them, on the monotonic clock.
#[derive(Debug, Default)]
pub(super) struct Flows(Vec<Flow>);

impl Flows {
    /// Begins one.
    pub(super) fn begin(&mut self, browser: &Token, begun: Begun, back: String, now: Micros) {
        self.0.retain(|flow| now < flow.until);
        if self.0.len() >= FLOWS_MAX {
            self.0.remove(0);
        }
        self.0.push(Flow { browser: browser.digest(), begun, back, proven: None, until: now + FLOW_FOR });
    }

    /// Takes the one with this state out, if it is this browser's: a code, right or wrong, is tried once.
    pub(super) fn take(&mut self, browser: Option<&Token>, state: &str, now: Micros) -> Option<Flow> {
        let browser = browser?.digest();
        let fits = |flow: &Flow| flow.browser == browser && flow.begun.state == state && now < flow.until;
        let at = self.0.iter().position(fits)?;
        Some(self.0.remove(at))
    }

    /// Puts one back: the provider said who it is, and the second factor is asked for.
    pub(super) fn proven(&mut self, flow: Flow, claims: Claims) {
        self.0.push(Flow { proven: Some(claims), ..flow });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begun(n: u8) -> Begun {
        Begun::new([[n; 32], [n + 1; 32], [n + 2; 32]])
    }

    #[test]
    fn a_sign_in_ends_once_in_the_browser_that_began_it_and_in_time() {
        let (here, there) = (Token::new([1; 32]), Token::new([2; 32]));
        let mut flows = Flows::default();
        let state = begun(1).state;
        flows.begin(&here, begun(1), "https://x/openid".into(), Micros(0));
        assert!(flows.take(Some(&there), &state, Micros(1)).is_none(), "another browser");
        assert!(flows.take(None, &state, Micros(1)).is_none());
        assert!(flows.take(Some(&here), &begun(4).state, Micros(1)).is_none(), "another state");
        assert!(flows.take(Some(&here), &state, FLOW_FOR).is_none(), "too late");
        assert!(flows.take(Some(&here), &state, Micros(1)).is_some());
        assert!(flows.take(Some(&here), &state, Micros(1)).is_none(), "once");
    }

    #[test]
    fn sign_ins_under_way_are_bounded() {
        let here = Token::new([1; 32]);
        let mut flows = Flows::default();
        for n in 0..=FLOWS_MAX {
            flows.begin(&here, begun((n % 200) as u8), n.to_string(), Micros(0));
        }
        assert_eq!((flows.0.len(), &*flows.0[0].back), (FLOWS_MAX, "1"), "the oldest went");
        flows.begin(&here, begun(1), String::new(), FLOW_FOR);
        assert_eq!(flows.0.len(), 1, "those that are over are forgotten");
    }
}
