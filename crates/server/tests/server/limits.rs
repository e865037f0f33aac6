//! What the server refuses on a socket, and how it says so.

use crate::rig::{Client, POLICY, UNSUPPORTED, get, start};
use chairside_server::{MESSAGE_BYTES_MAX, MESSAGES_A_MINUTE, SCREENS_MAX};
use chairside_wire::{Health, ToScreen};
use tokio_tungstenite::tungstenite::Message;

#[tokio::test]
async fn s15_the_message_after_the_sixtieth_ends_the_connection() {
    let rig = start().await;
    let mut screen = rig.screen().await;
    for _ in 0..MESSAGES_A_MINUTE {
        screen.say_text(r#"{"kind":"unfollow","chair":"1"}"#).await;
    }
    screen.follow("1", None, 0).await;
    let (sentence, code) = screen.ended().await;
    assert_eq!(code, Some(POLICY));
    assert!(sentence.unwrap().contains("60 messages in a minute"));
}

#[tokio::test]
async fn s15_sixty_messages_are_taken() {
    let rig = start().await;
    let mut screen = rig.screen().await;
    for _ in 1..MESSAGES_A_MINUTE {
        screen.say_text(r#"{"kind":"unfollow","chair":"1"}"#).await;
    }
    screen.follow("1", None, 0).await;
    screen.hear_until(|m| matches!(m, ToScreen::Snapshot { .. }).then_some(())).await;
}

#[tokio::test]
async fn s15_the_longest_message_is_taken_and_one_byte_more_is_not() {
    let rig = start().await;
    let padded = |bytes: usize| {
        let message = r#"{"kind":"follow","chair":"1"}"#;
        format!("{message}{}", " ".repeat(bytes - message.len()))
    };
    let mut screen = rig.screen().await;
    screen.say_text(&padded(MESSAGE_BYTES_MAX)).await;
    screen.hear_until(|m| matches!(m, ToScreen::Snapshot { .. }).then_some(())).await;
    screen.say_text(&padded(MESSAGE_BYTES_MAX + 1)).await;
    let (sentence, code) = screen.ended().await;
    assert_eq!(code, Some(POLICY));
    assert!(sentence.unwrap().contains("16385 bytes"));
}

#[tokio::test]
async fn h24_a_giant_message_ends_the_connection_and_nothing_else() {
    let rig = start().await;
    let (mut giant, mut well) = (rig.screen().await, rig.screen().await);
    giant.say_text(&" ".repeat(20 * MESSAGE_BYTES_MAX)).await;
    let _ = giant.ended().await;
    well.follow("1", None, 0).await;
    well.hear_until(|m| matches!(m, ToScreen::Snapshot { .. }).then_some(())).await;
}

#[tokio::test]
async fn s17_what_is_not_understood_ends_the_connection_with_a_sentence() {
    let rig = start().await;
    let texts = [
        "",
        "hello",
        "{}",
        r#"{"kind":"start","chair":"1"}"#,
        r#"{"kind":"follow"}"#,
        r#"{"kind":"follow","chair":"1","since":4}"#,
        r#"{"kind":"follow","chair":"1","after":1.5}"#,
        r#"[{"kind":"follow","chair":"1"}]"#,
    ];
    for text in texts {
        let mut screen = rig.screen().await;
        screen.say_text(text).await;
        let (sentence, code) = screen.ended().await;
        assert_eq!(code, Some(POLICY), "{text}");
        assert!(sentence.unwrap().contains("not understood"), "{text}");
    }
    let mut screen = rig.screen().await;
    screen.say_raw(Message::binary(vec![0, 1, 2])).await;
    assert_eq!(screen.ended().await.1, Some(UNSUPPORTED));
}

#[tokio::test]
async fn h24_pings_are_counted_too() {
    let rig = start().await;
    let mut screen = rig.screen().await;
    for _ in 0..=MESSAGES_A_MINUTE {
        screen.say_raw(Message::Ping(Vec::new().into())).await;
    }
    assert_eq!(screen.ended().await.1, Some(POLICY));
}

#[tokio::test]
async fn h25_one_screen_more_than_there_are_places_is_refused_and_welcome_when_one_leaves() {
    let rig = start().await;
    let mut screens = Vec::new();
    for _ in 0..SCREENS_MAX {
        screens.push(rig.screen().await);
    }
    assert_eq!(Client::open(rig.address, &[]).await.err(), Some(503));
    rig.until(|rig| rig.hub.screens() == SCREENS_MAX).await;
    let health: Health = serde_json::from_slice(&get(&rig, "/healthz", &[]).await.body).unwrap();
    assert_eq!((health.refused.screens, health.refused.requests), (1, 1), "what is refused is counted");
    drop(screens.pop());
    rig.until(|rig| rig.hub.screens() < SCREENS_MAX).await;
    rig.screen().await.greeted().await;
}

#[tokio::test]
async fn s14_s15_only_pages_of_this_server_and_programs_of_this_machine_open_a_socket() {
    let rig = start().await;
    let own = format!("http://{}", rig.address);
    let port = rig.address.port();
    let local = format!("localhost:{port}");
    let local_origin = format!("http://localhost:{port}");
    let evil_host = format!("evil.example:{port}");
    let evil = format!("http://evil.example:{port}");
    let secure = format!("https://{}", rig.address);
    type Headers<'a> = &'a [(&'static str, &'a str)];
    let cases: [(Headers<'_>, Option<u16>); 12] = [
        (&[], None),
        (&[("origin", &own)], None),
        (&[("origin", &own), ("sec-fetch-site", "same-origin"), ("sec-fetch-mode", "websocket")], None),
        (&[("host", &local), ("origin", &local_origin)], None),
        (&[("origin", &evil)], Some(403)),
        (&[("origin", "null")], Some(403)),
        (&[("origin", &secure)], Some(403)),
        (&[("origin", &local_origin)], Some(403)),
        (&[("sec-fetch-mode", "websocket")], Some(403)),
        (&[("sec-fetch-site", "same-origin")], Some(403)),
        (&[("host", &evil_host)], Some(421)),
        (&[("host", &evil_host), ("origin", &evil)], Some(421)),
    ];
    for (headers, expected) in cases {
        assert_eq!(Client::open(rig.address, headers).await.err(), expected, "{headers:?}");
    }
}

#[tokio::test]
async fn a_plain_request_to_the_socket_is_told_what_is_expected() {
    let rig = start().await;
    let answer = get(&rig, "/ws", &[]).await;
    assert_eq!((answer.status, &*answer.code()), (426, "not_a_socket"));
    assert_eq!(answer.header("upgrade"), "websocket");
}

#[tokio::test]
async fn s15_compression_is_not_agreed_to() {
    let rig = start().await;
    let headers = [
        ("Upgrade", "websocket"),
        ("Connection", "upgrade"),
        ("Sec-WebSocket-Version", "13"),
        ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ("Sec-WebSocket-Extensions", "permessage-deflate"),
    ];
    let mut head = format!("GET /ws HTTP/1.1\r\nHost: {}\r\n", rig.address);
    headers.iter().for_each(|(name, value)| head += &format!("{name}: {value}\r\n"));
    let mut stream = tokio::net::TcpStream::connect(rig.address).await.unwrap();
    tokio::io::AsyncWriteExt::write_all(&mut stream, format!("{head}\r\n").as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    while !answer.windows(4).any(|w| w == b"\r\n\r\n") {
        tokio::io::AsyncReadExt::read_buf(&mut stream, &mut answer).await.unwrap();
    }
    let answer = String::from_utf8_lossy(&answer).to_lowercase();
    assert!(answer.starts_with("http/1.1 101"), "{answer}");
    assert!(!answer.contains("sec-websocket-extensions"), "{answer}");
}
