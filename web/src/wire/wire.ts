// Generated from crates/wire by `cargo xtask generate`. Do not edit: a test compares it with the Rust types.

export const WIRE_VERSION = 1

export type Moment = { 
/**
 * Monotonic microseconds, comparable within one boot of the server's machine: ages come from it.
 */
monoUs: number, 
/**
 * UTC microseconds since 1970: people read it.
 */
wallUs: number, };

export type Prefer = { 
/**
 * The vital it was declared for; absent for all that have no order of their own.
 */
vital?: string, 
/**
 * First choice first.
 */
sources: Array<string>, };

export type Chair = { 
/**
 * Its id.
 */
id: string, 
/**
 * Its name on screens.
 */
name: string, 
/**
 * Which of several devices a tile takes: one order for each vital the configuration names, and last one without a
 * vital for all others. A source in none of them comes last.
 */
prefer?: Array<Prefer>, };

export type Feed = { 
/**
 * Source that hears it.
 */
source: string, 
/**
 * Bed name as sent; empty when the source names none.
 */
bed: string, 
/**
 * The chair it was given; absent for an unassigned feed.
 */
chair?: string, 
/**
 * Whether the configuration fixes it, so that the settings page cannot.
 */
fixed: boolean, };

export type State = "valid" | "questionable" | "absent";

export type Reading = { 
/**
 * Position in the chair's timeline.
 */
seq: number, 
/**
 * Source it came from.
 */
source: string, 
/**
 * Vital: `heart_rate pulse_rate spo2 perfusion_index nibp resp_rate temperature etco2 art`.
 */
vital: string, 
/**
 * Signal it was taken from: `ecg co2 impedance pleth cuff line ...`.
 */
origin?: string, 
/**
 * Body site or channel, where there are several.
 */
site?: string, 
/**
 * Valid, questionable or absent.
 */
state: State, 
/**
 * Digits, for all but pressures.
 */
value?: string, 
/**
 * Digits of the systolic pressure.
 */
systolic?: string, 
/**
 * Digits of the diastolic pressure.
 */
diastolic?: string, 
/**
 * Digits of the mean pressure.
 */
mean?: string, 
/**
 * UCUM unit as sent.
 */
unit: string, 
/**
 * Why it is questionable or absent.
 */
reason?: string, 
/**
 * The monitor's alarm and quality words.
 */
flags?: Array<string>, 
/**
 * Demonstration or test data of the monitor.
 */
synthetic: boolean, 
/**
 * When the value was measured, as far as known: the arrival for continuous values, the measurement for a cuff.
 */
at: Moment, 
/**
 * When it reached the server.
 */
received: Moment, };

export type Link = { 
/**
 * Position in the chair's timeline.
 */
seq: number, 
/**
 * The source.
 */
source: string, 
/**
 * `initial connecting live silent lost`.
 */
state: string, 
/**
 * One sentence for people.
 */
reason: string, 
/**
 * Since when.
 */
since: Moment, };

export type MonitorNotice = { 
/**
 * Position in the chair's timeline.
 */
seq: number, 
/**
 * Source it came from.
 */
source: string, 
/**
 * Text as sent.
 */
text: string, 
/**
 * `advisory low medium high`.
 */
priority: string, 
/**
 * When it reached the server.
 */
received: Moment, };

export type Item = { "is": "reading" } & Reading | { "is": "link" } & Link | { "is": "notice" } & MonitorNotice;

export type Every = { 
/**
 * The source.
 */
source: string, 
/**
 * Microseconds between values.
 */
everyUs: number, };

export type Mark = { 
/**
 * The chair.
 */
chair: string, 
/**
 * Newest sequence shown.
 */
head: number, 
/**
 * Newest sequence on disk.
 */
recorded: number, 
/**
 * UTC microseconds of that entry; absent when nothing was ever recorded.
 */
recordedWallUs?: number, };

export type Recording = { 
/**
 * The log takes everything.
 */
ok: boolean, 
/**
 * UTC microseconds since when not.
 */
sinceWallUs?: number, 
/**
 * What failed and what to do.
 */
reason?: string, };

export type Person = { 
/**
 * Name.
 */
name: string, 
/**
 * `nurse clinician reviewer lead`, and `auditor` of who only reads.
 */
role: string, };

export type Patient = { 
/**
 * The clinic's number.
 */
id: string, 
/**
 * Name.
 */
name: string, 
/**
 * Birth date, ISO 8601.
 */
born: string, 
/**
 * What public screens show.
 */
alias: string, };

export type Plan = { 
/**
 * Name of the template.
 */
template: string, 
/**
 * Which one of the course.
 */
number: number, 
/**
 * How many the course has; absent when open.
 */
of?: number, 
/**
 * Planned minutes of the infusion.
 */
infusionMin: number, 
/**
 * Expected minutes between cuff readings while it runs.
 */
cuffInfusingMin: number, 
/**
 * The same afterwards.
 */
cuffObservingMin: number, 
/**
 * Least minutes of observation.
 */
observeMin: number, 
/**
 * Expected minutes between assessments in the first hour.
 */
assessFirstMin: number, 
/**
 * The same later.
 */
assessLaterMin: number, };

export type NamedValue = { 
/**
 * The vital's word.
 */
vital: string, 
/**
 * One value, or systolic, diastolic and mean.
 */
values: Array<string>, 
/**
 * First and last entry it was taken from; absent for a typed one.
 */
from?: [number, number], };

export type Act = { "is": "opened", 
/**
 * Who.
 */
patient: Patient, 
/**
 * What was planned.
 */
plan: Plan, 
/**
 * She is expected, and not at the chair yet.
 */
planned?: boolean, } | { "is": "moved", 
/**
 * `checked in, baseline, infusing, paused, observing, ready, discharged, cancelled`.
 */
to: string, 
/**
 * Why; may be empty where it is plain.
 */
reason: string, } | { "is": "claimed", 
/**
 * First entry that is hers. A screen sends this or `wallUs`; the server always this.
 */
from?: number, 
/**
 * Since when, UTC microseconds: the first entry at or after it is hers. Only sent by screens.
 */
wallUs?: number, } | { "is": "baseline", 
/**
 * They. Pressed with none, the server takes them: the median of the last 60 s and the last cuff reading.
 */
values: Array<NamedValue>, } | { "is": "entry", 
/**
 * What: `sedation nausea ... note`.
 */
entry: string, 
/**
 * On the kind's scale.
 */
score?: number, 
/**
 * As typed; may be empty.
 */
text: string, } | { "is": "typed", 
/**
 * They.
 */
values: Array<NamedValue>, } | { "is": "artefact", 
/**
 * The vital's word.
 */
vital: string, 
/**
 * First entry.
 */
first: number, 
/**
 * Last entry.
 */
last: number, 
/**
 * Why.
 */
reason: string, } | { "is": "undo", 
/**
 * The entry that holds it.
 */
of: number, 
/**
 * Why.
 */
reason: string, } | { "is": "handedOver", 
/**
 * Who.
 */
to: Person, } | { "is": "accepted", 
/**
 * Source of the feed.
 */
source: string, 
/**
 * Bed name as sent; may be empty.
 */
bed: string, 
/**
 * Patient identifier as sent; may be empty.
 */
patient: string, 
/**
 * Device identifier as sent; may be empty.
 */
device: string, 
/**
 * How it was made sure.
 */
reason: string, } | { "is": "acknowledged", 
/**
 * Word of its kind.
 */
notice: string, } | { "is": "limited", 
/**
 * Word of its kind.
 */
notice: string, 
/**
 * `name=number` pairs parted by blanks; empty for the clinic's own.
 */
limits: string, 
/**
 * Why.
 */
reason: string, } | { "is": "addendum", 
/**
 * As typed.
 */
text: string, } | { "is": "corrected", 
/**
 * The entry that counts now and should not.
 */
of: number, 
/**
 * The score that is right.
 */
score?: number, 
/**
 * The text that is right; may be empty.
 */
text: string, 
/**
 * Why.
 */
reason: string, } | { "is": "signed", 
/**
 * What the signature stands for.
 */
meaning: string, 
/**
 * What is signed: the `digest` of the record as it was shown.
 */
digest: string, 
/**
 * Public key of the server, hexadecimal. A screen sends none; the server always does.
 */
key?: string, 
/**
 * Signature of the digest, hexadecimal. A screen sends none; the server always does.
 */
signature?: string, };

