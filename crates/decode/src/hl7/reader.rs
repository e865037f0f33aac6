//! Reads one message: walks its segments, keeps patient, place and time of each group apart, and makes findings.

use super::alarm::Alarm;
use super::bedside::{Bedsides, Identity as Who};
use super::codes::{Parameter, unit, unit_fits, usual_unit};
use super::group::{Facts, ITEMS_MAX, Item, settle};
use super::header::{Header, is_batch_header};
use super::message::{Fields, Segments, content, is_null, names_a_segment};
use super::profile::pds::{self, Kind, Standing};
use super::profile::{Identity, Location, Profile, judge_message, philips};
use super::row::{Remarks, Row};
use super::text::text;
use super::time::parse as parse_time;
use crate::Finding;
use alloc::borrow::Cow;
use alloc::sync::Arc;
use alloc::vec::Vec;
use chairside_observation::{
    Absence, Civil, Context, Decimal, Doubt, Flag, FrameKind, MonitorNotice, Observation, Priority, Reading, Unit,
    Vital,
};
use core::ops::Range;

/// What outlives a message.
#[derive(Debug, Default)]
pub(super) struct Memory {
    bedsides: Bedsides,
    /// Rows of the group being read; kept so that a steady feed allocates nothing.
    items: Vec<Item>,
    connection: Connection,
}

/// What a Mindray PDS monitor said earlier on this connection.
#[derive(Debug, Default)]
struct Connection {
    /// Bed of the last patient message.
    patient: Option<Bed>,
    standing: Standing,
}

/// A bed of the memory and its context.
#[derive(Clone, Debug)]
struct Bed {
    id: u64,
    context: Option<Arc<Context>>,
}

/// One message as the framer cut it.
pub(super) struct Message<'m> {
    pub(super) bytes: Range<u64>,
    pub(super) raw: &'m [u8],
    /// The stream stopped in its last line.
    pub(super) unterminated: bool,
}

/// Reads `message` and appends what it says. Returns the profile it was read in and why, for the operator.
pub(super) fn read(
    memory: &mut Memory,
    profile: Option<Profile>,
    message: &Message<'_>,
    out: &mut Vec<Finding>,
) -> Option<(Profile, &'static str)> {
    let frame = out.len();
    out.push(Finding::Frame { bytes: message.bytes.clone(), kind: FrameKind::Understood });
    let body = content(message.raw);
    let mut walk = Walk::new(memory, profile, message.bytes.clone(), body, out);
    let mut segments = Segments::new(body).peekable();
    while let Some(segment) = segments.next() {
        let is_cut = message.unterminated && segments.peek().is_none();
        walk.segment(segment, is_cut);
    }
    walk.end_of_patient();
    let (is_sound, judged) = (walk.is_sound && walk.header.is_some(), walk.judged);
    if !is_sound && let Some(Finding::Frame { kind, .. }) = out.get_mut(frame) {
        *kind = FrameKind::Fault;
    }
    judged
}

/// A full row has OBX-11; a line cut before it may have lost digits of its value.
const OBX_FIELDS_MIN: usize = 12;

struct Walk<'m, 'w> {
    memory: &'w mut Memory,
    out: &'w mut Vec<Finding>,
    bytes: Range<u64>,
    body: &'m [u8],
    chosen: Option<Profile>,
    judged: Option<(Profile, &'static str)>,
    profile: Profile,
    header: Option<Header<'m>>,
    message_time: Option<Civil>,
    /// Every byte was understood as far as the profile goes.
    is_sound: bool,
    patient: &'m [u8],
    name: &'m [u8],
    location: Location<'m>,
    header_device: &'m [u8],
    order_device: &'m [u8],
    row_device: &'m [u8],
    group_time: Option<Civil>,
    holds_alarms: bool,
    is_demo: bool,
    not_monitoring: bool,
    link_lost: bool,
    had_group: bool,
    alarm: Option<Alarm>,
    /// Bed of the rows being read, until patient, place or device change.
    bed: Option<Bed>,
}

impl<'m, 'w> Walk<'m, 'w> {
    fn new(
        memory: &'w mut Memory,
        chosen: Option<Profile>,
        bytes: Range<u64>,
        body: &'m [u8],
        out: &'w mut Vec<Finding>,
    ) -> Self {
        Self {
            memory,
            out,
            bytes,
            body,
            chosen,
            judged: None,
            profile: chosen.unwrap_or(Profile::Pcd01),
            header: None,
            message_time: None,
            is_sound: true,
            patient: &[],
            name: &[],
            location: Location::default(),
            header_device: &[],
            order_device: &[],
            row_device: &[],
            group_time: None,
            holds_alarms: false,
            is_demo: false,
            not_monitoring: false,
            link_lost: false,
            had_group: false,
            alarm: None,
            bed: None,
        }
    }

