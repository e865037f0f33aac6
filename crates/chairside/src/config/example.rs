/// A commented configuration that passes its own check.
pub const EXAMPLE: &str = r#"# Chairside configuration. Check it with: chairside config check chairside.toml

# Folder for the session log and raw captures. A relative path starts at this file's folder.
data = "chairside-data"

# Address of the screens. Only this machine can open them until TLS and a first administrator exist.
listen = "127.0.0.1:8080"

# The session log. A relative path starts at the data folder.
database = "sqlite:chairside.db"

# The clinic's time zone (IANA name). Left out: the zone of this machine.
zone = "America/New_York"

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
"#;