export type Kept = { 
/**
 * Its entry in the chair's timeline.
 */
seq: number, 
/**
 * When it reached the server.
 */
received: Moment, 
/**
 * When it was, UTC microseconds.
 */
wallUs: number, 
/**
 * A person set the time back.
 */
late: boolean, 
/**
 * By whom.
 */
by: Person, 
/**
 * What.
 */
act: Act, 
/**
 * It no longer counts.
 */
undone: boolean, 
/**
 * The entry whose correction counts in its place.
 */
correctedBy?: number, 
/**
 * Of a correction: the kind of the entry in whose place it stands.
 */
entry?: string, };

export type Schedule = { 
/**
 * When the next cuff reading is expected; absent while none is.
 */
cuffDue?: Moment, 
/**
 * Seconds between cuff readings in this phase; 0 while none is expected.
 */
cuffEveryS: number, 
/**
 * When the next assessment is expected.
 */
assessDue?: Moment, 
/**
 * When the infusion was planned to end; pauses move it.
 */
plannedEnd?: Moment, 
/**
 * When the least observation is over.
 */
observeUntil?: Moment, 
/**
 * The fixed readings: `baseline`, `40 min`, `stop`, `leaving`, in that order.
 */
marks: Array<FixedMark>, };

export type FixedMark = { 
/**
 * `baseline`, `40 min`, `stop`, `leaving`.
 */
mark: string, 
/**
 * When it is, or was, due; absent before that is known.
 */
due?: Moment, 
/**
 * The entry of the chair's timeline that was picked; absent while there is none.
 */
seq?: number, 
/**
 * Systolic, diastolic and, where the monitor has it, mean, as sent; empty while none was picked.
 */
values?: Array<string>, 
/**
 * When it was measured.
 */
at?: Moment, };

export type BoundFeed = { 
/**
 * The source.
 */
source: string, 
/**
 * Bed name as sent; may be empty.
 */
bed: string, 
/**
 * `same`: it names this patient. `none`: it names nobody. `accepted`: a person took it for this patient's.
 * `patient`, `device`, `bed`: it names another one, and its values are withheld. `before`: what it sent was measured
 * before this patient was bound, and is withheld. `demo`: demonstration or test data, withheld.
 */
says: string, 
/**
 * Patient identifier as sent.
 */
patient: string, 
/**
 * Patient name as sent.
 */
name: string, 
/**
 * Device identifier as sent.
 */
device: string, 
/**
 * Readings withheld since [`BoundFeed::since`]. A feed that fits may have some, too: a monitor that repeats what it
 * measured before this patient was bound.
 */
withheld: number, 
/**
 * Since when it is as it is.
 */
since: Moment, };

export type Session = { 
/**
 * Its id.
 */
id: string, 
/**
 * Who is treated.
 */
patient: Patient, 
/**
 * What was planned.
 */
plan: Plan, 
/**
 * Who has it now.
 */
nurse: Person, 
/**
 * Where it stands.
 */
phase: string, 
/**
 * Where it may go from here.
 */
next: Array<string>, 
/**
 * Since when it stands there.
 */
phaseSince: Moment, 
/**
 * First entry of the timeline that is hers: nothing before is ever shown as hers.
 */
from: number, 
/**
 * When her span began: what was measured before is never shown as hers.
 */
opened: Moment, 
/**
 * T+0, once the infusion was started.
 */
started?: Moment, 
/**
 * The last stop of the infusion.
 */
stopped?: Moment, 
/**
 * Why it was stopped before its time.
 */
stoppedEarly?: string, 
/**
 * The values before the infusion.
 */
baseline: Array<NamedValue>, 
/**
 * Every act, oldest first.
 */
acts: Array<Kept>, 
/**
 * What is due when; absent once the session is over.
 */
schedule?: Schedule, 
/**
 * What each feed of the chair says of the patient.
 */
feeds?: Array<BoundFeed>, };

export type Template = { 
/**
 * Name, as the lead wrote it; unique.
 */
name: string, 
/**
 * How many sessions the course has; absent when open.
 */
of?: number, 
/**
 * Planned minutes of the infusion.
 */
infusionMin: number, 
/**
 * Expected minutes between cuff readings while it runs.
 */
cuffInfusingMin: number, 
/**
 * The same afterwards.
 */
cuffObservingMin: number, 
/**
 * Least minutes of observation.
 */
observeMin: number, 
/**
 * Expected minutes between assessments in the first hour.
 */
assessFirstMin: number, 
/**
 * The same later.
 */
assessLaterMin: number, };

export type Limit = { 
/**
 * `pre-start systolic`, `pre-start diastolic`, `systolic`, `diastolic`, `mean`, `spo2`, `heart rate`, `resp rate`,
 * `etco2`, `sedation`, `rass`, `cuff`, `assessment`.
 */
notice: string, 
/**
 * Whether the lead switched it on.
 */
on: boolean, 
/**
 * `name=number` pairs parted by blanks: `lookLow lookHigh urgentLow urgentHigh onceHigh overPct underPct lookHoldS
 * urgentHoldS lateS`.
 */
limits: string, };

export type Clinic = { 
/**
 * What public screens show of a patient: `alias`, `initials`, `full`.
 */
names: string, 
/**
 * Templates of courses, in the order they were made.
 */
templates: Array<Template>, 
/**
 * People to choose from on a screen.
 */
staff: Array<Person>, 
/**
 * The clinic's list for leaving.
 */
readiness: Array<string>, 
/**
 * Limit notices, every kind once.
 */
limits: Array<Limit>, 
/**
 * Whether this program has the layer of limit notices at all.
 */
hasLimits: boolean, 
/**
 * Ids of the chairs that are for test patients only.
 */
testing: Array<string>, };

export type Change = { "is": "names", 
/**
 * `alias`, `initials`, `full`.
 */
names: string, } | { "is": "template", 
/**
 * It.
 */
template: Template, } | { "is": "templateGone", 
/**
 * Its name.
 */
name: string, } | { "is": "staff", 
/**
 * Who.
 */
person: Person, } | { "is": "staffGone", 
/**
 * Name.
 */
name: string, } | { "is": "readiness", 
/**
 * Its lines, in order.
 */
lines: Array<string>, } | { "is": "limit", 
/**
 * It.
 */
limit: Limit, } | { "is": "testChair", 
/**
 * Its id.
 */
chair: string, 
/**
 * It is for test patients.
 */
on: boolean, };

