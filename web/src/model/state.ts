/**
 * All a screen knows, and how it changes: one pure function. The socket, the clocks and the page are the caller's.
 */
import type {
  Chair,
  Clinic,
  Feed,
  Item,
  LimitNotice,
  Link,
  Mark,
  Moment,
  MonitorNotice,
  Reading,
  Recording,
  Session,
  ToScreen,
} from '../wire/wire'
import { heard, type Instant, lagMs, type ServerClock } from './clock'
import { freshness } from './freshness'

/** What can happen to a screen. */
export type Event =
  | { readonly kind: 'message'; readonly at: Instant; readonly message: ToScreen }
  /** A frame that is no message we know: counted, and no sign of life. */
  | { readonly kind: 'ignored'; readonly at: Instant; readonly why: string }
  | { readonly kind: 'tick'; readonly at: Instant }
  | { readonly kind: 'up'; readonly at: Instant }
  | { readonly kind: 'down'; readonly at: Instant; readonly reason: string }

/** A notice of the monitor; the same text said again is the same line. */
export interface Relayed {
  readonly notice: MonitorNotice
  /** When it was first heard, UTC microseconds. */
  readonly firstWallUs: number
  readonly times: number
}

/** What is known of one chair. */
export interface ChairState {
  readonly id: string
  /** A snapshot of this boot of the server was received. */
  readonly synced: boolean
  /** Newest reading of each source, vital, origin and site. */
  readonly latest: ReadonlyMap<string, Reading>
  /** Newest reading with a number, by the same key: what "last 97 at 10:42:05" says. */
  readonly withValue: ReadonlyMap<string, Reading>
  /**
   * Since when each of these gives values without a break, server microseconds: what a source that was away has to show
   * before it is taken again (choice.ts). What a snapshot brings has always done so.
   */
  readonly runs: ReadonlyMap<string, number>
  /** Newest link of each source. */
  readonly links: ReadonlyMap<string, Link>
  /** Expected interval of each source, microseconds. */
  readonly everyUs: ReadonlyMap<string, number>
  /** The last cuff readings, newest first; each once. */
  readonly cuffs: readonly Reading[]
  /** Notices of the monitor, newest first. */
  readonly notices: readonly Relayed[]
  /** How far it is recorded, as last said. */
  readonly mark: Mark | undefined
  /** Why the server does not send this chair. */
  readonly refused: string | undefined
  /** The last session at the chair, open or over, as the log has it. */
  readonly session: Session | undefined
  /** The chair was cleared after that session. */
  readonly cleared: boolean
  /** The clinic's limit notices that stand now, the oldest first; `undefined` until the server said. */
  readonly limitNotices: readonly LimitNotice[] | undefined
  /** Why the layer of limit notices does not work now. */
  readonly limitsFailed: string | undefined
}

export interface State {
  readonly connection: 'connecting' | 'up' | 'down'
  /** Why the connection ended, for people. */
  readonly downReason: string
  readonly server: { readonly version: string; readonly run: string; readonly boot: string } | undefined
  /** IANA zone of the clinic; UTC until the server said. */
  readonly zone: string
  readonly clock: ServerClock | undefined
  /** When the last frame came; before the first one, when the page started. */
  readonly heardAt: Instant
  /** Frames received: the moving sign counts these and nothing else (H04). */
  readonly frames: number
  /** Now, as of the last event. */
  readonly now: Instant
  /** Since when frames come late (H08). */
  readonly lateSince: Instant | undefined
  readonly roster: { readonly chairs: readonly Chair[]; readonly feeds: readonly Feed[] } | undefined
  readonly chairs: ReadonlyMap<string, ChairState>
  readonly recording: Recording | undefined
  /** The clinic's settings. */
  readonly clinic: Clinic | undefined
  /** Frames and items that were not understood. */
  readonly ignored: number
  /** Live updates the server had to drop for this screen. */
  readonly dropped: number
}

