/**
 * A record played again: what a screen at the chair would have been told at each moment, in the order in which the server got it,
 * fed to the same store. All clocks are the record's own. No page, no timer.
 */
import { intervals, type RecordColumn } from '../../charts/record'
import { MARK } from '../../feed/trend'
import type { Instant } from '../../model/clock'
import { NEXT } from '../../model/standing'
import { slot } from '../../model/state'
import { Store } from '../../store'
import type {
  Chair,
  Clinic,
  Item,
  Kept,
  LimitNotice,
  Moment,
  NamedValue,
  Reading,
  Schedule,
  Session,
  SessionRecord,
  SessionStood,
  ToScreen,
} from '../../wire/wire'

/** Between two messages at most this much of the record passes: as often as a server says that it lives. */
const MESSAGE_US = 1e6
/** The server's clock, by which ages are counted, stands here when the record begins. */
const MONO_US = 1e12

/** One thing that was said, and when the server got it. */
interface Said {
  readonly atUs: number
  readonly column?: RecordColumn
  readonly i?: number
  readonly item?: Item
}

export class Player {
  readonly beginUs: number
  readonly endUs: number
  readonly chair: string
  readonly #record: SessionRecord
  readonly #chair: Chair
  /** Everything the devices said, in the order in which it came. */
  readonly #said: readonly Said[]
  readonly #stood: SessionStood
  /** When an act reached the server, or something else became due: each of these is a new state of the session. */
  readonly #acts: readonly number[]
  /** When a limit of the clinic was set. */
  readonly #sets: readonly number[]
  readonly #every: { readonly source: string; readonly everyUs: number }[]
  #store: Store
  #next = 0
  #atUs: number