export type ChangeClinic = { 
/**
 * By whom.
 */
by: Person, 
/**
 * What.
 */
change: Change, };

export type LimitNotice = { 
/**
 * Word of its kind ([`Limit::notice`]).
 */
notice: string, 
/**
 * `look` or `urgent`.
 */
level: string, 
/**
 * What it is about, as shown: `88`, or the minutes something is overdue.
 */
value: string, 
/**
 * The limit in force.
 */
limit: string, 
/**
 * Since when.
 */
since: Moment, 
/**
 * Who saw it; absent while nobody did, or when that time is over.
 */
seenBy?: Person, 
/**
 * Until when it stays quiet.
 */
quietUntil?: Moment, };

export type FindPatients = { 
/**
 * A part of a name or of the clinic's number; at least two characters.
 */
text: string, };

export type Fact = { 
/**
 * Kind of entry.
 */
entry: string, 
/**
 * As typed.
 */
text: string, };

export type KnownPatient = { 
/**
 * Who.
 */
patient: Patient, 
/**
 * What the last session was planned as.
 */
plan: Plan, 
/**
 * When it was opened, UTC microseconds.
 */
lastWallUs: number, 
/**
 * Texts of the last entries of these kinds: `indication`, `allergies`, `escort`.
 */
facts: Array<Fact>, };

export type FoundPatients = { 
/**
 * They.
 */
found: Array<KnownPatient>, };

export type ClearChair = { 
/**
 * By whom.
 */
by: Person, };

export type DoAct = { 
/**
 * Id of the session the screen shows; absent only for `opened`.
 */
session?: string, 
/**
 * 32 hexadecimal digits, made for this press; the same press sent again is the same act.
 */
key: string, 
/**
 * By whom.
 */
by: Person, 
/**
 * When it was, UTC microseconds; absent for now.
 */
wallUs?: number, 
/**
 * A person set the time back.
 */
late: boolean, 
/**
 * What.
 */
act: Act, 
/**
 * Password or PIN of the one who presses, asked for again where the act is `signed`; absent for all else.
 */
secret?: string, };

export type FindSessions = { 
/**
 * Parts of the patient's name, number or birth date, parted by blanks; capitals and accents do not matter.
 */
text?: string, 
/**
 * Id of the chair.
 */
chair?: string, 
/**
 * Opened at or after, UTC microseconds.
 */
fromUs?: number, 
/**
 * Opened before, UTC microseconds.
 */
toUs?: number, 
/**
 * `open`: not over. `over`: over. `unsigned`: over, not cancelled and not signed. `signed`. `cancelled`.
 */
state?: SessionState, 
/**
 * Every one of these was found in it.
 */
has?: Array<Finding>, 
/**
 * Id of the last row of the page before.
 */
after?: string, 
/**
 * Most rows, 1 to 200; 50 when absent.
 */
limit?: number, };

export type SessionState = "open" | "over" | "unsigned" | "signed" | "cancelled";

export type Finding = "late" | "typed" | "artefact" | "gap" | "notice" | "limit" | "demo" | "addendum" | "corrected" | "stopped early";

export type SessionList = { 
/**
 * They.
 */
rows: Array<SessionRow>, 
/**
 * There are more after the last row.
 */
more: boolean, 
/**
 * How many there are in all.
 */
total: number, };

export type SessionRow = { 
/**
 * Its id.
 */
id: string, 
/**
 * The chair.
 */
chair: string, 
/**
 * What people call the chair now.
 */
chairName: string, 
/**
 * Who was treated.
 */
patient: Patient, 
/**
 * Which one of the course.
 */
number: number, 
/**
 * How many the course has; absent when open.
 */
of?: number, 
/**
 * Name of the template.
 */
template: string, 
/**
 * Where it stands.
 */
phase: string, 
/**
 * Who had it last.
 */
nurse: string, 
/**
 * When its span began, UTC microseconds, as all times here.
 */
openedUs: number, 
/**
 * T+0.
 */
startedUs?: number, 
/**
 * The last stop.
 */
stoppedUs?: number, 
/**
 * When it was over.
 */
endedUs?: number, 
/**
 * Who signed it.
 */
signed?: RowSigned, 
/**
 * What is worth knowing of it.
 */
has: Array<Finding>, };

export type RowSigned = { 
/**
 * Name.
 */
by: string, 
/**
 * When, UTC microseconds.
 */
atUs: number, };

export type OpenSession = { 
/**
 * By whom.
 */
by: Person, 
/**
 * `viewed`, or what else is done with it: `printed replayed exported` (its course as CSV). Absent: `viewed`.
 */
did?: string, 
/**
 * Only what a chart is drawn with, at once; who asks like this asks again for the rest.
 */
first?: boolean, };

export type SessionRecord = { 
/**
 * The session with every act.
 */
session: Session, 
/**
 * The chair.
 */
chair: string, 
/**
 * What people call the chair.
 */
chairName: string, 
/**
 * When her span of the chair's timeline begins.
 */
begin: Moment, 
/**
 * When it ends, or how far it was read.
 */
end: Moment, 
/**
 * IANA name of the clinic's time zone.
 */
zone: string, 
/**
 * Offsets of the zone over the span; the first one holds at its begin.
 */
offsets: Array<Offset>, 
/**
 * What its values came from.
 */
sources: Array<RecordSource>, 
/**
 * The monitors' own notices, and what happened to their links.
 */
notes: Array<RecordNote>, 
/**
 * The clinic's limit notices as they stood.
 */
limits: Array<RecordLimit>, 
/**
 * Stretches in which no value of a vital stood.
 */
gaps: Array<RecordGap>, 
/**
 * The figures of the summary, each with its definition.
 */
summary: Array<SummaryLine>, 
/**
 * Who looked at it and what was made of it, this time included.
 */
audit: Array<AuditLine>, 
/**
 * Who signed it.
 */
signed?: RecordSigned, 
/**
 * What a signature would sign now; of a signed record what it signed, computed again.
 */
digest: string, 
/**
 * Version of the program that made this of the log.
 */
version: string, 
/**
 * This is only what a chart is drawn with, as was asked: nothing of sources, notes, limits, gaps, figures and signature.
 */
first?: boolean, };

export type Offset = { 
/**
 * UTC microseconds.
 */
fromUs: number, 
/**
 * Minutes ahead of UTC.
 */
offsetMin: number, };

export type RecordSource = { 
/**
 * Its id.
 */
source: string, 
/**
 * Make, model and serial as the monitor said; empty when it said nothing.
 */
words: string, 
/**
 * What decoded it: protocol and profile; empty when the source is no longer configured.
 */
adapter: string, };

export type RecordNote = { 
/**
 * Its entry.
 */
seq: number, 
/**
 * When it reached the server.
 */
at: Moment, 
/**
 * The source.
 */
source: string, 
/**
 * `monitor`, `link`, or `log` for frames that could not be written.
 */
kind: string, 
/**
 * Of a link its state, of a monitor's notice its priority.
 */
word: string, 
/**
 * As sent, or what was found.
 */
text: string, };

