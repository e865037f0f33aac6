/** What a session adds to its trend, from its acts. Times are UTC seconds. Pure. */
import { type Column, MARK } from '../feed/trend'
import { arrival } from '../feed/window'
import { actText } from '../format/act'
import { text } from '../format/text'
import type { Kept, Session } from '../wire/wire'

/** A stretch of time in one phase. */
export interface Phase {
  /** The server's word: `infusing`. */
  readonly phase: string
  readonly from: number
  /** `Infinity` for the one that lasts. */
  readonly to: number
}

/** What kind of tick: each has its own shape. */
export type EventKind = 'drug' | 'effect' | 'score' | 'note' | 'typed'

/** Something a person entered. */
export interface TrendEvent {
  readonly seq: number
  readonly time: number
  readonly kind: EventKind
  /** The whole entry in one line, without its time. */
  readonly says: string
}

/** A value a person read off and typed: one number, or the two pressures. */
export interface TypedPoint {
  readonly time: number
  readonly vital: string
  readonly values: readonly string[]
}

/** Readings of a vital that a person marked, by their place in the timeline. */
export interface ArtefactSpan {
  readonly vital: string
  readonly first: number
  readonly last: number
}

export interface Baseline {
  readonly vital: string
  readonly values: readonly string[]
  /** When it was taken. */
  readonly time: number
  /** When she left: nothing after that is compared with it. */
  readonly to?: number
  readonly from: readonly [number, number] | undefined
}

export interface TrendSession {
  readonly open: boolean
  /** First entry of the timeline that is drawn. */
  readonly from: number
  /** When the first act was; what was claimed back lies before it. */
  readonly opened: number
  readonly claimed: boolean
  /** T+0. */
  readonly t0: number | undefined
  readonly phases: readonly Phase[]
  readonly events: readonly TrendEvent[]
  readonly typed: readonly TypedPoint[]
  readonly artefacts: readonly ArtefactSpan[]
  readonly baseline: readonly Baseline[]
}

const seconds = (us: number) => us / 1e6

/**
 * A session as its trend shows it. Of one that is over, or planned, only the time since then is drawn: the chair may be
 * somebody else's by now.
 */
export function trendSession(session: Session | undefined): TrendSession | undefined {
  if (session === undefined) return undefined
  const arrived = arrival(session)
  if (arrived === undefined || session.next.length === 0) return nobodys(session)
  return drawnWhole(session, arrived)
}

/** Everything a session draws from the act on with which she came to the chair, over or not. */
export function drawnWhole(session: Session, arrived: Kept): TrendSession {
  const counting = session.acts.filter(({ undone, seq }) => !undone && seq >= arrived.seq)
  return {
    open: true,
    from: session.from,
    opened: seconds(arrived.received.wallUs),
    claimed: session.from < arrived.seq,
    t0: session.started && seconds(session.started.wallUs),
    phases: phases(arrived, counting),
    events: counting.flatMap(event).sort((a, b) => a.time - b.time),
    typed: counting.flatMap(typed),
    artefacts: counting.flatMap(({ act }) => (act.is === 'artefact' ? [act] : [])),
    baseline: baseline(session, counting),
  }
}

function nobodys({ acts, from, phaseSince }: Session): TrendSession {
  const last = acts.findLast(({ act }) => act.is === 'moved' || act.is === 'opened')
  return {
    open: false,
    from: (last?.seq ?? from) + 1,
    opened: seconds(phaseSince.wallUs),
    claimed: false,
    t0: undefined,
    phases: [],
    events: [],
    typed: [],
    artefacts: [],
    baseline: [],
  }
}

