//! What the system says of a serial port without opening it: who has it open, who may, and its lasting name.
//!
//! Opening a port raises its modem lines, and setting its speed would disturb a program that listens there; so everything
//! here looks at names, links and permissions only.

use rustix::fs::Access;
use std::fs::Metadata;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};

/// Where the system keeps names of serial ports that do not change when adapters are plugged in another order.
pub const BY_ID: &str = "/dev/serial/by-id";

/// A program that has a port open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// Its process id.
    pub process: u32,
    /// Its name.
    pub name: String,
}

impl std::fmt::Display for Holder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} (process {})", self.name, self.process)
    }
}

/// Programs that have the port open, as far as this user may see: other users' programs show their files to root only.
#[must_use]
pub fn holders(port: &Path) -> Vec<Holder> {
    holders_in(Path::new("/proc"), port, std::process::id())
}

fn holders_in(proc: &Path, port: &Path, ourselves: u32) -> Vec<Holder> {
    let Ok(device) = port.canonicalize() else { return Vec::new() };
    let processes = std::fs::read_dir(proc).into_iter().flatten().flatten();
    let holder = |process: u32| {
        let folder = proc.join(process.to_string());
        let mut files = std::fs::read_dir(folder.join("fd")).ok()?.flatten();
        files.find(|file| std::fs::read_link(file.path()).is_ok_and(|open| open == device))?;
        let name = std::fs::read_to_string(folder.join("comm")).unwrap_or_default();
        let name = if name.trim().is_empty() { "a program" } else { name.trim() };
        Some(Holder { process, name: name.to_owned() })
    };
    let ids = processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let mut found: Vec<Holder> = ids.filter(|id| *id != ourselves).filter_map(holder).collect();
    found.sort_by_key(|holder| holder.process);
    found
}

/// The lasting name of a port that was given by a name that may change, such as `/dev/ttyUSB0`.
#[must_use]
pub fn lasting_name(port: &Path) -> Option<PathBuf> {
    lasting_name_in(Path::new(BY_ID), port)
}

fn lasting_name_in(by_id: &Path, port: &Path) -> Option<PathBuf> {
    if port.starts_with("/dev/serial") || port.starts_with(by_id) {
        return None;
    }
    let device = port.canonicalize().ok()?;
    let mut names: Vec<PathBuf> = std::fs::read_dir(by_id).ok()?.flatten().map(|entry| entry.path()).collect();
    names.sort();
    names.into_iter().find(|name| name.canonicalize().is_ok_and(|to| to == device))
}

/// What stands at the path of a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Door {
    /// Nothing.
    Missing,
    /// Something that is no port.
    NotAPort,
    /// A port this user may read.
    Open,
    /// A port this user may not read.
    Closed {
        /// The group that may, where there is one.
        group: Option<String>,
        /// The user is entered in that group, but this log-in is older than the entry.
        log_in_again: bool,
    },
}

/// Looks at the path of a port.
#[must_use]
pub fn door(port: &Path) -> Door {
    let Ok(found) = port.metadata() else { return Door::Missing };
    // Major number 1 is memory: /dev/null, /dev/zero and their like.
    if !found.file_type().is_char_device() || rustix::fs::major(found.rdev()) == 1 {
        return Door::NotAPort;
    }
    if rustix::fs::access(port, Access::READ_OK).is_ok() {
        return Door::Open;
    }
    let groups = std::fs::read_to_string("/etc/group").unwrap_or_default();
    let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let user = user_name(&users, rustix::process::geteuid().as_raw());
    closed(&found, &groups, user.as_deref())
}

fn closed(port: &Metadata, groups: &str, user: Option<&str>) -> Door {
    const GROUP_READ: u32 = 0o040;
    if port.mode() & GROUP_READ == 0 {
        return Door::Closed { group: None, log_in_again: false };
    }
    let group = group(groups, port.gid());
    let entered = group.as_ref().is_some_and(|(_, members)| user.is_some_and(|user| members.contains(&user)));
    let name = group.map_or_else(|| port.gid().to_string(), |(name, _)| name.to_owned());
    Door::Closed { group: Some(name), log_in_again: entered }
}

/// Name and members of a group, from the text of `/etc/group`: `name:password:id:member,member`.
fn group(text: &str, id: u32) -> Option<(&str, Vec<&str>)> {
    text.lines().find_map(|line| {
        let mut fields = line.split(':');
        let (name, _, found, members) = (fields.next()?, fields.next()?, fields.next()?, fields.next()?);
        (found.parse() == Ok(id)).then(|| (name, members.split(',').collect()))
    })
}