export type RecordLimit = { 
/**
 * Entry that raised it.
 */
seq: number, 
/**
 * Word of its kind.
 */
notice: string, 
/**
 * `look` or `urgent`: the highest it came to.
 */
level: string, 
/**
 * What it was about, as shown.
 */
value: string, 
/**
 * The limit that decided.
 */
limit: string, 
/**
 * Every number in force.
 */
limits: string, 
/**
 * Some of the numbers were this patient's own.
 */
own: boolean, 
/**
 * When it was raised.
 */
raised: Moment, 
/**
 * When it was over; absent while it stood to the end.
 */
over?: Moment, 
/**
 * Why it was over.
 */
end?: string, 
/**
 * Who saw it first.
 */
seenBy?: Person, 
/**
 * When.
 */
seen?: Moment, };

export type RecordGap = { 
/**
 * The vital's word.
 */
vital: string, 
/**
 * The source, where only one sends the vital; empty otherwise.
 */
source: string, 
/**
 * Its begin.
 */
from: Moment, 
/**
 * Its end.
 */
to: Moment, 
/**
 * What is known of the reason: what the monitor said instead, that its link was lost, or that nothing was sent.
 */
why: string, };

export type SummaryLine = { 
/**
 * What it is: `peak systolic`, `coverage spo2`.
 */
key: string, 
/**
 * Digits as text, or words.
 */
value: string, 
/**
 * Unit; may be empty.
 */
unit: string, 
/**
 * When that was, UTC microseconds.
 */
atUs?: number, 
/**
 * The entry it was taken from.
 */
seq?: number, 
/**
 * How it is computed.
 */
definition: string, };

export type AuditLine = { 
/**
 * When, UTC microseconds.
 */
atUs: number, 
/**
 * Who.
 */
by: Person, 
/**
 * `viewed exported printed replayed verified`.
 */
did: string, 
/**
 * More of it: the format; may be empty.
 */
what: string, };

export type RecordSigned = { 
/**
 * Who.
 */
by: Person, 
/**
 * When, UTC microseconds.
 */
atUs: number, 
/**
 * What the signature stands for.
 */
meaning: string, 
/**
 * What was signed.
 */
digest: string, 
/**
 * Public key, hexadecimal.
 */
key: string, 
/**
 * The signature is of this digest by this key, and the record still says what was signed.
 */
holds: boolean, };

export type SessionSeries = { 
/**
 * Begin of the span, UTC microseconds: what the times count from.
 */
beginUs: number, 
/**
 * One for each vital, source, signal and site.
 */
series: Array<Series>, };

export type Series = { 
/**
 * The vital's word.
 */
vital: string, 
/**
 * The source; of typed values the person.
 */
source: string, 
/**
 * Signal it was taken from.
 */
origin?: string, 
/**
 * Site or channel.
 */
site?: string, 
/**
 * A person read them off.
 */
typed: boolean, 
/**
 * UCUM unit as sent.
 */
unit: string, 
/**
 * Decimal places of every number: 975 with 1 is 97.5.
 */
decimals: number, 
/**
 * Entries: the first, then how much further each is.
 */
seq: number[], 
/**
 * When measured: milliseconds since the begin, then since the one before.
 */
atMs: number[], 
/**
 * How many milliseconds later each reached the server.
 */
receivedMs: number[], 
/**
 * Digits as sent, times ten to `decimals`; of pressures the systolic one. null: there was none.
 */
value: (number | null)[], 
/**
 * Diastolic pressures.
 */
low?: (number | null)[], 
/**
 * Mean pressures.
 */
mean?: (number | null)[], 
/**
 * By index, only of those that are not plainly valid: why absent or in doubt, `artefact`, `demo`. Several are parted
 * by commas.
 */
state: { [index: number]: string }, 
/**
 * By index: digits with fewer decimals than `decimals` were sent, so many.
 */
places?: { [index: number]: number }, };

export type SessionTable = { 
/**
 * Minutes of a row.
 */
every: number, 
/**
 * Vitals.
 */
columns: Array<string>, 
/**
 * Rows from the begin on.
 */
rows: Array<TableRow>, };

export type TableRow = { 
/**
 * Begin of its window, UTC microseconds.
 */
atUs: number, 
/**
 * The same since T+0, in seconds; absent when the infusion was never started.
 */
sinceStartS?: number, 
/**
 * One for each column: digits, `131/84 (99)`, a reason, or empty for a gap.
 */
cells: Array<string>, };

export type SessionStood = { 
/**
 * What was due.
 */
schedules: Array<StoodSchedule>, 
/**
 * The clinic's limits, when the session began and as they were set in it.
 */
limits: Array<StoodLimits>, 
/**
 * Whether this program has the layer of limit notices at all.
 */
hasLimits: boolean, 
/**
 * The notices of the clinic's limits that stood.
 */
notices: Array<StoodNotices>, };

export type StoodSchedule = { 
/**
 * From when on, UTC microseconds.
 */
atUs: number, 
/**
 * It; absent once the session is over.
 */
schedule?: Schedule, };

export type StoodLimits = { 
/**
 * From when on, UTC microseconds.
 */
atUs: number, 
/**
 * Every kind once.
 */
limits: Array<Limit>, };

export type StoodNotices = { 
/**
 * From when on, UTC microseconds.
 */
atUs: number, 
/**
 * They, as they were shown.
 */
notices: Array<LimitNotice>, };

export type Provenance = { 
/**
 * Its entry.
 */
seq: number, 
/**
 * Source that heard it.
 */
source: string, 
/**
 * Make, model and serial as the monitor said; empty when it said nothing.
 */
words: string, 
/**
 * When it was measured, on the server's clocks; absent when the monitor gave no time of its own.
 */
measured?: Moment, 
/**
 * When its last byte arrived.
 */
received: Moment, 
/**
 * The monitor's own clock, as sent.
 */
deviceTime?: string, 
/**
 * The vital's word; empty for an entry that is no reading.
 */
vital: string, 
/**
 * As on a screen: `97`, `131/84 (99)`; empty when there is none.
 */
value: string, 
/**
 * UCUM unit as sent.
 */
unit: string, 
/**
 * `valid questionable absent`.
 */
state: string, 
/**
 * Why it is in doubt or absent.
 */
reason?: string, 
/**
 * `understood fault noise`.
 */
frame: string, 
/**
 * The whole frame, two lower-case hexadecimal digits a byte.
 */
bytes: string, 
/**
 * Which of the bytes said it, counted from the frame's first.
 */
marks: Array<ByteMark>, };

export type ByteMark = { 
/**
 * First byte.
 */
from: number, 
/**
 * Byte after the last one.
 */
to: number, 
/**
 * What they are: `value`, `OBX segment`, `frame`.
 */
field: string, };

export type ExportSession = { 
/**
 * By whom.
 */
by: Person, 
/**
 * What is made: `csv`, `record` ...
 */
format: string, 
/**
 * Minutes of the interval table: 1, 5, 10 or 15.
 */
every?: number, 
/**
 * `a4` or `letter`.
 */
paper?: string, };

export type AskCourse = { 
/**
 * A session of the patient.
 */
session: string, 
/**
 * By whom.
 */
by: Person, };

