//! Who sits at the terminal, as the machine knows: not by what was typed.

use chairside_observation::session::{NAME_MAX, Person, Role};

/// What the kernel says where nobody signed in to the machine: a service, a container.
const NOBODY: u32 = u32::MAX;

/// Whom the audit names for the command line: the user the program runs as, and whoever signed in to the machine, where that
/// is somebody else.
#[must_use]
pub fn who() -> Person {
    let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let signed_in = std::fs::read_to_string("/proc/self/loginuid").ok().and_then(|text| text.trim().parse().ok());
    // Where the kernel does not keep it, sudo says who called it.
    let called = || std::env::var("SUDO_UID").ok().and_then(|text| text.parse().ok());
    let by = signed_in.filter(|uid| *uid != NOBODY).or_else(called);
    let name = named(rustix::process::getuid().as_raw(), by, &users);
    Person { name: name.into(), role: Role::Reviewer }
}

/// `users`: the lines of `/etc/passwd`.
fn named(runs_as: u32, signed_in: Option<u32>, users: &str) -> String {
    let name = |uid: u32| {
        let fits = |line: &&str| line.split(':').nth(2).is_some_and(|found| found.parse() == Ok(uid));
        let found = users.lines().find(fits).and_then(|line| line.split(':').next());
        found.map_or_else(|| format!("number {uid}"), str::to_owned)
    };
    let text = match signed_in.filter(|uid| *uid != runs_as) {
        Some(uid) => format!("command line, user {} as {}", name(uid), name(runs_as)),
        None => format!("command line, user {}", name(runs_as)),
    };
    text.chars().filter(|c| !c.is_control()).take(NAME_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s23_the_one_at_the_terminal_is_named_by_the_machine_and_not_by_herself() {
        let users =
            "root:x:0:0:root:/root:/bin/sh\nchairside:x:990:990::/var/lib/chairside:/bin/false\nann:x:1000:1000::/:/";
        for (runs_as, signed_in, expected) in [
            (1000, None, "command line, user ann"),
            (1000, Some(1000), "command line, user ann"),
            (990, Some(1000), "command line, user ann as chairside"),
            (4711, Some(0), "command line, user root as number 4711"),
        ] {
            assert_eq!(named(runs_as, signed_in, users), expected);
        }
        let long = format!("{}:x:7:7::/:/", "n".repeat(500));
        assert_eq!(named(7, None, &long).chars().count(), NAME_MAX);
        assert!(who().may_sign().is_ok(), "{:?}", who());
    }
}
