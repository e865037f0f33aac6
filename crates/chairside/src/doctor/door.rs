//! The port, listener or connection of a source, looked at from outside.

use super::Finding;
use super::server::Running;
use crate::config::{Source, Transport};
use crate::port::{self, BY_ID, Door};
use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketType, bind, socket, sockopt};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::path::Path;
use std::time::Duration;

/// A monitor in the same building answers far sooner.
const CONNECT_TIME_MAX: Duration = Duration::from_secs(3);

/// Looks at the way a source is reached.
pub(super) fn check(source: &Source, running: &Running, connect: bool) -> Vec<Finding> {
    let id = source.id.as_str();
    match &source.transport {
        Transport::Port { path, .. } => serial(id, path, running),
        Transport::Listen { at, .. } => vec![listener(id, *at, running)],
        Transport::Connect { to } if source.protocol.lan_port().is_some() => {
            vec![Finding::skipped(format!(
                "{id}: {to} is asked over the network while Chairside runs, and not from here"
            ))]
        }
        Transport::Connect { to } if connect => vec![connection(id, to)],
        Transport::Connect { to } => {
            vec![Finding::skipped(format!("{id}: {to} is not tried; `doctor --connect` connects and hangs up again"))]
        }
    }
}

fn serial(id: &str, path: &Path, running: &Running) -> Vec<Finding> {
    let name = path.display();
    let mut all = match port::door(path) {
        Door::Missing => {
            let text = format!("{id}: there is no port {name}; {}", present(Path::new(BY_ID)));
            return vec![Finding::wrong(text, "plug the adapter in, or correct `port`")];
        }
        Door::NotAPort => {
            return vec![Finding::wrong(format!("{id}: {name} is no serial port"), "correct `port`")];
        }
        Door::Closed { group, log_in_again } => vec![closed(id, path, group.as_deref(), log_in_again)],
        Door::Open => vec![held(id, path, running)],
    };
    if let Some(lasting) = port::lasting_name(path) {
        let text = format!("{id}: {name} is a name that may go to another adapter at the next start");
        all.push(Finding::look(text, format!("port = \"{}\"", lasting.display())));
    }
    all
}

fn closed(id: &str, path: &Path, group: Option<&str>, log_in_again: bool) -> Finding {
    let name = path.display();
    let text = format!("{id}: this user may not open {name}");
    match group {
        Some(group) if log_in_again => Finding::wrong(
            text,
            format!("log out and in again (or restart the service): the user is in {group} by now"),
        ),
        Some(group) => {
            let todo = format!("sudo usermod -aG {group} USER, then log in again; group {group} may open it");
            Finding::wrong(text, todo)
        }
        None => Finding::wrong(text, format!("its group may not read it, either: ls -l {name}, and a udev rule")),
    }
}

/// Who has a port open that this user may open.
fn held(id: &str, path: &Path, running: &Running) -> Finding {
    let name = path.display();
    let holders = port::holders(path);
    let others: Vec<String> = holders.iter().filter(|h| h.name != "chairside").map(ToString::to_string).collect();
    match (holders.first(), others.is_empty()) {
        (None, _) => Finding::fine(format!("{id}: {name} is there, may be opened, and nobody is seen to have it open")),
        (Some(_), true) if running.is_running() => Finding::fine(format!("{id}: Chairside has {name} open")),
        (Some(holder), true) => {
            let text = format!(
                "{id}: {name} is open in another Chairside, {holder}, that is not the one of this configuration"
            );
            Finding::wrong(text, "end it: a port has one listener")
        }
        (Some(_), false) => {
            let text = format!("{id}: {name} is in use by {}", others.join(", "));
            Finding::wrong(text, "end that program: a port has one listener, two get a part of the bytes each")
        }
    }
}

/// Names of the adapters that are plugged in, as half a sentence.
fn present(by_id: &Path) -> String {
    let mut names: Vec<String> =
        std::fs::read_dir(by_id).into_iter().flatten().flatten().map(|e| e.path().display().to_string()).collect();
    names.sort();
    if names.is_empty() { "no USB adapter is plugged in".to_owned() } else { format!("there are {}", names.join(", ")) }
}

fn listener(id: &str, at: SocketAddr, running: &Running) -> Finding {
    if at.port() == 0 {
        return Finding::fine(format!("{id}: takes any free port of {}", at.ip()));
    }
    match (free(at), running.is_running()) {
        (Ok(()), false) => Finding::fine(format!("{id}: {at} is free to listen on")),
        (Ok(()), true) => {
            let text = format!("{id}: Chairside runs, but nobody listens on {at}");
            Finding::wrong(text, "start Chairside again with this configuration, when no session runs")
        }
        (Err(Errno::ADDRINUSE), true) => Finding::fine(format!("{id}: {at} is listened on, while Chairside runs")),
        (Err(Errno::ADDRINUSE), false) => {
            let todo = format!("end it (sudo ss -ltnp 'sport = :{}' names it), or choose another port", at.port());
            Finding::wrong(format!("{id}: {at} is in use by another program"), todo)
        }
        (Err(Errno::ADDRNOTAVAIL), _) => {
            let text = format!("{id}: this machine has no address {}", at.ip());
            Finding::wrong(text, "set `listen` to one it has (ip address), or to 0.0.0.0 with an `allow` list")
        }
        (Err(Errno::ACCESS), _) => {
            let text = format!("{id}: this user may not listen on port {}", at.port());
            Finding::wrong(text, "choose a port from 1024 on, such as 2575")
        }
        (Err(other), _) => Finding::wrong(format!("{id}: {at}: {other}"), "correct `listen`"),
    }
}