export type Course = { 
/**
 * Who.
 */
patient: Patient, 
/**
 * One for each session.
 */
rows: Array<CourseRow>, 
/**
 * Scales filled in before or between sessions, as typed.
 */
scores: Array<CourseScore>, };

export type CourseScore = { 
/**
 * When, UTC microseconds.
 */
at: number, 
/**
 * Its name: what stood before the last number.
 */
scale: string, 
/**
 * The result: the last number, or empty where the text has none.
 */
score: string, };

export type CourseValues = { 
/**
 * Systolic pressure.
 */
sys?: string, 
/**
 * Diastolic pressure.
 */
dia?: string, 
/**
 * Heart rate, or pulse rate where there is none.
 */
hr?: string, };

export type WorstScore = { 
/**
 * Kind of entry.
 */
entry: string, 
/**
 * Its highest score.
 */
score: number, };

export type CourseRow = { 
/**
 * Its id.
 */
id: string, 
/**
 * Which one of the course.
 */
number: number, 
/**
 * How many the course has; absent when open.
 */
of?: number, 
/**
 * When its span began, UTC microseconds.
 */
openedUs: number, 
/**
 * Calendar days in the clinic's zone since the one before.
 */
daysSince?: number, 
/**
 * Name of the template.
 */
template: string, 
/**
 * Where it stands.
 */
phase: string, 
/**
 * Dose events as documented, as typed.
 */
dose: string, 
/**
 * Whole minutes from the first start to the last stop.
 */
minutes?: number, 
/**
 * Planned minutes.
 */
plannedMin: number, 
/**
 * The stored baseline.
 */
baseline: CourseValues, 
/**
 * The highest of each.
 */
peak: CourseValues, 
/**
 * At the stop.
 */
stop: CourseValues, 
/**
 * Before leaving.
 */
leaving: CourseValues, 
/**
 * The lowest saturation.
 */
lowestSpo2?: string, 
/**
 * Whole minutes from T+0 to the highest systolic pressure.
 */
minutesToPeak?: number, 
/**
 * Whole minutes above the limits of pressure, as the summary defines them.
 */
minutesOver?: number, 
/**
 * The highest score of each side effect.
 */
worst: Array<WorstScore>, 
/**
 * Lowest MOAA/S.
 */
lowestMoaas?: string, 
/**
 * Drugs that were given, as typed.
 */
drugs: Array<string>, 
/**
 * Whole minutes from the stop to the complete list for leaving.
 */
minutesToReady?: number, 
/**
 * What is worth knowing of it.
 */
has: Array<Finding>, 
/**
 * It is signed.
 */
signed: boolean, 
/**
 * Why it was stopped before its time.
 */
stoppedEarly?: string, };

export type ToScreen = { "kind": "hello", 
/**
 * [`WIRE_VERSION`].
 */
wire: number, 
/**
 * Version of the program.
 */
version: string, 
/**
 * Changes with every start of the program.
 */
run: string, 
/**
 * Identifies the boot of the server's machine: monotonic times compare only within one.
 */
boot: string, 
/**
 * IANA name of the clinic's time zone.
 */
zone: string, 
/**
 * Server time.
 */
now: Moment, } | { "kind": "roster", 
/**
 * Chairs in room order.
 */
chairs: Array<Chair>, 
/**
 * Feeds that come by bed, with or without a chair.
 */
feeds: Array<Feed>, } | { "kind": "snapshot", 
/**
 * The chair.
 */
chair: string, 
/**
 * Newest sequence at that moment; what comes after it comes as `Items`.
 */
head: number, 
/**
 * Server time.
 */
now: Moment, 
/**
 * Newest reading of each vital and source, and newest link of each source.
 */
latest: Array<Item>, 
/**
 * Expected intervals.
 */
every: Array<Every>, } | { "kind": "history", 
/**
 * The chair.
 */
chair: string, 
/**
 * The entries.
 */
items: Array<Item>, 
/**
 * Sequence through which the history now reaches.
 */
through: number, 
/**
 * Whether this was the last part.
 */
done: boolean, 
/**
 * Only in a last part: some entries of this span could be read neither from the log nor from memory. They are
 * missing here, not absent from the record; following again later asks for them again.
 */
incomplete?: boolean, } | { "kind": "items", 
/**
 * The chair.
 */
chair: string, 
/**
 * Server time when it was sent.
 */
now: Moment, 
/**
 * The entries, in order.
 */
items: Array<Item>, 
/**
 * Expected intervals that changed.
 */
every?: Array<Every>, } | { "kind": "session", 
/**
 * The chair.
 */
chair: string, 
/**
 * The last session, open or over; absent when there never was one.
 */
session?: Session, 
/**
 * The chair was cleared after that session.
 */
cleared?: boolean, } | { "kind": "clinic", 
/**
 * They.
 */
clinic: Clinic, } | { "kind": "notices", 
/**
 * The chair.
 */
chair: string, 
/**
 * They, the oldest first.
 */
notices: Array<LimitNotice>, 
/**
 * Why the layer does not work now; absent while it does.
 */
failed?: string, } | { "kind": "dropped", 
/**
 * How many updates.
 */
count: number, } | { "kind": "beat", 
/**
 * Server time.
 */
now: Moment, 
/**
 * Whether the log can be written.
 */
recording: Recording, 
/**
 * How far each followed chair is recorded.
 */
marks: Array<Mark>, } | { "kind": "refused", 
/**
 * The chair, as asked for.
 */
chair: string, 
/**
 * One sentence.
 */
reason: string, } | { "kind": "bye", 
/**
 * One sentence.
 */
reason: string, };

export type FromScreen = { "kind": "follow", 
/**
 * The chair.
 */
chair: string, 
/**
 * Last sequence the screen has.
 */
after?: number, 
/**
 * How far back history may go, in seconds; 0 for none. At most 8 h.
 */
windowS: number, } | { "kind": "unfollow", 
/**
 * The chair.
 */
chair: string, };

export type NameChair = { 
/**
 * 1 to 40 characters.
 */
name: string, };

export type AssignFeed = { 
/**
 * Source that hears it.
 */
source: string, 
/**
 * Bed name as sent.
 */
bed: string, 
/**
 * The chair; absent takes the feed away from its chair.
 */
chair?: string, };

export type LookAtFeed = { 
/**
 * Source that hears it.
 */
source: string, 
/**
 * Bed name as sent.
 */
bed: string, };

export type FeedValues = { 
/**
 * Server time.
 */
now: Moment, 
/**
 * Its newest readings.
 */
latest: Array<Item>, };

export type Done = { 
/**
 * Sequence in the house timeline.
 */
recorded: number, };

export type Refusal = { 
/**
 * For programs: `no_chair`, `log_unavailable` ...
 */
code: string, 
/**
 * For people.
 */
message: string, };

export type Database = { 
/**
 * Entries it does not have; null: it was not reached since the start.
 */
entries: number | null, 
/**
 * How long the oldest of them waits, in microseconds; null: none waits.
 */
ageUs: number | null, 
/**
 * Why nothing is taken there now; null: it is.
 */
trouble: string | null, 
/**
 * Timelines that cannot be taken there while the others are; the program's log says which and why.
 */
stuck: number, 
/**
 * What a person should know or do; null: nothing.
 */
notice: string | null, };

