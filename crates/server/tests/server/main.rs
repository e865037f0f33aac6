//! The server as its clients meet it: a real listener, real sockets, a real hub.

mod clinic;
mod fhir;
mod hostile;
mod http;
mod limits;
mod notices;
mod openid;
mod people;
mod record;
mod rig;
mod screen;
mod session;
mod tls;