    fn segment(&mut self, segment: &'m [u8], is_cut: bool) {
        if segment.starts_with(b"MSH") {
            return self.begin_message(segment);
        }
        let Some(header) = self.header else {
            // Without a header there are no delimiters: nothing can be cut. A batch header may stand before it.
            self.is_sound &= is_batch_header(segment);
            return;
        };
        let d = header.delimiters;
        if !names_a_segment(segment) || segment.get(3).is_some_and(|b| *b != d.field) {
            self.is_sound = false;
            return;
        }
        let fields = Fields::new(segment, d.field);
        match &segment[..3] {
            b"OBX" if is_cut && fields.count() < OBX_FIELDS_MIN => self.is_sound = false,
            b"OBX" => self.row(&Row { fields, d }),
            b"PID" => self.begin_patient(&fields, &header),
            b"PV1" => {
                self.end_of_group();
                self.location = self.profile.location(fields.get(3), &d);
                self.bed = None;
            }
            b"ORC" => self.order_device = fields.get(18),
            b"OBR" => self.begin_group(&fields, &header),
            _ => {}
        }
    }

    fn begin_message(&mut self, segment: &'m [u8]) {
        self.end_of_patient();
        self.header = None;
        let Ok(header) = Header::of_segment(segment) else {
            self.is_sound = false;
            return;
        };
        let judged = match self.chosen {
            Some(profile) => (profile, "set in the configuration"),
            None => judge_message(&header, self.body),
        };
        self.profile = judged.0;
        self.judged = Some(judged);
        self.message_time = parse_time(header.message_time);
        self.header_device = self.profile.header_device(&header);
        self.header = Some(header);
    }

    fn begin_patient(&mut self, fields: &Fields<'m>, header: &Header<'m>) {
        self.end_of_patient();
        let d = header.delimiters;
        let first = |field: &'m [u8]| d.repetitions(field).next().unwrap_or(&[]);
        self.patient = d.component(first(fields.get(3)), 1);
        self.name = first(fields.get(5));
    }

    fn begin_group(&mut self, fields: &Fields<'m>, header: &Header<'m>) {
        self.end_of_group();
        (self.row_device, self.bed) = (&[], None);
        self.group_time = self.zoned(parse_time(fields.get(7)));
        self.holds_alarms =
            self.profile == Profile::Efficia && header.delimiters.component(fields.get(4), 1) == b"ALARM";
        self.had_group = true;
    }

    /// A GE time without a zone is meant in the zone of MSH-7.
    fn zoned(&self, time: Option<Civil>) -> Option<Civil> {
        let mut time = time?;
        if self.profile.zone_is_in_msh_7() && time.offset_min.is_none() {
            time.offset_min = self.message_time.and_then(|m| m.offset_min);
        }
        Some(time)
    }

    fn end_of_group(&mut self) {
        if let Some(alarm) = self.alarm.take() {
            self.notice(&alarm.text, alarm.priority);
        }
        if !self.memory.items.is_empty() {
            let facts = self.facts();
            settle(&mut self.memory.items, &facts, &mut self.memory.bedsides, self.out);
        }
        self.is_demo = false;
    }

    fn facts(&self) -> Facts {
        let processing = self.header.map_or(&[][..], |h| h.processing_id);
        let is_test = match processing {
            b"D" => true,
            b"T" => !self.profile.test_is_live(),
            _ => false,
        };
        Facts {
            profile: self.profile,
            bytes: self.bytes.clone(),
            group_time: self.group_time,
            sent: later(self.group_time, self.message_time),
            synthetic: is_test || self.is_demo,
            not_monitoring: self.not_monitoring,
        }
    }

    fn end_of_patient(&mut self) {
        self.end_of_group();
        if self.profile == Profile::Pds && self.pds_kind() == Some(Kind::Patient) {
            self.remember_pds_patient();
        } else if self.profile.is_snapshot() && self.had_group {
            self.missing_in_snapshot();
        }
        (self.patient, self.name, self.location) = (&[], &[], Location::default());
        (self.order_device, self.row_device, self.bed) = (&[], &[], None);
        (self.group_time, self.holds_alarms, self.had_group) = (None, false, false);
        (self.not_monitoring, self.link_lost) = (false, false);
    }