export type Health = { 
/**
 * Version of the program.
 */
version: string, 
/**
 * Changes with every start of the program.
 */
run: string, 
/**
 * Whether the log can be written.
 */
recording: Recording, 
/**
 * Screens connected.
 */
screens: number, 
/**
 * Free bytes on the disk of the data folder; absent where the system does not say.
 */
diskFreeBytes?: number, 
/**
 * UTC microseconds of the last backup that was verified; absent when none is known.
 */
lastBackupWallUs?: number, 
/**
 * Sources whose monitor is heard now.
 */
sourcesUp: number, 
/**
 * All sources.
 */
sources: number, 
/**
 * What was refused or cut off since the program started.
 */
refused: RefusedCounts, 
/**
 * The database the log is taken to, where one is configured.
 */
database?: Database, };

export type HealthPage = { 
/**
 * When this was asked; the server's clocks.
 */
now: Moment, 
/**
 * Version of the program.
 */
version: string, 
/**
 * UTC microseconds of its start.
 */
startedWallUs: number, 
/**
 * Whether the log can be written.
 */
recording: Recording, 
/**
 * Screens connected.
 */
screens: number, 
/**
 * Sources whose monitor is heard now.
 */
sourcesUp: number, 
/**
 * All sources.
 */
sources: number, 
/**
 * The disk of the data folder; absent where the system does not say.
 */
disk?: DiskHealth, 
/**
 * Backups.
 */
backup: BackupHealth, 
/**
 * The certificate of the screens' address; absent where it has none.
 */
certificate?: CertificateHealth, 
/**
 * The machine's clock.
 */
clock: ClockHealth, 
/**
 * What waits to be taken somewhere.
 */
queues: Array<QueueHealth>, 
/**
 * What was refused or cut off since the program started.
 */
refused: RefusedCounts, 
/**
 * The database the log is taken to, where one is configured.
 */
database?: Database, 
/**
 * Layers and parts this program was built with.
 */
parts: Array<string>, };

export type DiskHealth = { 
/**
 * Bytes free for this user.
 */
freeBytes: number, 
/**
 * Bytes of the log.
 */
logBytes: number, 
/**
 * Days that lasts at the pace so far; absent while the log is too young to say.
 */
lastsDays?: number, 
/**
 * Whether somebody should make room.
 */
short: boolean, };

export type BackupHealth = { 
/**
 * Hours between two the server makes by itself; absent: a person has to.
 */
everyH?: number, 
/**
 * UTC microseconds of the last one that was verified; absent when none is known.
 */
lastWallUs?: number, 
/**
 * Its bytes.
 */
bytes?: number, 
/**
 * Whether it is encrypted.
 */
encrypted?: boolean, 
/**
 * None is known, or the last one is older than it should be.
 */
late: boolean, 
/**
 * Why the last attempt failed, with what to do.
 */
trouble?: string, };

export type CertificateHealth = { 
/**
 * UTC microseconds from which on browsers refuse it.
 */
endsWallUs: number, 
/**
 * The server renews it by itself.
 */
renews: boolean, };

export type ClockHealth = { 
/**
 * IANA name of the clinic's zone.
 */
zone: string, 
/**
 * Whether a time server sets it; absent where the system does not say.
 */
setByServer?: boolean, 
/**
 * It shows a time at which this program did not exist.
 */
wrong: boolean, };

export type QueueHealth = { 
/**
 * Where to: `log` (heard, not on disk yet), `database` (in the journal only), `ehr`.
 */
to: string, 
/**
 * How many wait.
 */
waiting: number, 
/**
 * How many were refused for good.
 */
refused: number, 
/**
 * Why they wait, with what to do; absent when nothing is wrong.
 */
trouble?: string, };

export type RefusedCounts = { 
/**
 * Connections cut since they sent no request, in time or while others waited for a place.
 */
connectionsCut: number, 
/**
 * Requests answered with a refusal or a failure.
 */
requests: number, 
/**
 * Screens refused since all places were taken.
 */
screens: number, 
/**
 * Screens cut off: they took nothing, gave no sign of life, or said too much.
 */
screensCut: number, 
/**
 * Sign-ins with a wrong name, password or code.
 */
signInsFailed: number, 
/**
 * Sign-ins sent away unread: too many wrong ones from there, or too many at once.
 */
signInsRefused: number, 
/**
 * Live updates dropped for slow screens, each told to its screen.
 */
updatesDropped: number, };

export type RawFrame = { 
/**
 * Source that heard it.
 */
source: string, 
/**
 * Where it begins in the source's stream, in bytes since the source was opened.
 */
offset: number, 
/**
 * When its last byte arrived.
 */
received: Moment, 
/**
 * `understood fault noise`.
 */
frame: string, 
/**
 * Number of bytes.
 */
length: number, 
/**
 * The bytes, two lower-case hexadecimal digits each, without blanks.
 */
hex: string, 
/**
 * The bytes for people: printable ASCII as it is, `\\` for a backslash, all others `\r \n \t` or `\x1b`.
 */
text: string, };

export type Source = { 
/**
 * Its id.
 */
id: string, 
/**
 * What it speaks: `nellcor hl7 ...`.
 */
protocol: string, 
/**
 * The dialect, where one is configured.
 */
profile?: string, 
/**
 * How it is reached: `serial port /dev/ttyUSB0, 9600 baud 8N1, listens only`.
 */
way: string, 
/**
 * `initial connecting live silent lost`.
 */
state: string, 
/**
 * What was found and what was expected, in one sentence.
 */
reason: string, 
/**
 * UTC microseconds since when it is in this state.
 */
sinceWallUs: number, 
/**
 * What to do next, for people; `chairside doctor` says the same.
 */
advice: string, 
/**
 * Whether somebody has to do something.
 */
well: boolean, 
/**
 * Chairs its values go to.
 */
chairs: Array<string>, 
/**
 * Beds it sends that no chair has been given; one without a name is empty.
 */
waitingBeds: Array<string>, 
/**
 * Bytes received since the program started, as all counters here.
 */
bytes: number, 
/**
 * Frames understood.
 */
frames: number, 
/**
 * Frames complete but not understood.
 */
faults: number, 
/**
 * Bytes that fit no frame.
 */
skippedBytes: number, 
/**
 * Readings with a number.
 */
values: number, 
/**
 * Times the port was opened or a connection stood.
 */
connections: number, 
/**
 * Requests sent to a monitor that has to be asked.
 */
requests: number, 
/**
 * Connections refused.
 */
refusedPeers: number, 
/**
 * Why the last one was.
 */
lastRefusal?: string, 
/**
 * Bytes per second over the last 10 s, as all rates here.
 */
bytesPerS: number, 
/**
 * Frames understood per second.
 */
framesPerS: number, 
/**
 * Skipped bytes among all received since the program started, 0 to 1.
 */
skippedShare: number, 
/**
 * The same over the last 10 s; absent when nothing came.
 */
skippedShareLately?: number, 
/**
 * UTC microseconds of the last understood frame; absent before the first.
 */
lastFrameWallUs?: number, 
/**
 * How long ago that was, on the clock that no one sets.
 */
lastFrameAgeUs?: number, };

