//! A nurse: opens a session, writes notes, ends it, goes to the next chair. What has no answer she sends again, with its key.

use super::book::{Pressed, Shared, Weak, now_ms, now_us};
use super::net::connect;
use super::plan::{BOUND_MS, HEALED_MS};
use super::sender::patient_id;
use super::{CHAIRS, HOST, WEB};
use chairside_observation::session::SessionId;
use chairside_observation::{ChairId, Sequence};
use chairside_sim::rng::Rng;
use chairside_wire::{Act, DoAct, Done, Patient, Person, Plan};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{sleep, timeout};

/// The server answers within 8 s, or never; some of these waits are shorter, as those of a browser that is closed are.
const ANSWER: [Duration; 3] = [Duration::from_millis(700), Duration::from_secs(3), Duration::from_secs(9)];
/// Before what had no answer is sent again.
const AGAIN: Duration = Duration::from_millis(700);
/// Notes in one session, at most.
const NOTES: usize = 5;
/// She begins nothing after this: whom each chair has is known when screens are looked at more closely.
const LAST_MS: u64 = HEALED_MS + BOUND_MS - 10_000;

struct Nurse {
    shared: Shared,
    rng: Rng,
    presses: u64,
}

/// Works until it is late; a session may be open then.
pub(super) async fn run(shared: Shared) {
    let rng = Rng::new(shared.plan.seed ^ 0xADA << 32);
    let mut nurse = Nurse { shared, rng, presses: 0 };
    for chair in (0..CHAIRS.len()).cycle() {
        if nurse.session(chair).await.is_none() {
            return;
        }
    }
}

impl Nurse {
    /// One session; `None`: it is late.
    async fn session(&mut self, chair: usize) -> Option<()> {
        let patient = patient_id(chair, self.shared.plan.patient(chair, now_ms()));
        let opened = self.press(chair, None, opened(&patient)).await?;
        let session = SessionId::opened(&ChairId::from(CHAIRS[chair]), Sequence(opened));
        for _ in 0..self.rng.below(NOTES + 1) {
            let text = format!("note {}", self.presses);
            let note = Act::Entry { entry: "note".to_owned(), score: None, text };
            self.press(chair, Some(session.as_str()), note).await?;
        }
        let moved = Act::Moved { to: "cancelled".to_owned(), reason: "did not stay".to_owned() };
        self.press(chair, Some(session.as_str()), moved).await.map(drop)
    }

    /// Presses once, and sends it until there is a receipt, which is the entry. `None`: it is late, nothing was pressed.
    async fn press(&mut self, chair: usize, session: Option<&str>, act: Act) -> Option<u64> {
        if now_ms() > LAST_MS {
            return None;
        }
        self.presses += 1;
        let mut key = u128::from(self.shared.plan.seed) << 64 | u128::from(self.presses) << 16;
        self.shared.book().pressed.push(Pressed { key, chair, receipt: None });
        let by = Person { name: "Ada".to_owned(), role: "nurse".to_owned() };
        loop {
            let session = session.map(str::to_owned);
            let (by, act, key_text) = (by.clone(), act.clone(), format!("{key:032x}"));
            let press = DoAct { session, key: key_text, by, wall_us: None, late: false, act, secret: None };
            if let Some(recorded) = self.asks(chair, &press).await {
                self.keep(recorded);
                sleep(Duration::from_millis(self.rng.below(900) as u64)).await;
                return Some(recorded);
            }
            if self.shared.weak == Weak::KeyForgotten {
                key += 1;
            }
            sleep(AGAIN).await;
        }
    }

    /// The receipt of the last press.
    fn keep(&self, recorded: u64) {
        let mut book = self.shared.book();
        book.say(now_us(), &format!("press {} is entry {recorded}", self.presses));
        book.figures.receipts += 1;
        let receipt = book.pressed.last_mut().map(|pressed| &mut pressed.receipt);
        receipt.into_iter().for_each(|receipt| *receipt = Some(recorded));
    }

    /// One attempt; `None`: nobody knows.
    async fn asks(&mut self, chair: usize, press: &DoAct) -> Option<u64> {
        let body = serde_json::to_string(press).ok()?;
        let path = format!("/api/chairs/{}/session", CHAIRS[chair]);
        let patience = ANSWER[self.rng.below(ANSWER.len())];
        let answer = timeout(patience, post(&path, &body)).await.ok()??;
        let (head, body) = answer.split_once("\r\n\r\n")?;
        let status = head.split(' ').nth(1)?;
        match status {
            "200" => serde_json::from_str::<Done>(body).ok().map(|done| done.recorded),
            "503" | "408" => {
                self.shared.say(format!("press {} was answered with {status}", self.presses));
                None
            }
            // She does one thing after the other, each possible: whatever else is said is a fault.
            _ => {
                self.shared.wrong(format!("press {} was answered with {status}: {body}", self.presses));
                None
            }
        }
    }
}

async fn post(path: &str, body: &str) -> Option<String> {
    let mut stream = connect(WEB).await?;
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: {HOST}\r\nOrigin: http://{HOST}\r\nConnection: close\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.ok()?;
    Some(answer)
}

fn opened(patient: &str) -> Act {
    let text = |text: &str| text.to_owned();
    let patient = Patient { id: text(patient), name: text("Doe, Jane"), born: text("1980-02-29"), alias: text("D") };
    let plan = Plan {
        template: text("t"),
        number: 1,
        of: None,
        infusion_min: 40,
        cuff_infusing_min: 10,
        cuff_observing_min: 15,
        observe_min: 60,
        assess_first_min: 15,
        assess_later_min: 30,
    };
    Act::Opened { patient, plan, planned: false }
}