function phases(arrived: Kept, acts: readonly Kept[]): Phase[] {
  const found: { phase: string; from: number }[] = [{ phase: 'checked in', from: seconds(arrived.wallUs) }]
  // In order of the timeline; one set back before the phase it ends begins with it.
  for (const { act, wallUs, seq } of acts)
    if (act.is === 'moved' && seq > arrived.seq)
      found.push({ phase: act.to, from: Math.max(seconds(wallUs), found.at(-1)?.from ?? 0) })
  return found.map((it, n) => ({ ...it, to: found[n + 1]?.from ?? Number.POSITIVE_INFINITY }))
}

const KINDS: Readonly<Record<string, EventKind>> = {
  'drug given': 'drug',
  'dose event': 'drug',
  sedation: 'score',
  rass: 'score',
  pain: 'score',
  anxiety: 'score',
  nausea: 'effect',
  dizziness: 'effect',
  dissociation: 'effect',
  drowsiness: 'effect',
  vomited: 'effect',
  'side effect': 'effect',
}

function event({ seq, wallUs, late, act }: Kept): TrendEvent[] {
  if (act.is !== 'entry' && act.is !== 'typed' && act.is !== 'handedOver') return []
  const said = actText(act).replaceAll('\n', ' ')
  const kind = act.is === 'typed' ? 'typed' : act.is === 'entry' ? (KINDS[act.entry] ?? 'note') : 'note'
  return [{ seq, time: seconds(wallUs), kind, says: late ? `${said} (${text.chart.late})` : said }]
}

function typed({ act, wallUs }: Kept): TypedPoint[] {
  return act.is === 'typed' ? act.values.map(({ vital, values }) => ({ time: seconds(wallUs), vital, values })) : []
}

function baseline(session: Session, acts: readonly Kept[]): Baseline[] {
  const taken = acts.findLast(({ act }) => act.is === 'baseline')
  const time = seconds((taken ?? session.acts[0])?.wallUs ?? 0)
  const left = acts.findLast(({ act }) => act.is === 'moved' && (act.to === 'discharged' || act.to === 'cancelled'))
  const to = left === undefined ? {} : { to: seconds(left.wallUs) }
  return session.baseline.map(({ vital, values, from }) => ({ vital, values, time, from, ...to }))
}

/** A value as it is, one the monitor doubts, one a person marked. */
export type Look = 'plain' | 'doubt' | 'artefact'

/** Which points of a chair are drawn, and how. */
export class Hers {
  readonly #session: TrendSession | undefined
  /** Nothing before is drawn, UTC seconds. */
  readonly since: number

  constructor(session: TrendSession | undefined, columns: readonly Column[]) {
    this.#session = session
    this.since = session === undefined ? Number.NEGATIVE_INFINITY : begun(session, columns)
  }

  /**
   * Whether a point is within the span: by its place in the timeline, which no clock moves, and by its time, for a
   * monitor may repeat a cuff reading of the patient before (H02).
   */
  has(column: Column, i: number): boolean {
    return this.#session === undefined || (column.seq(i) >= this.#session.from && column.time(i) >= this.since)
  }

  /** What a point of this column is drawn as; `undefined` for an absence. */
  look(column: Column): (i: number) => Look | undefined {
    const marked = (this.#session?.artefacts ?? []).filter(({ vital }) => vital === column.vital)
    return (i) => {
      const mark = column.mark(i)
      if ((mark & MARK.absent) !== 0) return undefined
      const seq = column.seq(i)
      if (marked.some(({ first, last }) => seq >= first && seq <= last)) return 'artefact'
      return (mark & MARK.questionable) !== 0 ? 'doubt' : 'plain'
    }
  }
}

/** A claimed span begins with its first entry that is known here. */
function begun({ claimed, from, opened }: TrendSession, columns: readonly Column[]): number {
  if (!claimed) return opened
  let first = opened
  for (const column of columns) {
    // A cuff's own time may lie before its entry.
    if (column.cuff) continue
    for (let i = column.from(0); i < column.length && column.time(i) < first; i++)
      if (column.seq(i) >= from) first = Math.min(first, column.time(i))
  }
  return first
}
