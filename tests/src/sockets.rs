//! Every place of the program that opens a socket. What is not in this list opens none (S03).

use std::path::Path;

/// Words that open a socket, connect one, or look a name up.
const WORDS: [&str; 11] = [
    "TcpStream::connect",
    "TcpListener::bind",
    "TcpSocket::new",
    "UdpSocket::bind",
    "UnixDatagram::",
    "UnixStream::",
    "SocketType::",
    ".to_socket_addrs(",
    "lookup_host(",
    "connect_async(",
    "PgConnect",
];

/// File or folder, word, and whose address it is: all are the configuration's own, or this machine's.
const PLACES: [(&str, &str, &str); 15] = [
    ("chairside/src/serve.rs", "TcpListener::bind", "`listen`"),
    ("chairside/src/ehr/send.rs", "TcpStream::connect", "`[ehr] connect`"),
    ("chairside/src/ehr/send.rs", ".to_socket_addrs(", "`[ehr] connect`"),
    ("chairside/src/doctor/door.rs", "SocketType::", "`[[source]] listen`: whether it is free"),
    ("chairside/src/doctor/door.rs", "TcpStream::connect", "`[[source]] connect`, only with `doctor --connect`"),
    ("chairside/src/doctor/door.rs", ".to_socket_addrs(", "`[[source]] connect`, only with `doctor --connect`"),
    ("chairside/src/doctor/server.rs", "TcpStream::connect", "`listen`"),
    ("chairside/src/notify.rs", "UnixDatagram::", "the socket the service manager of this machine names"),
    ("ingest/src/lib.rs", "TcpListener::bind", "`[[source]] listen`"),
    ("ingest/src/connect.rs", "TcpStream::connect", "`[[source]] connect`"),
    ("ingest/src/datagram.rs", "SocketType::", "`[[source]] connect` of a monitor that is asked over the LAN"),
    ("ingest/src/datagram.rs", "lookup_host(", "`[[source]] connect` of a monitor that is asked over the LAN"),
    ("server/src/people/openid/reach.rs", "TcpStream::connect", "`[openid] issuer`"),
    ("store/src/postgres", "PgConnect", "`database`"),
    ("chairside/src/config", "PgConnect", "`database`, only read"),
];

/// Crates that are part of the program; the simulator is a program of its own that talks to it.
const CRATES: [&str; 13] = [
    "observation",
    "request",
    "decode",
    "hub",
    "store",
    "recorder",
    "ingest",
    "limits",
    "wire",
    "export",
    "tls",
    "server",
    "chairside",
];

#[test]
fn s03_sockets_are_opened_in_these_places_and_nowhere_else() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates");
    let mut found = Vec::new();
    for name in CRATES {
        let folder = crates.join(name).join("src");
        assert!(folder.is_dir(), "{} is not there", folder.display());
        look(&folder, &mut |path, text| {
            let file = path.strip_prefix(&crates).unwrap().display().to_string();
            // Tests open sockets as they like.
            let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
            let opens = WORDS.iter().filter(|word| text.contains(**word));
            found.extend(opens.map(|word| (file.clone(), *word)));
        });
    }
    let listed =
        |file: &str, word: &str| PLACES.iter().any(|(place, known, _)| file.starts_with(place) && *known == word);
    let beyond: Vec<_> = found.iter().filter(|(file, word)| !listed(file, word)).collect();
    assert!(beyond.is_empty(), "these places open a socket and are in no list: {beyond:#?}");
    assert!(found.len() >= 9, "the places were not found: {found:?}");
}

fn look(folder: &Path, each: &mut dyn FnMut(&Path, &str)) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            look(&path, each);
        } else if path.extension().is_some_and(|e| e == "rs") && !path.ends_with("tests.rs") {
            each(&path, &std::fs::read_to_string(&path).unwrap());
        }
    }
}