  constructor(
    record: SessionRecord,
    columns: readonly RecordColumn[],
    chair: Chair | undefined,
    stood: SessionStood = NOTHING_STOOD,
  ) {
    this.#record = record
    this.#stood = stood
    this.chair = record.chair
    this.#chair = { ...chair, id: record.chair, name: record.chairName }
    this.beginUs = record.begin.wallUs
    this.endUs = record.end.wallUs
    this.#said = inOrder(record, columns, (us) => this.#moment(us))
    this.#acts = [
      ...record.session.acts.map(({ received }) => received.wallUs),
      ...stood.schedules.map(({ atUs }) => atUs),
    ].sort((a, b) => a - b)
    this.#sets = stood.limits.map(({ atUs }) => atUs)
    this.#every = [...intervals(columns)].map(([source, s]) => ({ source, everyUs: Math.round(s * 1e6) }))
    this.#atUs = this.beginUs
    this.#store = new Store(this.#instant(this.beginUs), (run) => run())
    this.seek(this.beginUs)
  }

  /** What a screen would know now. Another one after each [`seek`]. */
  get store(): Store {
    return this.#store
  }

  get atUs(): number {
    return this.#atUs
  }

  #moment(us: number): Moment {
    return { monoUs: MONO_US + Math.round(us - this.beginUs), wallUs: Math.round(us) }
  }

  #instant(us: number): Instant {
    return { perfMs: (us - this.beginUs) / 1000, dateMs: us / 1000 }
  }

  #tell(us: number, message: ToScreen): void {
    this.#store.take({ kind: 'message', at: this.#instant(us), message })
  }

  /** Goes to a moment: what a screen is told that was opened just then. */
  seek(us: number): void {
    const to = Math.min(Math.max(us, this.beginUs), this.endUs)
    const now = this.#moment(to)
    const chair = this.chair
    this.#atUs = to
    this.#store = new Store(this.#instant(to), (run) => run())
    this.#next = this.#said.findIndex(({ atUs }) => atUs > to)
    if (this.#next < 0) this.#next = this.#said.length
    const before = this.#said.slice(0, this.#next).map((said) => this.#item(said))
    this.#store.take({ kind: 'up', at: this.#instant(to) })
    this.#tell(to, {
      kind: 'hello',
      wire: 1,
      version: this.#record.version,
      run: 'replay',
      boot: 'replay',
      zone: this.#record.zone,
      now,
    })
    this.#tell(to, { kind: 'roster', chairs: [this.#chair], feeds: [] })
    this.#tell(to, { kind: 'clinic', clinic: clinicAt(this.#stood, to) })
    this.#tellSession(to)
    this.#tell(to, {
      kind: 'snapshot',
      chair,
      head: before.at(-1)?.seq ?? 0,
      now,
      latest: newest(before),
      every: this.#every,
    })
    this.#tell(to, { kind: 'history', chair, items: before, through: before.at(-1)?.seq ?? 0, done: true })
    this.#finish(to)
  }

  /** Plays on to a moment, in the steps in which it was told. */
  advance(us: number): void {
    const to = Math.min(us, this.endUs)
    while (this.#atUs < to) {
      const step = Math.min(to, this.#atUs + MESSAGE_US)
      const items: Item[] = []
      for (; (this.#said[this.#next]?.atUs ?? Number.POSITIVE_INFINITY) <= step; this.#next++) {
        const said = this.#said[this.#next]
        if (said !== undefined) items.push(this.#item(said))
      }
      const before = this.#atUs
      const passed = (at: number) => at > before && at <= step
      if (this.#sets.some(passed)) this.#tell(step, { kind: 'clinic', clinic: clinicAt(this.#stood, step) })
      if (this.#acts.some(passed)) this.#tellSession(step)
      if (items.length > 0) this.#tell(step, { kind: 'items', chair: this.chair, now: this.#moment(step), items })
      this.#atUs = step
    }
    this.#finish(to)
  }

  #tellSession(us: number): void {
    const at = (wallUs: number) => this.#moment(wallUs)
    const due = lastBy(this.#stood.schedules, us)?.schedule
    const session = sessionAt(this.#record.session, us, at, due && scheduleAs(due, at))
    this.#tell(us, { kind: 'session', chair: this.chair, ...(session === undefined ? {} : { session }) })
  }

  #finish(us: number): void {
    const notices = noticesAt(this.#stood, us, (wallUs) => this.#moment(wallUs))
    this.#tell(us, { kind: 'notices', chair: this.chair, notices })
    this.#tell(us, { kind: 'beat', now: this.#moment(us), recording: { ok: true }, marks: [] })
    this.#store.take({ kind: 'tick', at: this.#instant(us) })
  }

  #item({ column, i, item }: Said): Item {
    if (item !== undefined) return item
    if (column === undefined || i === undefined) throw new Error('nothing was said')
    return { is: 'reading', ...readingOf(column, i, (us) => this.#moment(us)) }
  }
}

type At = (wallUs: number) => Moment

/** A point of the record as the wire once said it. */
export function readingOf(column: RecordColumn, i: number, at: At): Reading {
  const mark = column.mark(i)
  const [first, second, mean] = column.digits(i)
  const why = column.reason(i)
  const is = (name: string, digits: string | undefined) => (digits === undefined ? {} : { [name]: digits })
  const absent = (mark & MARK.absent) !== 0
  return {
    seq: column.seq(i),
    source: column.source,
    vital: column.vital,
    ...(column.origin === '' ? {} : { origin: column.origin }),
    ...(column.site === '' ? {} : { site: column.site }),
    state: absent ? 'absent' : (mark & MARK.questionable) !== 0 ? 'questionable' : 'valid',
    ...(column.pressure
      ? { ...is('systolic', first), ...is('diastolic', second), ...is('mean', mean) }
      : is('value', first)),
    unit: column.unit,
    ...(why === '' ? {} : { reason: why }),
    synthetic: (mark & MARK.synthetic) !== 0,
    at: at(column.time(i) * 1e6),
    received: at(column.received(i) * 1e6),
  }
}

function inOrder({ notes }: SessionRecord, columns: readonly RecordColumn[], at: At): Said[] {
  const points = columns.flatMap((column) =>
    Array.from({ length: column.length }, (_, i): Said => ({ atUs: column.received(i) * 1e6, column, i })),
  )
  const others = notes.map((note): Said => {
    const { seq, source, text } = note
    const when = at(note.at.wallUs)
    return {
      atUs: note.at.wallUs,
      item:
        note.kind === 'link'
          ? { is: 'link', seq, source, state: note.word, reason: text, since: when }
          : { is: 'notice', seq, source, text, priority: note.word, received: when },
    }
  })
  return [...others, ...points].sort((a, b) => a.atUs - b.atUs)
}

/** The newest of each, as a snapshot has them. */
function newest(items: readonly Item[]): Item[] {
  const found = new Map<string, Item>()
  for (const item of items) {
    if (item.is === 'reading') found.set(slot(item), item)
    else if (item.is === 'link') found.set(`link ${item.source}`, item)
    else found.set(`notice ${item.seq}`, item)
  }
  return [...found.values()]
}

/** The session as far as it had gone; `undefined` before anybody opened it. */
export function sessionAt(session: Session, us: number, at: At, schedule?: Schedule): Session | undefined {
  const told = session.acts.filter(({ received }) => received.wallUs <= us)
  if (told.length === 0) return undefined
  const acts = told.map((kept) => asOf(kept, told, at))
  const [first] = acts
  const move = acts.findLast(({ act, undone }) => act.is === 'moved' && !undone)
  const phase =
    move?.act.is === 'moved' ? move.act.to : first?.act.is === 'opened' && first.act.planned ? 'planned' : 'checked in'
  const given = acts.findLast(({ act }) => act.is === 'handedOver')
  const baseline = acts.findLast(({ act, undone }) => act.is === 'baseline' && !undone)
  const { schedule: _, feeds: __, started, stopped, stoppedEarly, ...rest } = session
  const was = (then: Moment | undefined) => then !== undefined && then.wallUs <= us
  return {
    ...rest,
    nurse: given?.act.is === 'handedOver' ? given.act.to : (first?.by ?? session.nurse),
    phase,
    next: [...(NEXT[phase] ?? [])],
    phaseSince: (move ?? first)?.received ?? at(us),
    opened: at(session.opened.wallUs),
    ...(started !== undefined && was(started) ? { started: at(started.wallUs) } : {}),
    ...(stopped !== undefined && was(stopped) ? { stopped: at(stopped.wallUs) } : {}),
    ...(stoppedEarly !== undefined && was(stopped) ? { stoppedEarly } : {}),
    ...(schedule === undefined ? {} : { schedule }),
    baseline: baseline?.act.is === 'baseline' ? valuesOf(baseline.act.values) : [],
    acts,
  }
}

const valuesOf = (values: readonly NamedValue[]): NamedValue[] => [...values]

/** An act as it stood then: what undid or corrected it may not have come yet. */
function asOf(kept: Kept, told: readonly Kept[], at: At): Kept {
  const undone = told.some(({ act }) => (act.is === 'undo' || act.is === 'corrected') && act.of === kept.seq)
  return { ...kept, received: at(kept.received.wallUs), undone: kept.undone && undone }
}

/** Of a record that is read without what stood beside it. */
const NOTHING_STOOD: SessionStood = { schedules: [], limits: [], hasLimits: false, notices: [] }

/** The last of them that had come by then. */
const lastBy = <T extends { readonly atUs: number }>(all: readonly T[], us: number): T | undefined =>
  all.findLast(({ atUs }) => atUs <= us)

/** What was due, on the clocks of the replay. */
function scheduleAs(schedule: Schedule, at: At): Schedule {
  const { cuffDue, assessDue, plannedEnd, observeUntil, cuffEveryS, marks } = schedule
  const on = (name: string, then: Moment | undefined) => (then === undefined ? {} : { [name]: at(then.wallUs) })
  return {
    cuffEveryS,
    ...on('cuffDue', cuffDue),
    ...on('assessDue', assessDue),
    ...on('plannedEnd', plannedEnd),
    ...on('observeUntil', observeUntil),
    marks: marks.map((mark) => ({ ...mark, ...on('due', mark.due), ...on('at', mark.at) })),
  }
}

/** Of the clinic's settings what the screen of a chair shows: the limits, as they were set then. */
const clinicAt = ({ limits, hasLimits }: SessionStood, us: number): Clinic => ({
  names: 'full',
  templates: [],
  staff: [],
  readiness: [],
  limits: [...((lastBy(limits, us) ?? limits[0])?.limits ?? [])],
  hasLimits,
  testing: [],
})

/** The clinic's notices as they stood, on the clocks of the replay. */
const noticesAt = ({ notices }: SessionStood, us: number, at: At): LimitNotice[] =>
  (lastBy(notices, us)?.notices ?? []).map(({ since, quietUntil, ...notice }) => ({
    ...notice,
    since: at(since.wallUs),
    ...(quietUntil === undefined ? {} : { quietUntil: at(quietUntil.wallUs) }),
  }))