    fn pds_kind(&self) -> Option<Kind> {
        self.header.map(|h| Kind::of(h.control_id))
    }

    fn remember_pds_patient(&mut self) {
        self.bed = None;
        let bed = self.own_bed();
        let connection = &mut self.memory.connection;
        if connection.patient.as_ref().map(|b| b.id) != bed.as_ref().map(|b| b.id) {
            connection.standing = Standing::default();
        }
        connection.patient = bed;
    }

    /// What this bed's snapshots had and this one has not is absent now.
    fn missing_in_snapshot(&mut self) {
        let Some(bed) = self.own_bed() else { return };
        let facts = self.facts();
        let reason = if self.link_lost { Absence::BedsideLinkLost } else { Absence::NotInSnapshot };
        let Some(bedside) = self.memory.bedsides.by_id(bed.id) else { return };
        for series in &mut bedside.series {
            if !core::mem::take(&mut series.here) {
                let absent = Observation::new(series.vital, Reading::Absent(reason), series.unit, facts.bytes.clone());
                self.out.push(Finding::Observation(Observation {
                    origin: series.origin,
                    site: series.site.as_deref().map(Into::into),
                    synthetic: facts.synthetic,
                    context: bed.context.clone(),
                    ..absent
                }));
            }
        }
    }

    /// Bed of the rows being read.
    fn bed_of_row(&mut self) -> Option<Bed> {
        if self.profile == Profile::Pds
            && self.pds_kind() != Some(Kind::Patient)
            && let Some(bed) = &self.memory.connection.patient
        {
            return Some(bed.clone());
        }
        self.own_bed()
    }

    fn own_bed(&mut self) -> Option<Bed> {
        if let Some(bed) = &self.bed {
            return Some(bed.clone());
        }
        let header = self.header?;
        let device = [self.row_device, self.order_device, self.header_device].into_iter().find(|d| !is_null(d));
        let who = Who {
            bed: self.location.bed,
            unit: self.location.unit,
            patient: self.patient,
            name: self.name,
            device: device.unwrap_or(&[]),
            delimiters: header.delimiters,
            charset: header.charset(),
        };
        if !who.is_sound() {
            self.is_sound = false;
            return None;
        }
        let bedside = self.memory.bedsides.of(&who);
        self.bed = Some(Bed { id: bedside.id, context: bedside.context.clone() });
        self.bed.clone()
    }

    fn notice(&mut self, text: &str, priority: Priority) {
        let context = self.bed_of_row().and_then(|bed| bed.context);
        let notice = MonitorNotice { text: text.into(), priority, context, bytes: self.bytes.clone() };
        self.out.push(Finding::Notice(notice));
    }

    fn row(&mut self, row: &Row<'m>) {
        let Some(header) = self.header else { return };
        self.note_device(row);
        if header.is_alarm() {
            if let Some(alarm) = Alarm::take(&mut self.alarm, row, header.charset()) {
                self.notice(&alarm.text, alarm.priority);
            }
            return;
        }
        if !header.is_observation() || self.vendor_row(row, &header) {
            return;
        }
        match self.profile.identify(row) {
            Identity::Other => {}
            Identity::Contradiction => self.is_sound = false,
            Identity::Known(parameter) if !row.is_setting() => self.vital(row, parameter),
            Identity::Known(_) => {}
        }
    }

    /// OBX-18 stands on the first row of a group, on every row, or on some: it holds until the next or the group's end.
    fn note_device(&mut self, row: &Row<'m>) {
        let field = row.fields.get(18);
        if field.is_empty() {
            return;
        }
        let device = [1, 3].into_iter().map(|n| row.d.component(field, n)).find(|d| !is_null(d)).unwrap_or(&[]);
        if device != self.row_device {
            (self.row_device, self.bed) = (device, None);
        }
    }

    /// Rows only some vendors send; `true` when the row was one.
    fn vendor_row(&mut self, row: &Row<'m>, header: &Header<'m>) -> bool {
        match self.profile {
            Profile::PhilipsIc | Profile::PhilipsIcLive | Profile::Efficia => self.philips_row(row, header),
            Profile::Pds => self.pds_row(row, header),
            _ => false,
        }
    }

    fn philips_row(&mut self, row: &Row<'m>, header: &Header<'m>) -> bool {
        let alert = philips::alert(row).or_else(|| {
            let is_text = matches!(row.value_type(), b"TX" | b"ST" | b"FT");
            (self.holds_alarms && is_text && !row.is_setting()).then_some(Priority::Advisory)
        });
        if let Some(priority) = alert {
            self.link_lost |= philips::is_link_lost(row);
            if !is_null(row.value()) {
                self.notice(&text(row.value(), &row.d, header.charset()), priority);
            }
            return true;
        }
        if let Some(is_other) = philips::is_other_mode(row) {
            self.not_monitoring |= is_other;
            return true;
        }
        self.holds_alarms
    }

