//! The TypeScript of the wire types.

use crate::{
    Account, AccountChanged, Accounts, Act, AskCode, AskCourse, AskEmergency, AssignFeed, AuditLine, AuditPage,
    AuditRow, BackupHealth, BeginOpenId, BoundFeed, ByteMark, CertificateHealth, Chair, Change, ChangeAccount,
    ChangeClinic, ChangeDisplay, ChangePassword, ChangePin, ChangeToken, ClearChair, Clinic, ClockHealth, CodeSecret,
    ConfirmCode, Course, CourseRow, CourseScore, CourseValues, Database, DiskHealth, Display, Displays, DoAct, Done,
    EhrPage, EhrRefused, EhrSent, EhrWaits, EhrWay, Emergency, EmergencyNow, EmergencySession, EndSignIn, Every,
    ExportSession, Fact, Feed, FeedValues, FindAudit, FindPatients, FindSessions, Finding, FinishOpenId, FixedMark,
    FoundPatients, FromScreen, Health, HealthPage, HeardFrame, Item, Kept, KnownPatient, Limit, LimitNotice, Link,
    LookAtFeed, LookAtWelcome, Mark, Me, Moment, MonitorNotice, NameChair, NamedValue, NewAccount, NewDisplay,
    NewToken, Offset, OneTimeLink, OpenSession, Patient, Person, PersonHere, Plan, Prefer, ProgramToken, Provenance,
    QueueHealth, RawFrame, Reading, RecordGap, RecordLimit, RecordNote, RecordSigned, RecordSource, Recording, Refusal,
    RefusedCounts, RoomChair, RowSigned, Schedule, Series, Session, SessionList, SessionRecord, SessionRow,
    SessionSeries, SessionState, SessionStood, SessionTable, SignIn, SignInRow, SignIns, SignedIn, Source, SourceBytes,
    Sources, SpareCodes, Standing, State, StoodLimits, StoodNotices, StoodSchedule, SummaryLine, Switch, TableRow,
    Template, ToScreen, TokenMade, Tokens, WIRE_VERSION, Welcome, WelcomeFor, WelcomeSaid, WorstScore,
};
use std::fmt::Write;
use ts_rs::{Config, TS};

/// Where the generated file is kept, from the top of the repository.
pub const TYPESCRIPT_PATH: &str = "web/src/wire/wire.ts";