/// Whether an address can be bound. Nothing is listened on, so no monitor can connect by mistake.
fn free(at: SocketAddr) -> Result<(), Errno> {
    let family = if at.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 };
    let socket = socket(family, SocketType::STREAM, None)?;
    // Connections that ended a moment ago are no listener.
    sockopt::set_socket_reuseaddr(&socket, true)?;
    bind(&socket, &at)
}

fn connection(id: &str, to: &str) -> Finding {
    let todo = "check the monitor's address and HL7 port, the network cable, and firewalls in between";
    let addresses = match to.to_socket_addrs() {
        Ok(addresses) => addresses,
        Err(e) => {
            return Finding::wrong(format!("{id}: {to} has no address: {e}"), "correct `connect`, or use an address");
        }
    };
    let mut why = "it has no address".to_owned();
    for address in addresses {
        match TcpStream::connect_timeout(&address, CONNECT_TIME_MAX) {
            Ok(_) => return Finding::fine(format!("{id}: {to} takes connections (hung up again, nothing sent)")),
            Err(e) => why = e.to_string(),
        }
    }
    Finding::wrong(format!("{id}: {to} cannot be reached: {why}"), todo)
}

#[cfg(test)]
mod tests {
    use super::super::Mark;
    use super::*;
    use std::net::TcpListener;

    fn source(way: &str) -> Source {
        let protocol = if way.starts_with("port") { "nellcor" } else { "hl7" };
        let text = format!("[[source]]\nid = \"a\"\nprotocol = \"{protocol}\"\n{way}");
        crate::config::check(&text).unwrap().sources.remove(0)
    }

    fn found(way: &str, connect: bool) -> Finding {
        check(&source(way), &Running::No, connect).remove(0)
    }

    #[test]
    fn a_port_that_is_not_there_or_no_port_is_wrong() {
        let missing = found("port = \"/dev/chairside-no-such-port\"", false);
        assert_eq!(missing.mark, Mark::Wrong);
        assert!(missing.text.contains("there is no port /dev/chairside-no-such-port; "), "{missing:?}");
        assert_eq!(found("port = \"/\"", false).text, "a: / is no serial port");
    }

    #[test]
    fn a_closed_port_says_how_to_open_it() {
        let todo = |group, again| closed("a", Path::new("/dev/ttyUSB0"), group, again).todo.unwrap();
        assert!(todo(Some("dialout"), false).starts_with("sudo usermod -aG dialout USER"));
        assert!(todo(Some("dialout"), true).starts_with("log out and in again"));
        assert!(todo(None, false).contains("udev"));
    }

    #[test]
    fn a_listener_is_free_in_use_or_not_ours() {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let at = taken.local_addr().unwrap();
        let way = format!("listen = \"{at}\"");
        let busy = found(&way, false);
        assert_eq!(busy.mark, Mark::Wrong);
        assert!(busy.text.ends_with("is in use by another program"), "{busy:?}");
        drop(taken);
        assert_eq!(found(&way, false).mark, Mark::Fine);
        let elsewhere = found("listen = \"192.0.2.1:2575\"\nallow = [\"192.0.2.2\"]", false);
        assert!(elsewhere.text.contains("no address 192.0.2.1"), "{elsewhere:?}");
        assert_eq!(found("listen = \"127.0.0.1:0\"", false).mark, Mark::Fine);
    }

    #[test]
    fn connections_are_tried_only_when_asked_for() {
        let monitor = TcpListener::bind("127.0.0.1:0").unwrap();
        monitor.set_nonblocking(true).unwrap();
        let way = format!("connect = \"{}\"", monitor.local_addr().unwrap());
        assert_eq!(found(&way, false).mark, Mark::Skipped);
        assert!(monitor.accept().is_err(), "nobody has connected");
        assert_eq!(found(&way, true).mark, Mark::Fine);
        let (mut stream, _) = monitor.accept().unwrap();
        stream.set_nonblocking(false).unwrap();
        let mut sent = Vec::new();
        std::io::Read::read_to_end(&mut stream, &mut sent).unwrap();
        assert_eq!(sent, b"", "nothing is sent to the monitor");
        drop(monitor);
        assert_eq!(found(&way, true).mark, Mark::Wrong);
    }
}