/** Cuff readings kept per chair: the tile shows three besides the one in large digits. */
const CUFFS_MAX = 4
/** Lines of monitor notices kept per chair: a list a person can read; the record has them all. */
const NOTICES_MAX = 20
/** A frame later than this is late; the notice appears when it lasts (H08). */
export const LATE_MS = 1000

const noChair = (id: string): ChairState => ({
  id,
  synced: false,
  latest: new Map(),
  withValue: new Map(),
  runs: new Map(),
  links: new Map(),
  everyUs: new Map(),
  cuffs: [],
  notices: [],
  mark: undefined,
  refused: undefined,
  session: undefined,
  cleared: false,
  limitNotices: undefined,
  limitsFailed: undefined,
})

/** A screen that has heard nothing. */
export function initial(now: Instant): State {
  return {
    connection: 'connecting',
    downReason: '',
    server: undefined,
    zone: 'UTC',
    clock: undefined,
    heardAt: now,
    frames: 0,
    now,
    lateSince: undefined,
    roster: undefined,
    chairs: new Map(),
    recording: undefined,
    clinic: undefined,
    ignored: 0,
    dropped: 0,
  }
}

/** The whole state after one event. */
export function step(state: State, event: Event): State {
  switch (event.kind) {
    case 'tick':
      return { ...state, now: event.at }
    case 'up':
      return { ...state, now: event.at, connection: 'up', downReason: '' }
    case 'down':
      return { ...state, now: event.at, connection: 'down', downReason: event.reason }
    case 'ignored':
      return { ...state, now: event.at, ignored: state.ignored + 1 }
    case 'message':
      return message({ ...state, now: event.at, heardAt: event.at, frames: state.frames + 1 }, event.message, event.at)
    default:
      return unreachable(event)
  }
}

function message(state: State, said: ToScreen, at: Instant): State {
  switch (said.kind) {
    case 'hello':
      return hello(state, said, at)
    case 'roster': {
      const ids = new Set(said.chairs.map((chair) => chair.id))
      const chairs = new Map([...state.chairs].filter(([id]) => ids.has(id)))
      return { ...state, roster: { chairs: said.chairs, feeds: said.feeds }, chairs }
    }
    case 'snapshot':
      return change(timed(state, said.now, at), said.chair, (chair) => snapshot(chair, said))
    case 'items':
      return change(timed(state, said.now, at), said.chair, (chair) => {
        const everyUs = new Map(chair.everyUs)
        for (const every of said.every ?? []) everyUs.set(every.source, every.everyUs)
        return said.items.reduce(liveItem, { ...chair, everyUs })
      })
    case 'history':
      return change(state, said.chair, (chair) => ({
        ...chair,
        cuffs: withCuffs(
          chair.cuffs,
          said.items.filter((item) => item.is !== 'reading' || isHers(chair.session, item)),
        ),
      }))
    case 'beat': {
      const chairs = new Map(state.chairs)
      for (const mark of said.marks)
        chairs.set(mark.chair, { ...(chairs.get(mark.chair) ?? noChair(mark.chair)), mark })
      return { ...timed(state, said.now, at), recording: said.recording, chairs }
    }
    case 'session':
      return change(state, said.chair, (chair) => withSession(chair, said.session, said.cleared ?? false))
    case 'clinic':
      return { ...state, clinic: said.clinic }
    case 'notices':
      return change(state, said.chair, (chair) => ({
        ...chair,
        limitNotices: said.notices,
        limitsFailed: said.failed,
      }))
    case 'refused':
      return change(state, said.chair, (chair) => ({ ...chair, refused: said.reason }))
    case 'dropped':
      return { ...state, dropped: state.dropped + said.count }
    case 'bye':
      return { ...state, downReason: said.reason }
    default:
      return unreachable(said)
  }
}