/// The whole file.
#[must_use]
pub fn typescript() -> String {
    let config = Config::default();
    let mut text = String::from(
        "// Generated from crates/wire by `cargo xtask generate`. Do not edit: a test compares it with the Rust types.\n\n",
    );
    let _ = writeln!(text, "export const WIRE_VERSION = {WIRE_VERSION}\n");
    let declarations = [
        Moment::decl(&config),
        Prefer::decl(&config),
        Chair::decl(&config),
        Feed::decl(&config),
        State::decl(&config),
        Reading::decl(&config),
        Link::decl(&config),
        MonitorNotice::decl(&config),
        Item::decl(&config),
        Every::decl(&config),
        Mark::decl(&config),
        Recording::decl(&config),
        Person::decl(&config),
        Patient::decl(&config),
        Plan::decl(&config),
        NamedValue::decl(&config),
        Act::decl(&config),
        Kept::decl(&config),
        Schedule::decl(&config),
        FixedMark::decl(&config),
        BoundFeed::decl(&config),
        Session::decl(&config),
        Template::decl(&config),
        Limit::decl(&config),
        Clinic::decl(&config),
        Change::decl(&config),
        ChangeClinic::decl(&config),
        LimitNotice::decl(&config),
        FindPatients::decl(&config),
        Fact::decl(&config),
        KnownPatient::decl(&config),
        FoundPatients::decl(&config),
        ClearChair::decl(&config),
        DoAct::decl(&config),
        FindSessions::decl(&config),
        SessionState::decl(&config),
        Finding::decl(&config),
        SessionList::decl(&config),
        SessionRow::decl(&config),
        RowSigned::decl(&config),
        OpenSession::decl(&config),
        SessionRecord::decl(&config),
        Offset::decl(&config),
        RecordSource::decl(&config),
        RecordNote::decl(&config),
        RecordLimit::decl(&config),
        RecordGap::decl(&config),
        SummaryLine::decl(&config),
        AuditLine::decl(&config),
        RecordSigned::decl(&config),
        SessionSeries::decl(&config),
        Series::decl(&config),
        SessionTable::decl(&config),
        TableRow::decl(&config),
        SessionStood::decl(&config),
        StoodSchedule::decl(&config),
        StoodLimits::decl(&config),
        StoodNotices::decl(&config),
        Provenance::decl(&config),
        ByteMark::decl(&config),
        ExportSession::decl(&config),
        AskCourse::decl(&config),
        Course::decl(&config),
        CourseScore::decl(&config),
        CourseValues::decl(&config),
        WorstScore::decl(&config),
        CourseRow::decl(&config),
        ToScreen::decl(&config),
        FromScreen::decl(&config),
        NameChair::decl(&config),
        AssignFeed::decl(&config),
        LookAtFeed::decl(&config),
        FeedValues::decl(&config),
        Done::decl(&config),
        Refusal::decl(&config),
        Database::decl(&config),
        Health::decl(&config),
        HealthPage::decl(&config),
        DiskHealth::decl(&config),
        BackupHealth::decl(&config),
        CertificateHealth::decl(&config),
        ClockHealth::decl(&config),
        QueueHealth::decl(&config),
        RefusedCounts::decl(&config),
        RawFrame::decl(&config),
        Source::decl(&config),
        Sources::decl(&config),
        HeardFrame::decl(&config),
        SourceBytes::decl(&config),
    ];
    for declaration in declarations.into_iter().chain(ehr(&config)).chain(accounts(&config)) {
        let _ = writeln!(text, "export {declaration}\n");
    }
    text
}

/// What waits for the EHR.
fn ehr(config: &Config) -> [String; 5] {
    [
        EhrPage::decl(config),
        EhrWay::decl(config),
        EhrWaits::decl(config),
        EhrRefused::decl(config),
        EhrSent::decl(config),
    ]
}

/// Accounts, displays and the audit.
fn accounts(config: &Config) -> Vec<String> {
    vec![
        Standing::decl(config),
        SignedIn::decl(config),
        PersonHere::decl(config),
        EmergencyNow::decl(config),
        AskEmergency::decl(config),
        Emergency::decl(config),
        EmergencySession::decl(config),
        Me::decl(config),
        SignIn::decl(config),
        BeginOpenId::decl(config),
        FinishOpenId::decl(config),
        Switch::decl(config),
        LookAtWelcome::decl(config),
        WelcomeFor::decl(config),
        WelcomeSaid::decl(config),
        Welcome::decl(config),
        ChangePassword::decl(config),
        ChangePin::decl(config),
        AskCode::decl(config),
        CodeSecret::decl(config),
        ConfirmCode::decl(config),
        SpareCodes::decl(config),
        SignInRow::decl(config),
        SignIns::decl(config),
        EndSignIn::decl(config),
        Account::decl(config),
        Accounts::decl(config),
        NewAccount::decl(config),
        OneTimeLink::decl(config),
        ChangeAccount::decl(config),
        AccountChanged::decl(config),
        Display::decl(config),
        RoomChair::decl(config),
        Displays::decl(config),
        NewDisplay::decl(config),
        ChangeDisplay::decl(config),
        ProgramToken::decl(config),
        Tokens::decl(config),
        NewToken::decl(config),
        TokenMade::decl(config),
        ChangeToken::decl(config),
        FindAudit::decl(config),
        AuditRow::decl(config),
        AuditPage::decl(config),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn the_committed_typescript_is_current() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(TYPESCRIPT_PATH);
        let fresh = typescript();
        if std::env::var_os("CHAIRSIDE_GENERATE").is_some() {
            std::fs::write(&path, &fresh).unwrap();
        }
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(committed == fresh, "{TYPESCRIPT_PATH} is stale: run `cargo xtask generate` and commit it");
    }
}