export type Sources = { 
/**
 * Server time.
 */
now: Moment, 
/**
 * The sources.
 */
sources: Array<Source>, };

export type HeardFrame = { 
/**
 * 1 for the first frame of the source since the program started; no number is left out.
 */
number: number, 
/**
 * Where it begins in its stream, in bytes since the port was opened or the connection made.
 */
offset: number, 
/**
 * When its last byte arrived, UTC microseconds.
 */
receivedWallUs: number, 
/**
 * `understood fault noise`.
 */
kind: string, 
/**
 * Bytes it has; `hex` and `text` may end before.
 */
length: number, 
/**
 * The bytes, as in [`RawFrame`].
 */
hex: string, 
/**
 * The bytes for people, as in [`RawFrame`].
 */
text: string, 
/**
 * What they said, one fact each: `spo2 97 %`, `skipped: bad checksum`.
 */
said: Array<string>, };

export type SourceBytes = { 
/**
 * The source.
 */
source: string, 
/**
 * Number of its newest frame: what to send as `after` next.
 */
newest: number, 
/**
 * The frames after `after` that are still kept, oldest first.
 */
frames: Array<HeardFrame>, };

export type EhrPage = { 
/**
 * When this was asked; the server's clocks.
 */
now: Moment, 
/**
 * The way there; absent when no EHR is configured.
 */
way?: EhrWay, 
/**
 * Messages that wait, the next one first; at most 100.
 */
waiting: Array<EhrWaits>, 
/**
 * How many wait in all.
 */
waitingAll: number, 
/**
 * Messages the EHR will not have, the newest first; at most 100.
 */
refused: Array<EhrRefused>, 
/**
 * How many were refused in all.
 */
refusedAll: number, 
/**
 * How often the first of those that wait was tried since the start, in vain.
 */
tries: number, 
/**
 * Why it still waits, as the EHR or the connection said; absent when nothing is wrong.
 */
trouble?: string, 
/**
 * UTC microseconds of the next try; absent while one is under way, or nothing waits.
 */
nextWallUs?: number, 
/**
 * Messages the EHR took since the start.
 */
sent: number, 
/**
 * The last one it took since the start.
 */
lastSent?: EhrSent, };

export type EhrWay = { 
/**
 * `host:port`.
 */
to: string, 
/**
 * Over TLS.
 */
tls: boolean, };

export type EhrWaits = { 
/**
 * Its session.
 */
session: string, 
/**
 * Message type and event as in MSH-9: `ORU^R01`, `MDM^T02`, `MDM^T10`.
 */
kind: string, 
/**
 * UTC microseconds since which there is something to send: of the signature, or of what was added after it.
 */
sinceWallUs: number, };

export type EhrRefused = { 
/**
 * Its session.
 */
session: string, 
/**
 * Message type and event as in MSH-9.
 */
kind: string, 
/**
 * As of one that waits.
 */
sinceWallUs: number, 
/**
 * Its name in the folder `ehr/refused`, without the ending.
 */
name: string, 
/**
 * The EHR's words.
 */
why: string, };

export type EhrSent = { 
/**
 * Its session.
 */
session: string, 
/**
 * Message type and event as in MSH-9.
 */
kind: string, 
/**
 * UTC microseconds of the EHR's answer.
 */
atWallUs: number, };

export type Standing = "trial" | "out" | "in" | "locked" | "display" | "program";

export type SignedIn = { 
/**
 * Id of the account.
 */
id: string, 
/**
 * Name as it stands under entries.
 */
name: string, 
/**
 * `nurse clinician reviewer auditor lead biomed administrator`.
 */
roles: Array<string>, 
/**
 * Name, roles and password are the provider's: there is no password here to change or to ask for.
 */
elsewhere?: boolean, 
/**
 * What stands beside the name of an entry (`Person.role`); absent when no role of hers makes entries or opens records.
 */
actsAs?: string, };

export type PersonHere = { 
/**
 * Id of the account.
 */
id: string, 
/**
 * Name.
 */
name: string, };

export type EmergencyNow = { 
/**
 * Who.
 */
by: string, 
/**
 * Why, as typed.
 */
reason: string, 
/**
 * Until when, UTC microseconds.
 */
untilUs: number, };

export type AskEmergency = { 
/**
 * The clinic's number of the patient, whole.
 */
patient: string, 
/**
 * Why: 10 to 120 characters. It stands in the audit and on the screens of those who read it.
 */
reason: string, 
/**
 * Her own password or PIN, once more.
 */
secret: string, };

export type Emergency = { 
/**
 * The patient's sessions, the newest first.
 */
sessions: Array<EmergencySession>, 
/**
 * Until when they may be read, UTC microseconds.
 */
untilUs: number, };

export type EmergencySession = { 
/**
 * Its id.
 */
id: string, 
/**
 * Id of its chair.
 */
chair: string, 
/**
 * When its span began, UTC microseconds.
 */
openedUs: number, 
/**
 * It is not over.
 */
open: boolean, };

export type Me = { 
/**
 * How the one who asks stands.
 */
standing: Standing, 
/**
 * Who is signed in, or whose screen is locked.
 */
person: SignedIn | null, 
/**
 * What may be done from here, as words of the permission table: `live names enter decide comment sign records export
 * patients rooms sources bytes settings audit accounts fhir metrics administer`. A screen leaves out what is not among them.
 */
rights: Array<string>, 
/**
 * Seconds without a press after which the server locks.
 */
lockAfterS: number, 
/**
 * Who may switch to this screen by PIN: they signed in whole on this device within 12 h, and have one.
 */
people: Array<PersonHere>, 
/**
 * The roles of this person ask for a second factor, and none is set up yet: only that can be done until it is.
 */
codeNeeded: boolean, 
/**
 * She has a PIN.
 */
pinSet: boolean, 
/**
 * She has a second factor.
 */
codeSet: boolean, 
/**
 * Name of the clinic's provider of accounts, where one is configured: it signs people in, too.
 */
openId?: string, 
/**
 * Emergency accesses that are going on; only for those who read the audit.
 */
emergencies?: Array<EmergencyNow>, };

export type SignIn = { 
/**
 * Sign-in name.
 */
name: string, 
/**
 * Password.
 */
password: string, 
/**
 * Second factor, or a spare code; sent after the refusal `code_needed`.
 */
code?: string, };

export type BeginOpenId = { 
/**
 * Where the browser goes; the provider sends it back to `/openid`.
 */
to: string, };

export type FinishOpenId = { 
/**
 * `state` of the address the browser came back to.
 */
state: string, 
/**
 * `code` of it; good once.
 */
code?: string, 
/**
 * Second factor here, or a spare code; sent without `code` after the refusal `code_needed`.
 */
second?: string, };

export type Switch = { 
/**
 * Id of the account.
 */
person: string, 
/**
 * Her PIN.
 */
pin: string, };

export type LookAtWelcome = { 
/**
 * The one-time code.
 */
code: string, };

export type WelcomeFor = "first" | "account" | "display";

export type WelcomeSaid = { 
/**
 * What the code is for.
 */
for: WelcomeFor, 
/**
 * Name of the person or the display.
 */
name?: string, 
/**
 * Her sign-in name.
 */
signInName?: string, };

