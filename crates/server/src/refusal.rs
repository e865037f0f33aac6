//! Why a request is refused: a status, a code for programs, a sentence for people. The cause goes to the log only.

use crate::record::EXPORTS_MAX;
use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use axum::response::IntoResponse;
use chairside_recorder::DeskError;
use chairside_store::StoreError;
use chairside_wire::Refusal;

/// Every refusal of an HTTP route. None of them says anything of a patient.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refused {
    #[error("there is nothing at this address")]
    NoRoute,
    #[error("this address does not take this method")]
    BadMethod,
    #[error("this server does not answer to that host name; open it by the address it was configured with")]
    UnknownHost,
    #[error("this request comes from another site, or does not prove that it comes from this one")]
    CrossOrigin,
    #[error("this address opens a WebSocket; a plain request was found")]
    NotASocket,
    #[error("{0} screens are connected, the most this server serves; close one")]
    TooManyScreens(usize),
    #[error("the body must be sent as application/json")]
    NotJson,
    #[error("the body is longer than {0} bytes")]
    TooLarge(usize),
    #[error("the request was not complete in time")]
    TooSlow,
    #[error(
        "found something else than one whole number in `after`; expected the `newest` of the last answer, as ?after=120"
    )]
    BadQuery,
    #[error("the body does not fit: {0}")]
    BadBody(String),
    #[error("a chair's id has 1 to {max} letters, digits, `-`, `_` or `.`")]
    BadId { max: usize },
    #[error("there is no such chair; the settings page lists them")]
    NoChair,
    #[error("there is no such source; the configuration lists them")]
    NoSource,
    #[error("no frame is kept for this entry")]
    NoFrame,
    #[error("{field}: {found} characters found, 1 to {max} expected")]
    Length { field: &'static str, found: usize, max: usize },
    #[error("{field}: {found:?} found, letters, digits, blanks and plain signs expected")]
    Character { field: &'static str, found: char },
    #[error("this source is bound to its chair in the configuration; change `chair` there")]
    BoundByConfiguration,
    #[error("the log cannot be written now; nothing was changed for good; ask again")]
    NotRecorded(#[source] DeskError),
    #[error("the log has not answered in time; whether it was recorded is not known; look, then ask again")]
    NotKnown,
    #[error("{}: found {:?}, expected {}", .0.field, .0.found, .0.expected)]
    Unreadable(chairside_wire::Unreadable),
    #[error("another session has this chair; end it before the next one begins")]
    Occupied,
    #[error("no session is open at this chair")]
    NoSession,
    #[error("{0}")]
    Act(chairside_observation::session::Refused),
    /// Why a claim cannot begin there; the sentence says since when it may.
    #[error("{0}")]
    Claim(DeskError),
    #[error("{0}")]
    Change(chairside_observation::clinic::ChangeRefused),
    #[error("{found} letters or digits found, {} to {} expected; type more of the name or number", .expected.0, .expected.1)]
    Search { found: usize, expected: (usize, usize) },
    #[error("there is no such session; the list of sessions has those there are")]
    NoSuchSession,
    /// Who did, and when, as the clinic's clock showed it. Only whoever may read records hears it.
    #[error("this session was erased by {by} at {at}; nothing of it is left")]
    Erased { by: String, at: String },
    #[error("the record has changed since it was read; read it again, then sign")]
    Changed,
    #[error("this server has no key to sign with; its log says why")]
    NoKey,
    #[error("{EXPORTS_MAX} exports are being made, the most at once; ask again in a moment")]
    Busy,
    #[error("found something else in `every`; expected 1, 5, 10 or 15, as ?every=5")]
    BadEvery,
    #[error("the log cannot be read now; ask again")]
    LogUnreadable(#[source] StoreError),
    #[error("sign in first")]
    SignedOut,
    #[error("this screen is locked; unlock it with PIN or password")]
    Locked,
    #[error("name, password or code is wrong")]
    BadSignIn,
    #[error("the code of the second factor is needed")]
    CodeNeeded,
    #[error("the password or PIN is wrong")]
    BadSecret,
    #[error(
        "sign in with the password: the PIN works where this person signed in within 12 h, and only for a few tries"
    )]
    PinSpent,
    #[error("no provider of accounts is configured here, or there is no first account yet")]
    NoOpenId,
    #[error(
        "the provider of accounts does not answer now; sign in with a name and password of this server, or try again"
    )]
    NoProvider,
    #[error("this sign-in was not begun in this browser, was used, or took too long; begin again")]
    NoFlow,
    #[error("what the provider of accounts says is not believed: {0}")]
    Unproven(chairside_access::openid::Unproven),
    #[error("your roles show this patient's records already; open them in the list of sessions")]
    NoEmergency,
    #[error("sign in at the provider of accounts again, then within ten minutes")]
    NotFresh,
    #[error("your roles do not allow this; the lead or an administrator gives roles")]
    NoRight,
    #[error("set up the second factor first: your roles ask for it")]
    CodeRequired,
    #[error("this was entered by another person; it is sent when she signs in")]
    AnotherPerson,
    #[error("too many wrong tries; the next one in {0} s")]
    SlowDown(i64),
    #[error("{0}")]
    Account(chairside_access::Wrong),
    #[error("the accounts cannot be read or written now; nothing was changed; the server's log says why")]
    Accounts(#[source] chairside_access::file::FileError),
    #[error("this system gives no random bytes now; ask again")]
    Random(#[source] std::io::Error),
    #[error("the server failed while answering; nothing was confirmed; its log says more")]
    Internal,
}

impl From<DeskError> for Refused {
    fn from(error: DeskError) -> Self {
        match error {
            DeskError::NoChair(_) => Self::NoChair,
            DeskError::NoSource(_) => Self::NoSource,
            DeskError::Length { field, found, max } => Self::Length { field, found, max },
            DeskError::Character { field, found } => Self::Character { field, found },
            DeskError::BoundByConfiguration(_) => Self::BoundByConfiguration,
            DeskError::Occupied(_) => Self::Occupied,
            DeskError::NoSession(_) => Self::NoSession,
            DeskError::NoSuchSession(_) => Self::NoSuchSession,
            DeskError::Changed => Self::Changed,
            DeskError::Act(why) => Self::Act(why),
            DeskError::ClaimedBefore { .. }
            | DeskError::NamesAnother { .. }
            | DeskError::BeganAlready { .. }
            | DeskError::Erased => Self::Claim(error),
            DeskError::Unreadable(error) => Self::LogUnreadable(error),
            DeskError::Change(why) => Self::Change(why),
            DeskError::Search { found, expected } => Self::Search { found, expected },
            DeskError::NotRecorded(_) => Self::NotRecorded(error),
        }
    }
}

const fn of_account(wrong: &chairside_access::Wrong) -> (StatusCode, &'static str) {
    use chairside_access::Wrong;
    match wrong {
        Wrong::NoAccount | Wrong::NoDisplay | Wrong::NoSignIn | Wrong::NoProgram => {
            (StatusCode::NOT_FOUND, "not_there")
        }
        Wrong::BadCode => (StatusCode::UNAUTHORIZED, "bad_code"),
        Wrong::Code => (StatusCode::UNAUTHORIZED, "bad_secret"),
        Wrong::NoPin => (StatusCode::UNAUTHORIZED, "pin_spent"),
        Wrong::NoMapping | Wrong::Disabled => (StatusCode::UNAUTHORIZED, "bad_openid"),
        Wrong::NotYours => (StatusCode::FORBIDDEN, "no_right"),
        Wrong::Weak(_) => (StatusCode::UNPROCESSABLE_ENTITY, "bad_password"),
        Wrong::Name { .. } | Wrong::Role(_) | Wrong::Scope(_) | Wrong::Missing(_) => {
            (StatusCode::UNPROCESSABLE_ENTITY, "unreadable")
        }
        Wrong::Taken(_)
        | Wrong::LastAdministrator
        | Wrong::Full
        | Wrong::DisplaysFull
        | Wrong::ProgramsFull
        | Wrong::OfProvider => (StatusCode::CONFLICT, "not_possible"),
    }
}

impl Refused {
    pub(crate) fn parts(&self) -> (StatusCode, &'static str) {
        match self {
            Self::NoRoute => (StatusCode::NOT_FOUND, "no_route"),
            Self::BadMethod => (StatusCode::METHOD_NOT_ALLOWED, "bad_method"),
            Self::UnknownHost => (StatusCode::MISDIRECTED_REQUEST, "unknown_host"),
            Self::CrossOrigin => (StatusCode::FORBIDDEN, "cross_origin"),
            Self::NotASocket => (StatusCode::UPGRADE_REQUIRED, "not_a_socket"),
            Self::TooManyScreens(_) => (StatusCode::SERVICE_UNAVAILABLE, "too_many_screens"),
            Self::NotJson => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "not_json"),
            Self::TooLarge(_) => (StatusCode::PAYLOAD_TOO_LARGE, "too_large"),
            Self::TooSlow => (StatusCode::REQUEST_TIMEOUT, "too_slow"),
            Self::BadBody(_) => (StatusCode::UNPROCESSABLE_ENTITY, "bad_body"),
            Self::BadQuery => (StatusCode::UNPROCESSABLE_ENTITY, "bad_query"),
            Self::BadId { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "bad_id"),
            Self::Length { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "bad_length"),
            Self::Character { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "bad_character"),
            Self::NoChair => (StatusCode::NOT_FOUND, "no_chair"),
            Self::NoSource => (StatusCode::NOT_FOUND, "no_source"),
            Self::NoSuchSession => (StatusCode::NOT_FOUND, "no_such_session"),
            Self::Erased { .. } => (StatusCode::GONE, "erased"),
            Self::Changed => (StatusCode::CONFLICT, "changed"),
            Self::NoKey => (StatusCode::CONFLICT, "not_possible"),
            Self::Busy => (StatusCode::SERVICE_UNAVAILABLE, "busy"),
            Self::BadEvery => (StatusCode::UNPROCESSABLE_ENTITY, "bad_query"),
            Self::NoFrame => (StatusCode::NOT_FOUND, "no_frame"),
            Self::BoundByConfiguration => (StatusCode::CONFLICT, "bound_by_configuration"),
            Self::Unreadable(_) => (StatusCode::UNPROCESSABLE_ENTITY, "unreadable"),
            Self::Occupied => (StatusCode::CONFLICT, "occupied"),
            Self::NoSession => (StatusCode::CONFLICT, "no_session"),
            Self::Act(_) | Self::Claim(_) | Self::Change(_) => (StatusCode::CONFLICT, "not_possible"),
            Self::Search { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "bad_length"),
            Self::NotRecorded(_) | Self::LogUnreadable(_) => (StatusCode::SERVICE_UNAVAILABLE, "log_unavailable"),
            Self::NotKnown => (StatusCode::SERVICE_UNAVAILABLE, "not_known"),
            Self::SignedOut => (StatusCode::UNAUTHORIZED, "signed_out"),
            Self::Locked => (StatusCode::UNAUTHORIZED, "locked"),
            Self::BadSignIn => (StatusCode::UNAUTHORIZED, "bad_sign_in"),
            Self::CodeNeeded => (StatusCode::UNAUTHORIZED, "code_needed"),
            Self::BadSecret => (StatusCode::UNAUTHORIZED, "bad_secret"),
            Self::PinSpent => (StatusCode::UNAUTHORIZED, "pin_spent"),
            Self::NoOpenId => (StatusCode::NOT_FOUND, "no_provider"),
            Self::NoProvider => (StatusCode::SERVICE_UNAVAILABLE, "provider_unavailable"),
            Self::NoFlow | Self::Unproven(_) => (StatusCode::UNAUTHORIZED, "bad_openid"),
            Self::NoEmergency => (StatusCode::CONFLICT, "not_possible"),
            Self::NotFresh => (StatusCode::UNAUTHORIZED, "bad_secret"),
            Self::NoRight => (StatusCode::FORBIDDEN, "no_right"),
            Self::CodeRequired => (StatusCode::FORBIDDEN, "code_required"),
            Self::AnotherPerson => (StatusCode::CONFLICT, "another_person"),
            Self::SlowDown(_) => (StatusCode::TOO_MANY_REQUESTS, "slow_down"),
            Self::Account(wrong) => of_account(wrong),
            Self::Accounts(_) | Self::Random(_) => (StatusCode::SERVICE_UNAVAILABLE, "accounts_unavailable"),
            Self::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "internal"),
        }
    }

    pub(crate) fn into_answer(self) -> Response<Body> {
        let (status, code) = self.parts();
        match std::error::Error::source(&self) {
            Some(cause) => tracing::warn!(code, cause = %cause, "request refused"),
            None => tracing::debug!(code, "request refused"),
        }
        let wait = if let Self::SlowDown(seconds) = &self { Some(*seconds) } else { None };
        let mut response = json(status, &Refusal { code: code.to_owned(), message: self.to_string() });
        if status == StatusCode::UPGRADE_REQUIRED {
            response.headers_mut().insert(header::UPGRADE, HeaderValue::from_static("websocket"));
        }
        if let Some(seconds) = wait {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response<Body> {
        self.into_answer()
    }
}

/// An answer in JSON that nobody keeps.
pub(crate) fn json(status: StatusCode, body: &impl serde::Serialize) -> Response<Body> {
    let text = serde_json::to_vec(body).unwrap_or_default();
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