function hello(state: State, said: Extract<ToScreen, { kind: 'hello' }>, at: Instant): State {
  const { version, run, boot, zone } = said
  let chairs = state.chairs
  if (state.server !== undefined && state.server.boot !== boot) {
    // Monotonic times of another boot cannot be compared: nothing keeps an age. Snapshots bring back what still holds.
    chairs = new Map(
      [...chairs].map(([id, chair]) => [id, { ...noChair(id), cuffs: chair.cuffs, notices: chair.notices }]),
    )
  } else if (state.server !== undefined && state.server.run !== run) {
    chairs = new Map([...chairs].map(([id, chair]) => [id, { ...chair, mark: undefined }]))
  }
  const clock = heard(state.clock, said.now, at, true)
  return { ...state, server: { version, run, boot }, zone, clock, lateSince: undefined, chairs }
}

/** The state after a frame that carries the server's time. */
function timed(state: State, now: Moment, at: Instant): State {
  const clock = heard(state.clock, now, at, false)
  const lateSince = lagMs(clock) > LATE_MS ? (state.lateSince ?? at) : undefined
  return { ...state, clock, lateSince }
}

/** Whether the patient has the chair now: one who is only expected, or who has left, has not. */
function hasTheChair(session: Session): boolean {
  return !['planned', 'discharged', 'cancelled'].includes(session.phase)
}

/** Whether a reading may be shown as this patient's: in her span, and not measured before it (H02). */
export function isHers(session: Session | undefined, reading: Reading): boolean {
  if (session === undefined || !hasTheChair(session)) return true
  return reading.seq >= session.from && reading.at.monoUs >= session.opened.monoUs
}

/**
 * Another patient, another beginning of her span, or a chair made ready for the next one: what was shown before is nobody's.
 * What the server still knows of it, a snapshot brings.
 */
function withSession(before: ChairState, session: Session | undefined, cleared: boolean): ChairState {
  const chair: ChairState = { ...before, session, cleared }
  const nobodys = cleared && !before.cleared
  const stays = (reading: Reading) => !nobodys && isHers(session, reading)
  const latest = new Map([...chair.latest].filter(([, it]) => stays(it)))
  const withValue = new Map([...chair.withValue].filter(([, it]) => stays(it)))
  const runs = new Map([...chair.runs].filter(([key]) => latest.has(key)))
  return { ...chair, latest, withValue, runs, cuffs: chair.cuffs.filter(stays) }
}

function change(state: State, id: string, to: (chair: ChairState) => ChairState): State {
  return { ...state, chairs: new Map(state.chairs).set(id, to(state.chairs.get(id) ?? noChair(id))) }
}

function snapshot(chair: ChairState, said: Extract<ToScreen, { kind: 'snapshot' }>): ChairState {
  const everyUs = new Map(said.every.map((every) => [every.source, every.everyUs]))
  const empty: ChairState = { ...chair, synced: true, refused: undefined, latest: new Map(), links: new Map(), everyUs }
  // A number that left the chair with its source does not come back as "last".
  const keys = new Set(said.latest.flatMap((item) => (item.is === 'reading' ? [slot(item)] : [])))
  const withValue = new Map([...chair.withValue].filter(([key]) => keys.has(key)))
  const shown = said.latest.reduce(liveItem, { ...empty, withValue, runs: new Map() })
  // What happened before is not known here: whatever has a value now, over a link that stands, counts as steady.
  const runs = [...shown.latest].filter(([, it]) => hasNumber(it) && !cutOff(shown, it))
  return { ...shown, runs: new Map(runs.map(([key]) => [key, Number.NEGATIVE_INFINITY])) }
}

/** Whether the reading came over a link that is gone since. */
export function cutOff(chair: ChairState, reading: Reading): boolean {
  const link = chair.links.get(reading.source)
  if (link === undefined || link.state === 'live' || link.state === 'silent') return false
  return link.state === 'lost' || link.seq > reading.seq
}

/** The key under which only the newest reading stands. */
export function slot(reading: Reading): string {
  return [reading.source, reading.vital, reading.origin ?? '', reading.site ?? ''].join('\u{1f}')
}

