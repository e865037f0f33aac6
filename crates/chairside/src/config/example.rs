/// A commented configuration that passes its own check.
pub const EXAMPLE: &str = r#"# Chairside configuration. Check it with: chairside config check chairside.toml

# Folder for the session log and raw captures. A relative path starts at this file's folder.
data = "chairside-data"

# Address of the screens. Beyond this machine they are served over TLS only, and once somebody has an account.
listen = "127.0.0.1:8080"

# The session log. A relative path starts at the data folder. With a PostgreSQL address instead
# (postgres://chairside@localhost/chairside) the log is kept in chairside.db and taken to that database, too; an address with a
# password stands in a file that only this user may read: database_file = "database.url"
database = "sqlite:chairside.db"

# The clinic's time zone (IANA name). Left out: the zone of this machine.
zone = "America/New_York"

# What no session claims is erased so many hours after it came in (1 to 744): until then a session that is started late can
# still claim it. What a session has claimed is never erased by itself; see `chairside erase`.
[retention]
unclaimed_h = 24

# Backups the server makes while it records: one verified file each, to a folder on another disk. `chairside restore` makes
# a data folder of one again. Take the marks off to use it; docs/backup.md has more.
#[backup]
#to = "/mnt/backup"
#every_h = 24
#keep = 14
#encrypt_to = "age1..."                 # only the holder of this key can open them; made with age-keygen

# What the server is called where other machines open it, as in listen = "0.0.0.0:8443". Its certificate is made and renewed by
# itself (docs/tls.md); `certificate` and `key` name files of the clinic's own instead.
#[tls]
#names = ["chairside.clinic.local", "192.168.1.10"]

# A screen nobody touches locks after so many minutes (1 to 15): live values go on, entries and records ask who is there.
[accounts]
lock_after_min = 15

# Signing in with the clinic's own accounts (OpenID Connect), beside the accounts made here. Nobody gets a role that does not
# stand here. Register the address https://HOST:PORT/openid there; docs/security.md has more. Take the marks off to use it.
#[openid]
#issuer = "https://id.clinic.example/realms/ward"
#client = "chairside"
#secret_file = "openid.secret"          # the secret alone, for this user only (chmod 600)
#name = "Clinic account"                # what the button says
#claim = "groups"                       # where the groups stand in the token
#roles = { "ward-nurses" = "nurse", "ward-leads" = "lead" }
#ca = "clinic-ca.crt"                   # left out: the authorities this machine trusts

# Chairs in room order: the wall shows them in this order, always.
[[chair]]
id = "1"
name = "Window"

[[chair]]
id = "2"
name = "Door"
# Several devices on one chair: which of them a tile shows, first choice first. When the first choice is lost or has no
# value, the next one takes over and the tile says so. Vitals that are not named take `default`, then the order of the
# sources below.
prefer = { spo2 = ["oximeter-2", "gateway"], default = ["gateway"] }

# A gateway or monitors that send HL7 v2 over MLLP: they connect to us.
[[source]]
id = "gateway"
protocol = "hl7"
listen = "127.0.0.1:2575"
# How its messages are read. "auto" judges each message by its own evidence.
profile = "auto"
# Who may connect, as addresses or networks. Needed as soon as `listen` is not this machine alone.
allow = ["127.0.0.1", "192.168.20.0/24"]
# Where the gateway can: TLS, a certificate of your authority, and its name on this list. An address proves nothing.
#tls = { client_ca = "devices.crt", names = ["gateway-3"] }
# Bed names as sent. Beds without a row appear under Settings as "unassigned feed".
route = [{ bed = "BED-01", chair = "1" }, { bed = "BED-02", chair = "2" }]

# A pulse oximeter on a serial port. It is only ever listened to.
[[source]]
id = "oximeter-2"
protocol = "nellcor"
port = "/dev/serial/by-id/usb-FTDI_FT232R_USB_UART_A1B2C3D4-if00-port0"
baud = 9600
chair = "2"
# Keep every received byte in the data folder, to look at trouble later.
capture = false

# A device that prints lines and has no decoder here: described in the configuration alone (docs/configuration.md). What a
# description makes of a capture is said, line by line, by
#   chairside decode --protocol generic --config chairside.toml --explain capture.txt
# The block below reads 10:42:05,HR,72,SPO2,97,NIBP,128,79,95 - take the marks off to use it.
#
#[[source]]
#id = "monitor-1"
#protocol = "generic"
#port = "/dev/ttyUSB1"
#baud = 9600
#parity = "none"
#chair = "1"
#
#[source.lines]
#kind = "delimited"                     # or "key_value" (SPO2=97 HR=72), or "columns"
#separator = ","
#count = 9                              # a line with more or fewer fields is not read
#time = { at = 1, format = "hh:mm:ss" }
#must = [{ at = 2, is = "HR" }, { at = 4, is = "SPO2" }, { at = 6, is = "NIBP" }]
#ignore = ["MODEL"]                     # beginnings of lines without vitals
#cuff = { new_when = "changed" }        # the last reading is repeated; "printed", "time", "age", "counter" are better
#
#[[source.lines.field]]
#vital = "heart_rate"
#at = 3
#
#[[source.lines.field]]
#vital = "spo2"
#at = 5
#absent = ["127"]                       # blanks, dashes and zero are always absent
#
#[[source.lines.field]]
#vital = "nibp"
#part = "systolic"
#at = 7
#unit = "mm[Hg]"
#
#[[source.lines.field]]
#vital = "nibp"
#part = "diastolic"
#at = 8
#unit = "mm[Hg]"
#
#[[source.lines.field]]
#vital = "nibp"
#part = "mean"
#at = 9
#unit = "mm[Hg]"
"#;
