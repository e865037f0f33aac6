//! Open files: what the program may need at most, asked of the system at the start.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Screens, connections of browsers, the connections of a few gateways, each at its own bound, and the log. Systems usually
/// begin with 1,024 and allow many more to whoever asks.
const WANTED: u64 = 4096;

/// Asks for as many as are wanted. Fewer is a warning: a crowd could then use up what a monitor's connection needs.
pub(crate) fn ask_for_enough() {
    let limit = getrlimit(Resource::Nofile);
    let Some(raised) = raised(limit.current, limit.maximum) else { return };
    let allowed = setrlimit(Resource::Nofile, Rlimit { current: Some(raised), maximum: limit.maximum }).is_ok();
    if !allowed || raised < WANTED {
        tracing::warn!(
            found = raised,
            expected = WANTED,
            "few open files are allowed to this program; raise `ulimit -Hn`, or LimitNOFILE of its service"
        );
    }
}

/// What to ask for; `None` where there is enough.
fn raised(current: Option<u64>, maximum: Option<u64>) -> Option<u64> {
    current.filter(|now| *now < WANTED).map(|_| maximum.map_or(WANTED, |most| most.min(WANTED)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn h24_as_many_open_files_are_asked_for_as_the_bounds_need_and_never_fewer_than_there_are() {
        assert_eq!(raised(Some(1024), Some(524_288)), Some(WANTED));
        assert_eq!(raised(Some(1024), None), Some(WANTED));
        assert_eq!(raised(Some(256), Some(1024)), Some(1024));
        assert_eq!(raised(Some(20_000), Some(20_000)), None);
        assert_eq!(raised(None, None), None);
    }
}