/** Whether there is a number, doubtful or not. */
export function hasNumber(reading: Reading): boolean {
  const { state, value, systolic, diastolic, mean } = reading
  return state !== 'absent' && [value, systolic, diastolic, mean].some((digits) => digits !== undefined)
}

function liveItem(chair: ChairState, item: Item): ChairState {
  switch (item.is) {
    case 'reading':
      return reading(chair, item)
    case 'link': {
      if ((chair.links.get(item.source)?.seq ?? 0) > item.seq) return chair
      const links = new Map(chair.links).set(item.source, item)
      // A link that went ends the runs of its source.
      const kept = [...chair.runs].filter(([key]) => {
        const it = chair.latest.get(key)
        return it === undefined || it.source !== item.source || !cutOff({ ...chair, links }, it)
      })
      return { ...chair, links, runs: kept.length === chair.runs.size ? chair.runs : new Map(kept) }
    }
    case 'notice':
      return { ...chair, notices: withNotice(chair.notices, item) }
    default:
      return unreachable(item)
  }
}

function reading(chair: ChairState, item: Item & { is: 'reading' }): ChairState {
  if (!isHers(chair.session, item)) return chair
  const key = slot(item)
  // Items that crossed with a snapshot: the newer one stays.
  if ((chair.latest.get(key)?.seq ?? 0) > item.seq) return chair
  const latest = new Map(chair.latest).set(key, item)
  const withValue = hasNumber(item) ? new Map(chair.withValue).set(key, item) : chair.withValue
  return { ...chair, latest, withValue, runs: withRun(chair, key, item), cuffs: withCuffs(chair.cuffs, [item]) }
}

/** An absence or a gap in which a value would be lost ends a run; a valid value begins one, a doubtful one does not. */
function withRun(chair: ChairState, key: string, now: Reading): ReadonlyMap<string, number> {
  const before = chair.latest.get(key)
  const everyUs = chair.everyUs.get(now.source) ?? 0
  const joined = before !== undefined && freshness(now.at.monoUs - before.at.monoUs, everyUs) !== 'lost'
  if (chair.runs.has(key) ? joined && hasNumber(now) : now.state !== 'valid') return chair.runs
  const runs = new Map(chair.runs)
  if (now.state === 'valid') runs.set(key, now.at.monoUs)
  else runs.delete(key)
  return runs
}

function withCuffs(cuffs: readonly Reading[], items: readonly Item[]): readonly Reading[] {
  const more = items.filter((item) => item.is === 'reading' && item.vital === 'nibp' && hasNumber(item))
  if (more.length === 0) return cuffs
  const each = new Map<string, Reading>()
  for (const cuff of [...cuffs, ...(more as Reading[])]) {
    // One measurement may be reported again; the log may hand back what was already heard live.
    each.set([cuff.source, cuff.at.wallUs, cuff.systolic, cuff.diastolic, cuff.mean].join('\u{1f}'), cuff)
  }
  return [...each.values()].sort((a, b) => b.at.wallUs - a.at.wallUs).slice(0, CUFFS_MAX)
}

function withNotice(notices: readonly Relayed[], notice: MonitorNotice): readonly Relayed[] {
  const same = (other: Relayed) =>
    other.notice.source === notice.source &&
    other.notice.text === notice.text &&
    other.notice.priority === notice.priority
  const before = notices.find(same)
  if (before !== undefined && before.notice.seq >= notice.seq) return notices
  const entry: Relayed = {
    notice,
    firstWallUs: before?.firstWallUs ?? notice.received.wallUs,
    times: (before?.times ?? 0) + 1,
  }
  return [entry, ...notices.filter((other) => !same(other))]
    .sort((a, b) => b.notice.seq - a.notice.seq)
    .slice(0, NOTICES_MAX)
}

function unreachable(never: never): never {
  throw new Error(`no such case: ${JSON.stringify(never)}`)
}
