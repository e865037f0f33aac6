//! Who may do what, through the real router: every role at every route, message and act; and what ends with what.

use crate::rig::{Answer, Client, Rig, ask, received, start, start_accounts};
use crate::session::OPENED;
use chairside_access::{Book, Hash, Role, Scope, Token, Totp, file};
use chairside_observation::{Deed, Micros, Sequence, Timeline, What};
use chairside_server::Reach;
use chairside_wire::{
    Account, AccountChanged, Act, AuditPage, Displays, FromScreen, Me, OneTimeLink, Standing, ToScreen, TokenMade,
    Tokens, WelcomeSaid,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

pub(crate) const PASSWORD: &str = "six sheep on a hill";
const PIN: &str = "4711";
/// A spare code of those whose roles ask for a second factor.
pub(crate) const SPARE: &str = "SPARECODESPARECODE22";

static HASHES: LazyLock<[Hash; 2]> = LazyLock::new(|| [PASSWORD, PIN].map(|secret| Hash::of(secret, [1; 16]).unwrap()));

/// A running server with one account of each role, each signed in, a wall display of chair 1, and a program of each scope.
pub(crate) struct Ward {
    pub(crate) rig: Rig,
    /// What each of them sends: a cookie, or the token of a program.
    cookies: BTreeMap<&'static str, String>,
}

fn name(role: Role) -> String {
    format!("Person, {}", role.word())
}

fn people() -> impl Iterator<Item = Role> {
    Role::ALL.iter().copied().filter(|role| *role != Role::Display)
}

async fn ward() -> Ward {
    ward_with(None).await
}

/// The same with a provider of accounts.
pub(crate) async fn ward_with(openid: Option<chairside_server::OpenId>) -> Ward {
    let rig = start_accounts(openid).await;
    let mut book = Book::default();
    for role in people() {
        let id = book.make_account(&name(role), role.word(), &[role]).unwrap();
        book.set_password(&id, HASHES[0].clone(), None).unwrap();
        book.set_pin(&id, Some(HASHES[1].clone())).unwrap();
        if role.needs_code() {
            book.begin_totp(&id, Totp::new(*b"12345678901234567890")).unwrap();
            book.confirm_totp(&id, "287082", &[SPARE.to_owned()], Micros::from_secs(59)).unwrap();
        }
    }
    let display = book.make_display("Wall").unwrap();
    book.lay_out(&display, &["1".to_owned()]).unwrap();
    let now = received(0).wall;
    let until = now + Micros::from_secs(60);
    for (n, scope) in (1..).zip(Scope::ALL) {
        book.make_program(scope.word(), &[*scope], &Token::new([n; 32]), (now, Some(until))).unwrap();
    }
    book.make_program("over", Scope::ALL, &Token::new([9; 32]), (now, Some(now))).unwrap();
    book.give_code("WALLWALLWALLWALLWALL", chairside_access::Purpose::Display(display), until);
    file::save(&rig.accounts, &book).unwrap();
    let mut ward = Ward { rig, cookies: BTreeMap::new() };
    for role in people() {
        let code = if role.needs_code() { format!(r#","code":"{SPARE}""#) } else { String::new() };
        let body = format!(r#"{{"name":"{}","password":"{PASSWORD}"{code}}}"#, role.word());
        let answer = post(&ward.rig, "", "/api/sign-in", &body).await;
        ward.cookies.insert(role.word(), cookie(&answer));
    }
    let wall = post(&ward.rig, "", "/api/welcome", r#"{"code":"WALLWALLWALLWALLWALL"}"#).await;
    ward.cookies.insert("display", cookie(&wall));
    let bearer = |n: u8| format!("Bearer {}", Token::new([n; 32]).text());
    ward.cookies.extend([("fhir", bearer(1)), ("metrics", bearer(2)), ("over", bearer(9)), ("unknown", bearer(10))]);
    ward
}

impl Ward {
    fn cookie(&self, who: &str) -> &str {
        self.cookies.get(who).map_or("", String::as_str)
    }

    pub(crate) async fn post(&self, who: &str, path: &str, body: &str) -> Answer {
        post(&self.rig, self.cookie(who), path, body).await
    }

    async fn me(&self, who: &str) -> Me {
        me(&self.rig, self.cookie(who)).await
    }

    async fn screen(&self, who: &str) -> Result<Client, u16> {
        let sent = self.cookie(who);
        Client::open(self.rig.address, &[(header_of(sent), sent)]).await
    }

    /// What is in the audit of the house: what was done, by whom, of what.
    async fn audit(&self) -> Vec<String> {
        let deeds = chairside_store::SessionLog::deeds(&*self.rig.disk, &Timeline::House, Sequence(0), 1_000).await;
        let line = |entry: chairside_observation::Entry| match entry.what {
            What::Deed(Deed::Accessed(a)) => Some(format!("{}|{}|{}|{}", a.did.word(), a.by, a.from, a.what)),
            _ => None,
        };
        deeds.unwrap().into_iter().filter_map(line).collect()
    }

    /// Waits until the audit has a line with this.
    pub(crate) async fn audited(&self, part: &str) {
        while !self.audit().await.iter().any(|line| line.contains(part)) {
            tokio::task::yield_now().await;
        }
    }
}

/// The header a credential stands in.
fn header_of(sent: &str) -> &'static str {
    if sent.starts_with("Bearer ") { "Authorization" } else { "Cookie" }
}

pub(crate) async fn send(rig: &Rig, cookie: &str, request: &str, body: &str) -> Answer {
    let origin = format!("http://{}", rig.address);
    let headers = [("Origin", origin.as_str()), ("Content-Type", "application/json"), (header_of(cookie), cookie)];
    ask(rig, request, &headers, body.as_bytes()).await
}

pub(crate) async fn post(rig: &Rig, cookie: &str, path: &str, body: &str) -> Answer {
    send(rig, cookie, &format!("POST {path}"), body).await
}

pub(crate) async fn me(rig: &Rig, cookie: &str) -> Me {
    serde_json::from_slice(&send(rig, cookie, "GET /api/me", "").await.body).unwrap()
}

/// Gives an account a second factor with one spare code, as another program would.
pub(crate) fn give_spare_code(ward: &Ward, id: &str) {
    let (mut book, _) = file::load(&ward.rig.accounts).unwrap();
    book.begin_totp(id, Totp::new(*b"12345678901234567890")).unwrap();
    book.confirm_totp(id, "287082", &[SPARE.to_owned()], Micros::from_secs(59)).unwrap();
    file::save(&ward.rig.accounts, &book).unwrap();
}

/// The cookie an answer gives.
pub(crate) fn cookie(answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    answer.header("set-cookie").split(';').next().unwrap().to_owned()
}

/// Who may pass at each route, written down once more: nobody else may. `signed` is every person, `all` everybody, `fhir` and
/// `metrics` are programs with a token of that scope.
const EXPECTED: &str = "
    get /                               all
    get /chair/{id}                     all
    get /settings                       all
    get /settings/{part}                all
    get /sources                        all
    get /sources/{id}                   all
    get /sessions                       all
    get /sessions/{id}                  all
    get /sessions/{id}/course           all
    get /sessions/{id}/replay           all
    get /welcome                        all
    get /audit                          all
    get /account                        all
    get /assets/{*file}                 all
    get /healthz                        all
    get /metrics                        nurse clinician lead biomed administrator metrics
    get /health                         all
    get /ehr                            all
    get /ca.crt                         all
    get /openid                         all
    post /api/openid/begin              all
    post /api/openid/finish             all
    get /api/health                     nurse clinician lead biomed administrator
    get /api/ehr                        nurse clinician lead biomed administrator
    get /fhir/metadata                  all
    get /fhir/{kind}                    clinician reviewer lead fhir
    post /fhir/{kind}/_search           clinician reviewer lead fhir
    get /fhir/{kind}/{id}               clinician reviewer lead fhir
    get /api/me                         all
    post /api/sign-in                   all
    post /api/switch                    all
    post /api/welcome/look              all
    post /api/welcome                   all
    post /api/lock                      signed locked
    post /api/sign-out                  signed locked
    post /api/sign-out-everywhere       signed locked
    post /api/me/active                 signed
    post /api/me/password               signed
    post /api/me/pin                    signed
    post /api/me/totp                   signed
    post /api/me/totp/confirm           signed
    get /api/me/sign-ins                signed
    post /api/me/sign-ins/end           signed
    post /api/emergency                 signed
    get /api/accounts                   lead administrator
    post /api/accounts                  lead administrator
    post /api/accounts/{id}             lead administrator
    get /api/displays                   administrator
    post /api/displays                  administrator
    post /api/displays/{id}             administrator
    get /api/tokens                     administrator
    post /api/tokens                    administrator
    post /api/tokens/{id}               administrator
    post /api/audit/find                auditor lead administrator
    get /ws                             nurse clinician lead display locked
    put /api/chairs/{id}                nurse clinician lead biomed
    get /api/chairs/{id}/frame/{seq}    nurse clinician lead
    post /api/chairs/{id}/session       nurse clinician lead
    post /api/chairs/{id}/clear         nurse clinician lead
    post /api/clinic                    lead
    post /api/patients/find             nurse clinician lead
    post /api/feeds/look                nurse clinician lead
    post /api/feeds/assign              nurse clinician lead biomed
    get /api/sources                    nurse clinician lead biomed administrator
    get /api/sources/{id}/bytes         nurse clinician lead
    post /api/sessions/find             nurse clinician reviewer auditor lead
    post /api/sessions/{id}/open        nurse clinician reviewer auditor lead
    post /api/sessions/{id}/act         nurse clinician reviewer lead
    post /api/sessions/{id}/export      clinician reviewer lead
    get /api/sessions/{id}/series       nurse clinician reviewer auditor lead
    get /api/sessions/{id}/table        nurse clinician reviewer auditor lead
    get /api/sessions/{id}/stood        nurse clinician reviewer auditor lead
    get /api/sessions/{id}/frame/{seq}  nurse clinician reviewer auditor lead
    post /api/course                    nurse clinician reviewer auditor lead";

/// The ward, and one more nurse's browser that followed chair 1 and is locked, and one whose cookie is nobody's.
async fn ward_of_all() -> Ward {
    let mut ward = ward().await;
    let body = format!(r#"{{"name":"nurse","password":"{PASSWORD}"}}"#);
    let locked = cookie(&post(&ward.rig, "", "/api/sign-in", &body).await);
    ward.cookies.insert("locked", locked.clone());
    let mut screen = ward.screen("locked").await.unwrap();
    screen.greeted().await;
    screen.follow("1", None, 0).await;
    assert!(matches!(screen.hear_news().await, ToScreen::Snapshot { .. }));
    assert_eq!(post(&ward.rig, &locked, "/api/lock", "{}").await.status, 200);
    ward.cookies.insert("forged", format!("__Host-chairside={}", "ab".repeat(32)));
    ward
}

/// Everybody who may come, and those who may not: a locked screen, a forged cookie, programs, one whose token is over, one
/// whose token nobody knows, and nobody.
fn callers() -> Vec<&'static str> {
    let others = ["locked", "forged", "nobody", "fhir", "metrics", "over", "unknown"];
    Role::ALL.iter().map(|role| role.word()).chain(others).collect()
}

/// Who may say each kind of message, written down once more.
const SAID_BY: &str = "
    follow    nurse clinician lead display locked
    unfollow  nurse clinician lead display locked";

/// A message of each kind.
fn messages(chair: &str) -> [FromScreen; 2] {
    let chair = || chair.to_owned();
    [FromScreen::Follow { chair: chair(), after: None, window_s: 0 }, FromScreen::Unfollow { chair: chair() }]
}

/// The kind's word; a new kind does not compile until it is here.
fn said(message: &FromScreen) -> &'static str {
    match message {
        FromScreen::Follow { .. } => "follow",
        FromScreen::Unfollow { .. } => "unfollow",
    }
}

#[tokio::test]
async fn s16_p18_every_message_is_for_those_named_for_it_and_of_their_chairs() {
    let ward = ward_of_all().await;
    let may = SAID_BY.lines().filter(|line| !line.trim().is_empty()).map(|line| {
        let mut words = line.split_whitespace();
        (words.next().unwrap(), words.collect::<BTreeSet<_>>())
    });
    let may: BTreeMap<_, _> = may.collect();
    let kinds = messages("1").iter().map(said).collect::<BTreeSet<_>>();
    let served = chairside_server::MESSAGES.iter().map(|says| says.kind).collect::<BTreeSet<_>>();
    assert_eq!([&served, &kinds], [&may.keys().copied().collect(); 2], "every message is written down");
    for who in callers() {
        let (some, unknown) = (may.values().any(|may| may.contains(who)), ["forged", "nobody", "over", "unknown"]);
        let mut screen = match ward.screen(who).await {
            Ok(screen) => screen,
            Err(status) => {
                assert_eq!((some, status), (false, if unknown.contains(&who) { 401 } else { 403 }), "{who}");
                continue;
            }
        };
        assert!(some, "{who} has a socket");
        screen.greeted().await;
        for chair in ["1", "2", "99"] {
            let shown = match who {
                "display" | "locked" => chair == "1",
                _ => chair != "99",
            };
            for message in messages(chair) {
                assert!(may[said(&message)].contains(who), "{who} {message:?}");
                let row = chairside_server::MESSAGES.iter().find(|says| says.kind == said(&message)).unwrap();
                screen.say(&message).await;
                // What only takes away is answered by nothing: the next question is.
                if row.reach == Reach::Any {
                    continue;
                }
                let answered = screen
                    .hear_until(|heard| match heard {
                        ToScreen::Snapshot { chair, .. } => Some((chair, true)),
                        ToScreen::Refused { chair, .. } => Some((chair, false)),
                        _ => None,
                    })
                    .await;
                assert_eq!(answered, (chair.to_owned(), shown), "{who} {message:?}");
            }
        }
    }
}

#[tokio::test]
async fn s12_s15_p18_no_message_is_answered_once_the_role_is_taken_away_with_the_socket_open() {
    let mut ward = ward().await;
    for message in messages("1") {
        for (roles, code) in [(r#"["reviewer"]"#, 4401), (r#"["biomed"]"#, 4401)] {
            let mut screen = ward.screen("nurse").await.unwrap();
            screen.greeted().await;
            let body = format!(r#"{{"roles":{roles}}}"#);
            assert_eq!(ward.post("administrator", "/api/accounts/a1", &body).await.status, 200);
            screen.say(&message).await;
            assert_eq!(silent_end(&mut screen).await, Some(code), "{message:?} after {roles}");
            let again = r#"{"roles":["nurse"]}"#;
            assert_eq!(ward.post("administrator", "/api/accounts/a1", again).await.status, 200);
            let sign_in = format!(r#"{{"name":"nurse","password":"{PASSWORD}"}}"#);
            let new = cookie(&post(&ward.rig, "", "/api/sign-in", &sign_in).await);
            ward.cookies.insert("nurse", new);
        }
    }
}

/// Hears to the end; nothing of a chair may come before it.
async fn silent_end(screen: &mut Client) -> Option<u16> {
    loop {
        match screen.hear_or_end().await {
            Ok(ToScreen::Snapshot { .. } | ToScreen::Items { .. } | ToScreen::History { .. }) => {
                panic!("it was answered")
            }
            Ok(_) => {}
            Err((_, code)) => return code,
        }
    }
}

#[tokio::test]
async fn s13_a_wall_display_shows_the_chairs_of_its_layout_and_asks_anew_when_it_changes() {
    let ward = ward().await;
    let mut wall = ward.screen("display").await.unwrap();
    let room = |heard| if let ToScreen::Roster { chairs, feeds } = heard { Some((chairs, feeds)) } else { None };
    let (chairs, feeds) = wall.hear_until(room).await;
    assert_eq!(chairs.iter().map(|chair| &*chair.id).collect::<Vec<_>>(), ["1"]);
    assert!(feeds.iter().all(|feed| feed.chair.as_deref() == Some("1")), "{feeds:?}");
    let answer = ward.post("administrator", "/api/displays/d8", r#"{"chairs":["3","2","3"]}"#).await;
    let found: Displays = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!((&*found.displays[0].chairs, found.chairs.len()), (&["3".to_owned(), "2".to_owned()][..], 3));
    assert_eq!(silent_end(&mut wall).await, Some(4403));
    let mut wall = ward.screen("display").await.unwrap();
    let (chairs, _) = wall.hear_until(room).await;
    assert_eq!(chairs.iter().map(|chair| &*chair.id).collect::<Vec<_>>(), ["2", "3"], "in room order");
    for (body, code) in [(r#"{"chairs":["9"]}"#, "no_chair"), (r#"{"chairs":"2"}"#, "bad_body")] {
        assert_eq!(ward.post("administrator", "/api/displays/d8", body).await.code(), code, "{body}");
    }
    ward.audited("display changed|Person, administrator|127.0.0.1|d8").await;
}

#[tokio::test]
async fn s10_s23_a_programs_token_reads_what_its_scope_says_by_its_name_until_it_is_revoked() {
    let ward = ward().await;
    let made = ward.post("administrator", "/api/tokens", r#"{"name":"Viewer","scopes":["fhir"],"days":30}"#).await;
    let made: TokenMade = serde_json::from_slice(&made.body).unwrap();
    let bearer = format!("Bearer {}", made.token);
    let ask = async |request: &str| send(&ward.rig, &bearer, request, "").await.status;
    assert_eq!(ask("GET /fhir/Encounter").await, 200);
    assert_eq!([ask("GET /metrics").await, ask("GET /api/tokens").await, ask("POST /api/clinic").await], [403; 3]);
    ward.audited("records searched|Viewer|127.0.0.1|Encounter").await;
    ward.audited("refused|Viewer|127.0.0.1|POST /api/clinic").await;
    ward.audited(&format!("token made|Person, administrator|127.0.0.1|{} fhir Viewer", made.id)).await;
    assert_eq!(send(&ward.rig, ward.cookie("metrics"), "GET /metrics", "").await.status, 200);
    ward.audited("token used|metrics|127.0.0.1|").await;
    // Beside a good cookie a wrong token is nobody's.
    let headers = [("Cookie", ward.cookie("lead")), ("Authorization", ward.cookie("unknown"))];
    assert_eq!(crate::rig::get(&ward.rig, "/api/accounts", &headers).await.code(), "signed_out");
    // It is said once: the list has its name and its end, and no more.
    let listed = send(&ward.rig, ward.cookie("administrator"), "GET /api/tokens", "").await;
    assert!(!String::from_utf8_lossy(&listed.body).contains(&made.token));
    let listed: Tokens = serde_json::from_slice(&listed.body).unwrap();
    let viewer = listed.tokens.iter().find(|token| token.id == made.id).unwrap();
    let days = viewer.until_us.map(|until| (until - viewer.made_us) / 86_400_000_000);
    assert_eq!(
        (&*viewer.name, &*viewer.scopes, days, viewer.over),
        ("Viewer", &["fhir".to_owned()][..], Some(30), false)
    );
    assert!(listed.tokens.iter().any(|token| token.name == "over" && token.over));
    let revoke = format!("/api/tokens/{}", made.id);
    assert_eq!(ward.post("administrator", &revoke, r#"{"revoke":true}"#).await.status, 200);
    assert_eq!(ask("GET /fhir/Encounter").await, 401);
    assert_eq!(ward.post("administrator", &revoke, r#"{"revoke":true}"#).await.code(), "not_there");
    ward.audited(&format!("token revoked|Person, administrator|127.0.0.1|{}", made.id)).await;
    for (body, code) in [
        (r#"{"name":"Viewer 2","scopes":["records"]}"#, "unreadable"),
        (r#"{"name":"Viewer 2","scopes":[]}"#, "unreadable"),
        (r#"{"name":"Viewer 2","scopes":["fhir"],"days":0}"#, "unreadable"),
        (r#"{"name":"Person, nurse","scopes":["fhir"]}"#, "not_possible"),
    ] {
        assert_eq!(ward.post("administrator", "/api/tokens", body).await.code(), code, "{body}");
    }
}

#[tokio::test]
async fn s16_p18_every_route_refuses_everyone_not_named_for_it() {
    let ward = ward_of_all().await;
    let expected = EXPECTED.lines().filter(|line| !line.trim().is_empty()).map(|line| {
        let mut words = line.split_whitespace();
        let route = (words.next().unwrap().to_owned(), words.next().unwrap().to_owned());
        (route, words.collect::<BTreeSet<_>>())
    });
    let expected: BTreeMap<_, _> = expected.collect();
    let served = chairside_server::routes()
        .flat_map(|(path, methods)| methods.iter().map(move |method| ((*method).to_owned(), path.to_owned())));
    assert_eq!(served.collect::<BTreeSet<_>>(), expected.keys().cloned().collect(), "every route is written down");
    for ((method, path), may) in &expected {
        let real = ["{id}", "{seq}", "{part}", "{kind}", "{*file}"]
            .iter()
            .fold(path.clone(), |path, name| path.replace(name, "1"));
        for who in &callers() {
            let signed = people().any(|role| role.word() == *who);
            let lets = may.contains("all") || may.contains(who) || (may.contains("signed") && signed);
            // No body reads as anything: who passes is refused for that, and changes nothing.
            let answer = send(&ward.rig, ward.cookie(who), &format!("{} {real}", method.to_uppercase()), "7").await;
            let refused = match answer.status {
                401 | 403 => Some(answer.code()),
                _ => None,
            };
            let why = match *who {
                _ if lets => None,
                "forged" | "nobody" | "over" | "unknown" => Some("signed_out"),
                "locked" => Some("locked"),
                "display" | "fhir" | "metrics" if may.contains("signed") => Some("signed_out"),
                _ => Some("no_right"),
            };
            assert_eq!(refused.as_deref(), why, "{method} {path} as {who}: {}", answer.status);
        }
    }
    // S23: that it was tried.
    ward.audited("refused|Person, biomed|127.0.0.1|POST /api/clinic").await;
}

/// One act of each kind, as a screen sends it.
const ACTS: [&str; 15] = [
    OPENED,
    r#"{"is":"moved","to":"baseline","reason":""}"#,
    r#"{"is":"claimed","from":1}"#,
    r#"{"is":"baseline","values":[]}"#,
    r#"{"is":"entry","entry":"sedation","score":4,"text":""}"#,
    r#"{"is":"typed","values":[]}"#,
    r#"{"is":"artefact","vital":"spo2","first":1,"last":1,"reason":"x"}"#,
    r#"{"is":"undo","of":1,"reason":"x"}"#,
    r#"{"is":"handedOver","to":{"name":"Bo","role":"nurse"}}"#,
    r#"{"is":"accepted","source":"hl7","bed":"","patient":"","device":"","reason":"x"}"#,
    r#"{"is":"acknowledged","notice":"spo2"}"#,
    r#"{"is":"limited","notice":"spo2","limits":"","reason":"x"}"#,
    r#"{"is":"addendum","text":"x"}"#,
    r#"{"is":"corrected","of":1,"text":"","reason":"x"}"#,
    r#"{"is":"signed","meaning":"read","digest":"0000000000000000000000000000000000000000000000000000000000000000"}"#,
];

/// The kind's word; a new kind does not compile until it is here.
fn kind(act: &Act) -> &'static str {
    match act {
        Act::Opened { .. } => "opened",
        Act::Moved { .. } => "moved",
        Act::Claimed { .. } => "claimed",
        Act::Baseline { .. } => "baseline",
        Act::Entry { .. } => "entry",
        Act::Typed { .. } => "typed",
        Act::Artefact { .. } => "artefact",
        Act::Undo { .. } => "undo",
        Act::HandedOver { .. } => "handedOver",
        Act::Accepted { .. } => "accepted",
        Act::Acknowledged { .. } => "acknowledged",
        Act::Limited { .. } => "limited",
        Act::Addendum { .. } => "addendum",
        Act::Corrected { .. } => "corrected",
        Act::Signed { .. } => "signed",
    }
}

#[tokio::test]
async fn s16_every_kind_of_act_is_for_those_named_for_it() {
    let ward = ward().await;
    let mut kinds = BTreeSet::new();
    for act in ACTS {
        let kind = kind(&serde_json::from_str::<Act>(act).unwrap());
        kinds.insert(kind);
        for role in people() {
            let may = match kind {
                "signed" | "limited" => matches!(role, Role::Clinician | Role::Lead),
                "addendum" => matches!(role, Role::Nurse | Role::Clinician | Role::Lead | Role::Reviewer),
                _ => matches!(role, Role::Nurse | Role::Clinician | Role::Lead),
            };
            let by = format!(r#"{{"name":"{}","role":"lead"}}"#, name(role));
            let body = format!(r#"{{"session":"9-9","key":"{:032x}","by":{by},"act":{act}}}"#, 1);
            let answer = ward.post(role.word(), "/api/sessions/9-9/act", &body).await;
            assert_eq!(answer.code() != "no_right", may, "{kind} as {}: {}", role.word(), answer.status);
        }
    }
    assert_eq!(kinds.len(), ACTS.len(), "every kind once");
}

#[tokio::test]
async fn s05_nobody_enters_for_another_and_the_role_is_the_accounts_own() {
    let ward = ward().await;
    let press = |who: &str, by: &str, key: u8| {
        format!(r#"{{"key":"{key:032x}","by":{{"name":"{by}","role":"{who}"}},"act":{OPENED}}}"#)
    };
    let of_another = press("nurse", "Person, lead", 1);
    let answer = ward.post("nurse", "/api/chairs/1/session", &of_another).await;
    assert_eq!((answer.status, &*answer.code()), (409, "another_person"));
    let claims_more = press("clinician", "Person, nurse", 2);
    assert_eq!(ward.post("nurse", "/api/chairs/1/session", &claims_more).await.status, 200);
    let mut screen = ward.screen("nurse").await.unwrap();
    screen.greeted().await;
    screen.follow("1", None, 0).await;
    let session = crate::session::told(&mut screen).await.unwrap();
    assert_eq!((&*session.nurse.name, &*session.nurse.role), ("Person, nurse", "nurse"), "not what was claimed");
    assert_eq!(session.patient.name, "Doe, Jane");
    // S13: the wall has the same chair without her.
    let mut wall = ward.screen("display").await.unwrap();
    wall.greeted().await;
    wall.follow("1", None, 0).await;
    let session = crate::session::told(&mut wall).await.unwrap();
    assert_eq!((&*session.patient.name, &*session.patient.id, &*session.patient.alias), ("JD", "", "JD"));
    assert_eq!(session.nurse.name, "");
    ward.audited("chair viewed|Person, nurse|127.0.0.1|1").await;
}

#[tokio::test]
async fn s12_a_signature_asks_for_the_secret_again() {
    let ward = ward().await;
    let sign = async |secret: &str| {
        let act = ACTS[14];
        let body = format!(
            r#"{{"session":"9-9","key":"{:032x}","by":{{"name":"Person, clinician","role":"clinician"}},"act":{act}{secret}}}"#,
            3
        );
        ward.post("clinician", "/api/sessions/9-9/act", &body).await.code()
    };
    assert_eq!(sign("").await, "bad_secret");
    assert_eq!(sign(r#","secret":"4712""#).await, "bad_secret");
    assert_eq!(sign(&format!(r#","secret":"{PIN}""#)).await, "no_such_session", "the secret was right");
    assert_eq!(sign(&format!(r#","secret":"{PASSWORD}""#)).await, "no_such_session");
}

#[tokio::test]
async fn s12_a_role_that_is_taken_away_ends_the_socket_and_the_cookie() {
    let ward = ward().await;
    let mut screen = ward.screen("nurse").await.unwrap();
    screen.greeted().await;
    let mut other = ward.screen("clinician").await.unwrap();
    other.greeted().await;
    let changed = ward.post("administrator", "/api/accounts/a1", r#"{"roles":["biomed"]}"#).await;
    let changed: AccountChanged = serde_json::from_slice(&changed.body).unwrap();
    assert_eq!(changed.account.roles, ["biomed"]);
    assert_eq!(screen.ended().await.1, Some(4401));
    assert_eq!(ward.me("nurse").await.standing, Standing::Out);
    assert_eq!(ward.screen("nurse").await.err(), Some(401));
    other.follow("1", None, 0).await;
    assert!(matches!(other.hear_news().await, ToScreen::Snapshot { .. }), "nobody else is touched");
    ward.audited("account changed|Person, administrator|127.0.0.1|a1 biomed").await;
}

#[tokio::test]
async fn s12_disabling_signing_out_and_revoking_end_the_sockets() {
    let ward = ward().await;
    for (who, by, path, body) in [
        ("nurse", "lead", "/api/accounts/a1", r#"{"enabled":false}"#),
        ("clinician", "clinician", "/api/sign-out", "{}"),
        ("display", "administrator", "/api/displays/d8", r#"{"revoke":true}"#),
        ("lead", "lead", "/api/sign-out-everywhere", "{}"),
    ] {
        let mut screen = ward.screen(who).await.unwrap();
        screen.greeted().await;
        let answer = ward.post(by, path, body).await;
        assert_eq!(answer.status, 200, "{who}: {}", String::from_utf8_lossy(&answer.body));
        assert_eq!(screen.ended().await.1, Some(4401), "{who}");
        assert_eq!(ward.screen(who).await.err(), Some(401), "{who}");
    }
}

#[tokio::test]
async fn s11_a_locked_screen_goes_on_with_its_chairs_and_does_nothing_else() {
    let mut ward = ward().await;
    let mut screen = ward.screen("nurse").await.unwrap();
    screen.greeted().await;
    screen.follow("1", None, 0).await;
    assert!(matches!(screen.hear_news().await, ToScreen::Snapshot { .. }));
    assert_eq!(ward.post("nurse", "/api/lock", "{}").await.status, 200);
    let me = ward.me("nurse").await;
    assert_eq!((me.standing, me.people.len()), (Standing::Locked, 1));
    assert_eq!(ward.post("nurse", "/api/sessions/find", "{}").await.code(), "locked");
    // It comes back after a lost connection, to the chair it had and to no other.
    let mut again = ward.screen("nurse").await.unwrap();
    again.greeted().await;
    again.follow("2", None, 0).await;
    let refused = |m| if let ToScreen::Refused { chair, .. } = m { Some(chair) } else { None };
    assert_eq!(again.hear_until(refused).await, "2");
    again.follow("1", None, 3_600).await;
    assert!(matches!(again.hear_news().await, ToScreen::Snapshot { .. }));
    // The wrong PIN does not open it, the right one does, with a new token; the old one is dead (S10).
    let switch = |pin: &str| format!(r#"{{"person":"a1","pin":"{pin}"}}"#);
    assert_eq!(ward.post("nurse", "/api/switch", &switch("4712")).await.code(), "bad_secret");
    let new = cookie(&ward.post("nurse", "/api/switch", &switch(PIN)).await);
    assert_eq!(ward.me("nurse").await.standing, Standing::Out, "the old token");
    ward.cookies.insert("nurse", new);
    assert_eq!(ward.me("nurse").await.standing, Standing::In);
    assert_eq!(ward.post("nurse", "/api/switch", r#"{"person":"a2","pin":"4711"}"#).await.code(), "pin_spent");
}

#[tokio::test]
async fn s08_an_unknown_name_is_answered_like_a_wrong_password_and_guessing_is_slow() {
    let ward = ward().await;
    let sign_in = async |name: &str, password: &str| {
        let body = format!(r#"{{"name":"{name}","password":"{password}"}}"#);
        let answer = post(&ward.rig, "", "/api/sign-in", &body).await;
        (answer.status, answer.body.clone(), answer.header("retry-after").to_owned())
    };
    let unknown = sign_in("nobody-here", "wrong password").await;
    assert_eq!(unknown, sign_in("auditor", "wrong password").await, "to the byte");
    assert_eq!(unknown.0, 401);
    let mut last = unknown;
    for _ in 0..8 {
        last = sign_in("auditor", "wrong password").await;
    }
    assert_eq!((last.0, last.2.is_empty()), (429, false));
    assert_eq!(sign_in("auditor", PASSWORD).await.0, 429, "also the right one waits where it was guessed");
    assert_eq!(sign_in("nurse", PASSWORD).await.0, 200, "and nobody else does");
    ward.audited("sign-in failed|Person, auditor|").await;
    let lines = ward.audit().await;
    assert!(lines.iter().all(|line| !line.contains("nobody-here") && !line.contains("wrong password")), "{lines:?}");
}

#[tokio::test]
async fn s08_a_flood_of_guesses_from_everywhere_keeps_no_screen_and_no_known_nurse_from_the_server() {
    let ward = ward().await;
    let mut screen = ward.screen("clinician").await.unwrap();
    screen.greeted().await;
    let flood = (0..120_u8).map(|n| {
        let address = ward.rig.address;
        tokio::spawn(async move {
            let socket = tokio::net::TcpSocket::new_v4().unwrap();
            socket.bind(std::net::SocketAddr::from(([127, 9, n, 1], 0))).unwrap();
            let stream = socket.connect(address).await.unwrap();
            let body =
                format!(r#"{{"name":"{}","password":"wrong {n}"}}"#, ["nurse", "lead", "nobody"][usize::from(n % 3)]);
            let head = format!(
                "POST /api/sign-in HTTP/1.1\r\nHost: {address}\r\nOrigin: http://{address}\r\nConnection: close\r\n\
                 Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            );
            crate::rig::ask_over(stream, head.as_bytes()).await.status
        })
    });
    let flood: Vec<_> = flood.collect();
    // Meanwhile a nurse signs in where she did before, and a screen follows its chair.
    let sign_in = format!(r#"{{"name":"nurse","password":"{PASSWORD}"}}"#);
    assert_eq!(post(&ward.rig, "", "/api/sign-in", &sign_in).await.status, 200);
    screen.follow("1", None, 0).await;
    assert!(matches!(screen.hear_news().await, ToScreen::Snapshot { .. }));
    let mut found: BTreeMap<u16, u64> = BTreeMap::new();
    for guess in flood {
        *found.entry(guess.await.unwrap()).or_default() += 1;
    }
    assert_eq!(found.keys().copied().collect::<Vec<_>>(), [401, 429], "each was answered: {found:?}");
    let health = crate::rig::get(&ward.rig, "/healthz", &[]).await;
    let health: chairside_wire::Health = serde_json::from_slice(&health.body).unwrap();
    assert_eq!((health.refused.sign_ins_failed, health.refused.sign_ins_refused), (found[&401], found[&429]));
    let figures = send(&ward.rig, ward.cookie("metrics"), "GET /metrics", "").await;
    let line = format!("chairside_sign_ins_refused_total {}", found[&429]);
    assert!(String::from_utf8_lossy(&figures.body).contains(&line), "{line}");
}

#[tokio::test]
async fn s07_a_second_factor_is_asked_for_and_a_code_works_once() {
    let ward = ward().await;
    let sign_in = async |code: &str| {
        let body = format!(r#"{{"name":"lead","password":"{PASSWORD}"{code}}}"#);
        post(&ward.rig, "", "/api/sign-in", &body).await
    };
    assert_eq!(sign_in("").await.code(), "code_needed");
    assert_eq!(sign_in(r#","code":"000000""#).await.code(), "bad_sign_in");
    assert_eq!(sign_in(&format!(r#","code":"{SPARE}""#)).await.code(), "bad_sign_in", "it was used to come in");
    let reset = ward.post("administrator", "/api/accounts/a5", r#"{"unlockCode":true}"#).await;
    assert_eq!(reset.status, 200);
    let answer = sign_in("").await;
    let me: Me = serde_json::from_slice(&answer.body).unwrap();
    assert!(me.code_needed && me.rights.contains(&"enter".to_owned()), "what is done at the chairs stays");
    let cookie = cookie(&answer);
    assert_eq!(send(&ward.rig, &cookie, "GET /api/accounts", "").await.code(), "code_required");
}

#[tokio::test]
async fn s01_the_first_account_is_made_once_by_its_code_and_ends_the_trial() {
    let rig = start().await;
    assert_eq!(me(&rig, "").await.standing, Standing::Trial);
    let mut screen = rig.screen().await;
    screen.greeted().await;
    let code = rig.people.first_code(received(0).wall).unwrap().unwrap();
    let look = post(&rig, "", "/api/welcome/look", &format!(r#"{{"code":"{code}"}}"#)).await;
    let said: WelcomeSaid = serde_json::from_slice(&look.body).unwrap();
    assert_eq!(said.purpose, chairside_wire::WelcomeFor::First);
    let welcome = |password: &str| {
        format!(r#"{{"code":"{code}","name":"Lee, Ann","signInName":"ann","password":"{password}","pin":"4711"}}"#)
    };
    assert_eq!(post(&rig, "", "/api/welcome", &welcome("password1234")).await.code(), "bad_password");
    let answer = post(&rig, "", "/api/welcome", &welcome(PASSWORD)).await;
    let cookie = cookie(&answer);
    assert!(answer.header("set-cookie").contains("; Secure; HttpOnly; SameSite=Strict"));
    let told: Me = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!(
        (told.standing, told.person.unwrap().roles),
        (Standing::In, vec!["lead".into(), "administrator".into()])
    );
    assert_eq!(screen.ended().await.1, Some(4401), "the trial's open screen ends at once");
    assert_eq!(me(&rig, "").await.standing, Standing::Out);
    assert_eq!(post(&rig, "", "/api/welcome", &welcome(PASSWORD)).await.code(), "bad_code", "used");
    assert_eq!(rig.people.first_code(received(0).wall).unwrap(), None, "no second first account");
    assert_eq!(me(&rig, &cookie).await.standing, Standing::In);
}

#[tokio::test]
async fn s09_an_invitation_and_a_reset_are_links_that_work_once() {
    let ward = ward().await;
    let invite = r#"{"name":"Bo Nurse","signInName":"bo","roles":["nurse"]}"#;
    let link: OneTimeLink = serde_json::from_slice(&ward.post("lead", "/api/accounts", invite).await.body).unwrap();
    let code = link.link.strip_prefix("/welcome#").unwrap();
    let body = format!(r#"{{"code":"{code}","password":"{PASSWORD}"}}"#);
    let bo = cookie(&post(&ward.rig, "", "/api/welcome", &body).await);
    assert_eq!(me(&ward.rig, &bo).await.person.unwrap().name, "Bo Nurse");
    assert_eq!(post(&ward.rig, "", "/api/welcome", &body).await.code(), "bad_code");
    // A lead keeps the ward's people and no others.
    for (path, body) in [
        ("/api/accounts", r#"{"name":"Cy","signInName":"cy","roles":["administrator"]}"#),
        ("/api/accounts/a7", r#"{"reset":true}"#),
        ("/api/accounts/a1", r#"{"roles":["auditor"]}"#),
    ] {
        assert_eq!(ward.post("lead", path, body).await.code(), "no_right", "{path} {body}");
    }
    let reset = ward.post("lead", &format!("/api/accounts/{}", link.id), r#"{"reset":true}"#).await;
    let changed: AccountChanged = serde_json::from_slice(&reset.body).unwrap();
    assert!(changed.link.is_some() && matches!(changed.account, Account { invited: true, sign_ins: 0, .. }));
    assert_eq!(me(&ward.rig, &bo).await.standing, Standing::Out);
    ward.audited(&format!("password reset|Person, lead|127.0.0.1|{}", link.id)).await;
}

#[tokio::test]
async fn s09_in_an_emergency_one_patients_records_are_open_for_an_hour_and_everybody_who_should_knows() {
    let ward = ward().await;
    let by = format!(r#"{{"name":"{}","role":"nurse"}}"#, name(Role::Nurse));
    let mut opened = Vec::new();
    for (chair, act) in [("1", OPENED.to_owned()), ("2", OPENED.replace("TEST-1", "TEST-2"))] {
        let body = format!(r#"{{"key":"{:032x}","by":{by},"act":{act}}}"#, 40 + opened.len());
        let answer = ward.post("nurse", &format!("/api/chairs/{chair}/session"), &body).await;
        let done: chairside_wire::Done = serde_json::from_slice(&answer.body).unwrap();
        opened.push(format!("{chair}-{}", done.recorded));
    }
    let look = async |who: &str, id: &str| {
        let role = Role::from_word(who).unwrap();
        let by = format!(r#"{{"by":{{"name":"{}","role":"reviewer"}}}}"#, name(role));
        ward.post(who, &format!("/api/sessions/{id}/open"), &by).await
    };
    let ask = async |who: &str, patient: &str, reason: &str, secret: &str| {
        let body = format!(r#"{{"patient":"{patient}","reason":"{reason}","secret":"{secret}"}}"#);
        ward.post(who, "/api/emergency", &body).await
    };
    const REASON: &str = "reaction, ward asks";
    assert_eq!(look("biomed", &opened[0]).await.code(), "no_right");
    assert_eq!(ask("biomed", "TEST-1", REASON, "4712").await.code(), "bad_secret");
    assert_eq!(ask("biomed", "TEST-1", "please", PIN).await.code(), "unreadable");
    assert_eq!(ask("biomed", "TEST-9", REASON, PIN).await.code(), "no_such_session");
    assert_eq!(ask("nurse", "TEST-1", REASON, PIN).await.code(), "not_possible", "she sees it anyway");
    assert_eq!(look("biomed", &opened[0]).await.code(), "no_right", "nothing of that opened anything");
    let answer = ask("biomed", "TEST-1", REASON, PIN).await;
    let found: chairside_wire::Emergency = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!(found.sessions.iter().map(|session| &session.id).collect::<Vec<_>>(), [&opened[0]]);
    assert_eq!(found.until_us, (received(0).wall + Micros::from_secs(3_600)).0);
    let record = look("biomed", &opened[0]).await;
    assert!(String::from_utf8_lossy(&record.body).contains("Doe, Jane"), "{}", record.status);
    // One patient, to read, for the one who asked.
    assert_eq!(look("biomed", &opened[1]).await.code(), "no_right");
    assert_eq!(look("administrator", &opened[0]).await.code(), "no_right");
    assert_eq!(ward.post("biomed", "/api/sessions/find", "{}").await.code(), "no_right");
    let export = format!("/api/sessions/{}/export", opened[0]);
    assert_eq!(ward.post("biomed", &export, "{}").await.code(), "no_right");
    assert_eq!(ward.screen("biomed").await.err(), Some(403));
    // Loud.
    ward.audited(&format!("emergency access|Person, biomed|127.0.0.1|{REASON}")).await;
    ward.audited(&format!("emergency view|Person, biomed|127.0.0.1|{}", opened[0])).await;
    for (who, knows) in [("lead", 1), ("administrator", 1), ("auditor", 1), ("nurse", 0), ("biomed", 0)] {
        let told = ward.me(who).await.emergencies;
        assert_eq!(told.len(), knows, "{who}");
        assert!(told.iter().all(|one| one.by == "Person, biomed" && one.reason == REASON));
    }
}

#[tokio::test]
async fn s23_the_audit_is_found_newest_first_and_names_patients_only_to_those_who_may() {
    let ward = ward().await;
    let by = format!(r#"{{"name":"{}","role":"nurse"}}"#, name(Role::Nurse));
    let body = format!(r#"{{"key":"{:032x}","by":{by},"act":{OPENED}}}"#, 1);
    assert_eq!(ward.post("nurse", "/api/chairs/1/session", &body).await.status, 200);
    let find = async |who: &str, body: &str| -> AuditPage {
        serde_json::from_slice(&ward.post(who, "/api/audit/find", body).await.body).unwrap()
    };
    ward.audited("signed in|Person, administrator").await;
    let page = find("auditor", r#"{"what":"opened"}"#).await;
    let row = &page.rows[0];
    assert_eq!((&*row.who, row.chair.as_deref(), row.patient.as_deref()), ("Person, nurse", Some("1"), Some("TEST-1")));
    let page = find("administrator", r#"{"what":"opened"}"#).await;
    assert_eq!((page.rows.len(), &page.rows[0].patient), (1, &None), "no patient for who keeps accounts");
    assert_eq!(ward.post("administrator", "/api/audit/find", r#"{"patient":"TEST-1"}"#).await.code(), "no_right");
    let page = find("auditor", r#"{"patient":"TEST-1"}"#).await;
    assert_eq!(page.rows.iter().map(|row| &*row.what).collect::<Vec<_>>(), ["opened"]);
    // Page by page it is all of it, once.
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let before = if cursor.is_empty() { String::new() } else { format!(r#","before":"{cursor}""#) };
        let page = find("auditor", &format!(r#"{{"who":"person","what":"signed in","limit":2{before}}}"#)).await;
        seen.extend(page.rows.into_iter().map(|row| (row.at_us, row.sequence)));
        match page.cursor {
            Some(next) => cursor = next,
            None => break,
        }
    }
    let sorted = seen.iter().copied().collect::<BTreeSet<_>>().into_iter().rev().collect::<Vec<_>>();
    assert_eq!((seen.len(), &seen), (7, &sorted), "seven people signed in");
}

#[tokio::test]
async fn s23_a_look_over_fhir_names_the_account_that_is_signed_in() {
    let ward = ward().await;
    let by = format!(r#"{{"name":"{}","role":"nurse"}}"#, name(Role::Nurse));
    let body = format!(r#"{{"key":"{:032x}","by":{by},"act":{OPENED}}}"#, 1);
    assert_eq!(ward.post("nurse", "/api/chairs/1/session", &body).await.status, 200);
    let reader = people().find(|role| chairside_access::may(*role, chairside_access::Right::Export)).unwrap();
    let found = send(&ward.rig, ward.cookie(reader.word()), "GET /fhir/Encounter?_count=10", "").await;
    assert_eq!(found.status, 200, "{}", String::from_utf8_lossy(&found.body));
    let body = r#"{"what":"viewed"}"#;
    let page: AuditPage = serde_json::from_slice(&ward.post("auditor", "/api/audit/find", body).await.body).unwrap();
    let rows: Vec<_> = page.rows.iter().map(|row| (row.who.clone(), &*row.more)).collect();
    assert_eq!(rows, [(name(reader), "fhir")]);
}

#[tokio::test]
async fn s14_s15_the_cookie_alone_is_not_enough_to_change_or_to_listen() {
    let ward = ward().await;
    let cookie = ward.cookie("nurse");
    for origin in ["http://evil.example", "null"] {
        let headers = [("Origin", origin), ("Content-Type", "application/json"), ("Cookie", cookie)];
        for path in ["/api/lock", "/api/sign-out", "/api/me/pin", "/api/switch", "/api/sign-in", "/api/welcome"] {
            let answer = ask(&ward.rig, &format!("POST {path}"), &headers, b"{}").await;
            assert_eq!((answer.status, &*answer.code()), (403, "cross_origin"), "{path} {origin}");
        }
        let opened = Client::open(ward.rig.address, &[("Cookie", cookie), ("Origin", origin)]).await;
        assert_eq!(opened.err(), Some(403), "{origin}");
    }
    assert_eq!(ward.me("nurse").await.standing, Standing::In);
}

#[tokio::test]
async fn s15_ten_screens_of_a_person_and_no_more() {
    let ward = ward().await;
    let mut screens = Vec::new();
    for _ in 0..chairside_server::SCREENS_EACH {
        screens.push(ward.screen("nurse").await.unwrap());
    }
    assert_eq!(ward.screen("nurse").await.err(), Some(503));
    assert!(ward.screen("clinician").await.is_ok(), "another one has her own");
}