export type Welcome = { 
/**
 * The one-time code.
 */
code: string, 
/**
 * Name under entries; of the first account.
 */
name?: string, 
/**
 * Name to sign in with; of the first account.
 */
signInName?: string, 
/**
 * New password; of a person.
 */
password?: string, 
/**
 * New PIN, 4 to 8 digits.
 */
pin?: string, };

export type ChangePassword = { 
/**
 * The password until now.
 */
old: string, 
/**
 * From now on: 12 to 128 characters.
 */
new: string, };

export type ChangePin = { 
/**
 * The password.
 */
password: string, 
/**
 * From now on: 4 to 8 digits; absent for none.
 */
pin?: string, };

export type AskCode = { 
/**
 * The password.
 */
password: string, };

export type CodeSecret = { 
/**
 * For typing into the app, base32.
 */
secret: string, 
/**
 * `otpauth://`, for a QR picture drawn on the screen.
 */
uri: string, };

export type ConfirmCode = { 
/**
 * Six digits.
 */
code: string, };

export type SpareCodes = { 
/**
 * Each works once, in place of a code.
 */
spare: Array<string>, };

export type SignInRow = { 
/**
 * Its id; no secret.
 */
id: string, 
/**
 * Since when, UTC microseconds.
 */
sinceUs: number, 
/**
 * The last press, UTC microseconds.
 */
lastUs: number, 
/**
 * Network address.
 */
from: string, 
/**
 * It is the one that asks.
 */
here: boolean, };

export type SignIns = { 
/**
 * Every place this person is signed in at.
 */
signIns: Array<SignInRow>, };

export type EndSignIn = { 
/**
 * Which.
 */
id: string, };

export type Account = { 
/**
 * Its id.
 */
id: string, 
/**
 * Name under entries.
 */
name: string, 
/**
 * Name to sign in with.
 */
signInName: string, 
/**
 * `nurse clinician reviewer auditor lead biomed administrator`.
 */
roles: Array<string>, 
/**
 * It may sign in.
 */
enabled: boolean, 
/**
 * Its link was not used yet: there is no password.
 */
invited: boolean, 
/**
 * It has a PIN.
 */
pinSet: boolean, 
/**
 * It has a second factor.
 */
codeSet: boolean, 
/**
 * Places it is signed in at.
 */
signIns: number, 
/**
 * The one who asks may change it.
 */
mineToChange: boolean, 
/**
 * Name, roles and password are the provider's.
 */
elsewhere?: boolean, };

export type Accounts = { 
/**
 * Every account, in the order they were made.
 */
accounts: Array<Account>, };

export type NewAccount = { 
/**
 * Name under entries.
 */
name: string, 
/**
 * Name to sign in with.
 */
signInName: string, 
/**
 * At least one.
 */
roles: Array<string>, };

export type OneTimeLink = { 
/**
 * Id of the account or display.
 */
id: string, 
/**
 * Path and fragment, `/welcome#CODE`; the screen puts its own origin before it.
 */
link: string, 
/**
 * Until when it works, UTC microseconds.
 */
untilUs: number, };

export type ChangeAccount = { 
/**
 * Name from now on; it stands under later entries only.
 */
name?: string, 
/**
 * Roles from now on.
 */
roles?: Array<string>, 
/**
 * It may sign in.
 */
enabled?: boolean, 
/**
 * A new link for a new password; until it is used the old one does not work either.
 */
reset?: boolean, 
/**
 * Signed out everywhere.
 */
signOut?: boolean, 
/**
 * The second factor is taken away: the telephone is lost.
 */
unlockCode?: boolean, };

export type AccountChanged = { 
/**
 * As it is now.
 */
account: Account, 
/**
 * Of a reset.
 */
link?: OneTimeLink, };

export type Display = { 
/**
 * Its id.
 */
id: string, 
/**
 * What people call it.
 */
name: string, 
/**
 * Its link was opened; until then it shows nothing.
 */
opened: boolean, 
/**
 * Ids of the chairs it shows, and no other; empty for every chair of the room.
 */
chairs: Array<string>, };

export type RoomChair = { 
/**
 * Its id.
 */
id: string, 
/**
 * Its name.
 */
name: string, };

export type Displays = { 
/**
 * Every wall display.
 */
displays: Array<Display>, 
/**
 * The chairs of the room, to choose from.
 */
chairs: Array<RoomChair>, };

export type NewDisplay = { 
/**
 * What people call it.
 */
name: string, 
/**
 * Ids of the chairs it shows; left out or empty for every chair of the room.
 */
chairs?: Array<string>, };

export type ChangeDisplay = { 
/**
 * It shows nothing any more.
 */
revoke?: boolean, 
/**
 * Ids of the chairs it shows from now on; empty for every chair of the room.
 */
chairs?: Array<string>, };

export type ProgramToken = { 
/**
 * Its id.
 */
id: string, 
/**
 * What people call it; the audit names it so.
 */
name: string, 
/**
 * `fhir metrics`.
 */
scopes: Array<string>, 
/**
 * When it was made, UTC microseconds.
 */
madeUs: number, 
/**
 * When it ends, UTC microseconds; absent when it is revoked only.
 */
untilUs?: number, 
/**
 * Its time is over: it opens nothing.
 */
over: boolean, };

export type Tokens = { 
/**
 * Every program that has a token, in the order they were made.
 */
tokens: Array<ProgramToken>, };

export type NewToken = { 
/**
 * What people call the program.
 */
name: string, 
/**
 * At least one of `fhir metrics`.
 */
scopes: Array<string>, 
/**
 * Days until it ends, 1 to 3650; absent for a token that is revoked only.
 */
days?: number, };

export type TokenMade = { 
/**
 * Id of the program.
 */
id: string, 
/**
 * What the program sends as `Authorization: Bearer`.
 */
token: string, };

export type ChangeToken = { 
/**
 * It opens nothing any more.
 */
revoke: boolean, };

export type FindAudit = { 
/**
 * Not before, UTC microseconds.
 */
fromUs?: number, 
/**
 * Before, UTC microseconds.
 */
toUs?: number, 
/**
 * Part of a person's name.
 */
who?: string, 
/**
 * A word of [`AuditRow::what`].
 */
what?: string, 
/**
 * The clinic's number of a patient; only for those who may see names.
 */
patient?: string, 
/**
 * The `cursor` of the answer before.
 */
before?: string, 
/**
 * Most rows, 1 to 200; absent for 50.
 */
limit?: number, };

export type AuditRow = { 
/**
 * When, UTC microseconds.
 */
atUs: number, 
/**
 * Its place in the timeline of the chair, or of the house where there is no chair.
 */
sequence: number, 
/**
 * Name; empty for the server itself.
 */
who: string, 
/**
 * Network address; absent where it was not kept.
 */
from?: string, 
/**
 * What: `signed in`, `sign-in failed`, `viewed`, `entry`, `signed` ...
 */
what: string, 
/**
 * More of it, such as the format of an export or the name of an account; may be empty.
 */
more: string, 
/**
 * The chair.
 */
chair?: string, 
/**
 * The session.
 */
session?: string, 
/**
 * The clinic's number of the patient; only for those who may see names.
 */
patient?: string, };

export type AuditPage = { 
/**
 * They.
 */
rows: Array<AuditRow>, 
/**
 * Asks for what is older; absent at the end of the log.
 */
cursor?: string, };