/// Name of a user, from the text of `/etc/passwd`: `name:password:id:...`.
fn user_name(text: &str, id: u32) -> Option<String> {
    text.lines().find_map(|line| {
        let mut fields = line.split(':');
        let (name, _, found) = (fields.next()?, fields.next()?, fields.next()?);
        (found.parse() == Ok(id)).then(|| name.to_owned())
    })
}

/// Whether the text is a network address where the path of a port was expected: `monitor:2575`, `192.168.20.7:4601`.
#[must_use]
pub fn is_network_address(port: &Path) -> bool {
    let text = port.to_string_lossy();
    let address = text.rsplit_once(':').is_some_and(|(host, number)| !host.is_empty() && number.parse::<u16>().is_ok());
    address && !text.contains('/') && !port.exists()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn programs_that_have_a_port_open_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let port = folder.path().join("ttyUSB0");
        std::fs::write(&port, "").unwrap();
        let link = folder.path().join("by-name");
        symlink(&port, &link).unwrap();
        for (process, name, open) in
            [(7, "chairside\n", &port), (8, "bash\n", &folder.path().join("other")), (9, "", &port)]
        {
            let fd = folder.path().join(format!("proc/{process}/fd"));
            std::fs::create_dir_all(&fd).unwrap();
            symlink(open, fd.join("3")).unwrap();
            std::fs::write(fd.join("../comm"), name).unwrap();
        }
        let named = |ourselves| {
            let found = holders_in(&folder.path().join("proc"), &link, ourselves);
            found.iter().map(Holder::to_string).collect::<Vec<_>>().join(", ")
        };
        assert_eq!(named(1), "chairside (process 7), a program (process 9)");
        assert_eq!(named(7), "a program (process 9)", "not ourselves");
    }

    #[test]
    fn a_name_that_may_change_has_a_lasting_one_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let (port, by_id) = (folder.path().join("ttyUSB0"), folder.path().join("by-id"));
        std::fs::write(&port, "").unwrap();
        std::fs::create_dir(&by_id).unwrap();
        assert_eq!(lasting_name_in(&by_id, &port), None);
        let lasting = by_id.join("usb-FTDI_A1B2-if00-port0");
        symlink("../ttyUSB0", &lasting).unwrap();
        assert_eq!(lasting_name_in(&by_id, &port), Some(lasting.clone()));
        assert_eq!(lasting_name_in(&by_id, &lasting), None, "it is the lasting name already");
    }

    #[test]
    fn a_closed_port_names_the_group_and_whether_the_user_is_in_it() {
        let groups = "root:x:0:\ndialout:x:20:ann,ben\n";
        assert_eq!(group(groups, 20), Some(("dialout", vec!["ann", "ben"])));
        assert_eq!(group(groups, 21), None);
        assert_eq!(user_name("root:x:0:0::/:\nann:x:1000:1000::/:", 1000).as_deref(), Some("ann"));
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::set_permissions(file.path(), std::os::unix::fs::PermissionsExt::from_mode(0o660)).unwrap();
        let found = file.path().metadata().unwrap();
        let groups = format!("dialout:x:{}:ann", found.gid());
        let door = |user| closed(&found, &groups, Some(user));
        assert_eq!(door("ann"), Door::Closed { group: Some("dialout".into()), log_in_again: true });
        assert_eq!(door("ben"), Door::Closed { group: Some("dialout".into()), log_in_again: false });
    }

    #[test]
    fn a_path_is_told_from_a_network_address() {
        for (text, expected) in [
            ("monitor:2575", true),
            ("192.168.20.7:4601", true),
            ("[::1]:2575", true),
            ("/dev/ttyUSB0", false),
            ("/dev/serial/by-path/pci-0000:00:14.0-usb-0:1", false),
            ("COM3:", false),
            ("ttyUSB0", false),
        ] {
            assert_eq!(is_network_address(Path::new(text)), expected, "{text}");
        }
    }

    #[test]
    fn the_door_of_a_port_is_looked_at_without_opening_it() {
        assert_eq!(door(Path::new("/dev/chairside-no-such-port")), Door::Missing);
        assert_eq!(door(Path::new("/")), Door::NotAPort);
        assert_eq!(door(Path::new("/dev/null")), Door::NotAPort);
        assert_eq!(door(Path::new("/dev/ptmx")), Door::Open);
    }
}