    fn pds_row(&mut self, row: &Row<'m>, header: &Header<'m>) -> bool {
        match Kind::of(header.control_id) {
            Kind::Values => false,
            Kind::Patient => {
                if let Some(label) = pds::bed_label(row) {
                    (self.location.bed, self.bed) = (label, None);
                }
                true
            }
            Kind::States => {
                if let Some(parameter) = self.memory.connection.standing.revoked(row) {
                    let remarks = row.remarks();
                    self.hold(row, parameter, Err(Absence::Invalid), usual_unit(parameter.vital), remarks);
                }
                true
            }
            Kind::Heard => true,
        }
    }

    fn vital(&mut self, row: &Row<'m>, parameter: Parameter) {
        let Some(stated) = row.number() else { return };
        let remarks = row.remarks();
        self.is_demo |= remarks.synthetic;
        let value = match (stated, remarks.absent) {
            (Ok(value), _) if self.profile.is_sentinel(&parameter, value) => Err(Absence::Invalid),
            (Ok(_), Some(absence)) => Err(absence),
            (stated, _) => stated,
        };
        if self.profile == Profile::Pds {
            self.memory.connection.standing.note(row, value.is_ok());
        }
        let Some(unit) = self.unit(row, &parameter, value) else {
            // A value without a unit, or in one it cannot have, is not shown.
            self.is_sound = false;
            return;
        };
        self.hold(row, parameter, value, unit, remarks);
    }

    fn unit(&self, row: &Row<'m>, parameter: &Parameter, value: Result<Decimal, Absence>) -> Option<Unit> {
        let vital: Vital = parameter.vital;
        let field = row.fields.get(6);
        let sent = if field.is_empty() { parameter.implied_unit } else { unit(field, &row.d) };
        sent.or_else(|| self.profile.odd_unit(row, vital, value.ok()))
            .filter(|unit| unit_fits(vital, *unit))
            .or_else(|| value.is_err().then(|| usual_unit(vital)))
    }

    fn hold(
        &mut self,
        row: &Row<'m>,
        parameter: Parameter,
        value: Result<Decimal, Absence>,
        unit: Unit,
        remarks: Remarks,
    ) {
        if self.memory.items.len() >= ITEMS_MAX {
            let facts = self.facts();
            settle(&mut self.memory.items, &facts, &mut self.memory.bedsides, self.out);
        }
        let Some(Bed { id, context }) = self.bed_of_row() else { return };
        let mut flags = remarks.flags;
        match self.header.map_or(&[][..], |h| h.processing_id) {
            b"D" => flags.insert(Flag::Demo),
            b"T" if !self.profile.test_is_live() => flags.insert(Flag::Test),
            _ => {}
        }
        let doubt = match value {
            Ok(value) if !self.profile.is_plausible(&parameter, unit, value) => Some(Doubt::Implausible),
            _ if remarks.questionable => Some(Doubt::Questionable),
            _ if parameter.unproven => Some(Doubt::Unproven),
            _ => None,
        };
        self.memory.items.push(Item {
            parameter,
            value,
            unit,
            doubt,
            time: self.zoned(parse_time(row.time())),
            channel: row.channel(),
            site: self.site(row, &parameter),
            flags,
            bed: id,
            context,
            done: false,
        });
    }

    fn site(&self, row: &Row<'m>, parameter: &Parameter) -> Option<Cow<'static, str>> {
        let is_philips = matches!(self.profile, Profile::PhilipsIc | Profile::PhilipsIcLive | Profile::Efficia);
        if is_philips && parameter.vital == Vital::Temperature && parameter.site.is_none() {
            let label = philips::temperature_label(row)?;
            let charset = self.header.map(|h| h.charset())?;
            return Some(Cow::Owned(text(label, &row.d, charset).into_owned()));
        }
        parameter.site.map(Cow::Borrowed)
    }
}

/// The later of two times of one monitor; its clock stood there when it sent.
fn later(a: Option<Civil>, b: Option<Civil>) -> Option<Civil> {
    let (Some(x), Some(y)) = (a, b) else { return a.or(b) };
    let is_later = match (x.utc(), y.utc()) {
        (Some(x), Some(y)) => x > y,
        _ => x.face() > y.face(),
    };
    Some(if is_later { x } else { y })
}
