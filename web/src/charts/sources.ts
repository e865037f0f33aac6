/**
 * Which source a tile showed over a span of time, by the same rule as the tile itself (model/choice.ts), from the columns of
 * the trend. Pure.
 */
import { type Column, type LinkChange, MARK } from '../feed/trend'
import { type Candidate, choose, type Order } from '../model/choice'
import { freshness } from '../model/freshness'

/** What has to be known of a chair's sources to draw its trend. */
export interface Sources {
  /** The order for a vital. */
  order(vital: string): Order
  /** Changes of links, oldest first. */
  readonly links: readonly LinkChange[]
  /** Expected interval of a source, microseconds. */
  everyUs(source: string): number
}

/** From when on a column is the one that is shown, UTC seconds; it ends where the next one begins. */
export interface Stretch {
  readonly from: number
  readonly column: Column
}

/** As `otherTiles` in model/view.ts: a tile for each site. */
export const EACH_SITE = new Set(['etco2', 'temperature'])

/** As `FORGOTTEN_US` in model/view.ts. */
const FORGOTTEN_S = 3600

/** A column while time runs over it. */
interface Runner {
  readonly column: Column
  /** Newest point so far; -1 before the first. */
  at: number
  /** Since when it has values without a break; +Infinity while it has none. */
  since: number
  /** Changes of the link of its source, and how many of them have been. */
  readonly links: readonly LinkChange[]
  linked: number
}

/** Stretches of the columns of one vital, the first from the beginning of time. */
export function stretches(columns: readonly Column[], sources: Sources, from: number, to: number): Stretch[] {
  const [only] = columns
  if (only === undefined) return []
  if (columns.length === 1) return [{ from: Number.NEGATIVE_INFINITY, column: only }]
  // An order is declared for the usual site of a vital.
  const order = {
    ...sources.order(only.vital),
    ...(EACH_SITE.has(only.vital) && only.site !== '' ? { declared: false } : {}),
  }
  const runners = columns.map((column) => start(column, sources, from))
  const found: Stretch[] = []
  for (const time of moments(columns, sources.links, from, to)) {
    for (const runner of runners) advance(runner, sources, time)
    const candidates = runners.flatMap((runner) => candidate(runner, sources, order, time))
    const column = choose(order, candidates)?.shown.column
    if (column !== undefined && column !== found.at(-1)?.column) {
      found.push({ from: found.length === 0 ? Number.NEGATIVE_INFINITY : time, column })
    }
  }
  return found
}

/** What happened before the span counts as steady, as a screen that joins takes it. */
function start(column: Column, sources: Sources, from: number): Runner {
  const at = column.from(from) - 1
  const value = at >= 0 && (column.mark(at) & MARK.absent) === 0
  const links = sources.links.filter(({ source }) => source === column.source)
  const linked = links.filter(({ time }) => time < from).length
  const runner: Runner = { column, at, since: Number.POSITIVE_INFINITY, links, linked }
  if (value && !gone(runner)) runner.since = Number.NEGATIVE_INFINITY
  return runner
}

/** All moments at which something was said, once each. */
function moments(columns: readonly Column[], links: readonly LinkChange[], from: number, to: number): number[] {
  const all = new Set<number>([from])
  for (const column of columns)
    for (let i = column.from(from); i < column.length && column.time(i) <= to; i++) all.add(column.time(i))
  for (const { time } of links) if (time >= from && time <= to) all.add(time)
  return [...all].sort((a, b) => a - b)
}

/** As `cutOff` in model/state.ts. */
function gone({ column, at, links, linked }: Runner): boolean {
  const link = links[linked - 1]
  if (link === undefined || link.state === 'live' || link.state === 'silent') return false
  return link.state === 'lost' || link.time > column.time(at)
}

/** Takes what was said up to now, a link that went before a value of the same moment. */
function advance(runner: Runner, { everyUs }: Sources, now: number): void {
  const { column, links } = runner
  const every = everyUs(column.source)
  for (; (links[runner.linked]?.time ?? Number.POSITIVE_INFINITY) <= now; ) {
    runner.linked += 1
    if (gone(runner)) runner.since = Number.POSITIVE_INFINITY
  }
  while (runner.at + 1 < column.length && column.time(runner.at + 1) <= now) {
    const before = column.time(runner.at)
    runner.at += 1
    const time = column.time(runner.at)
    const mark = column.mark(runner.at)
    const joined = freshness((time - before) * 1e6, every) !== 'lost'
    const runs = runner.since !== Number.POSITIVE_INFINITY && joined && (mark & MARK.absent) === 0
    if (!runs) runner.since = (mark & (MARK.absent | MARK.questionable)) === 0 ? time : Number.POSITIVE_INFINITY
  }
}

function candidate(
  runner: Runner,
  { everyUs }: Sources,
  order: Order,
  now: number,
): (Candidate & { readonly column: Column })[] {
  const { column, at, since } = runner
  if (at < 0) return []
  const time = column.time(at)
  const mark = column.mark(at)
  const age = freshness((now - time) * 1e6, everyUs(column.source))
  if (!order.declared && age === 'lost' && now - time > FORGOTTEN_S) return []
  return [
    {
      source: column.source,
      origin: column.origin || undefined,
      said: mark & MARK.absent ? 'absent' : mark & MARK.questionable ? 'questionable' : 'valid',
      age,
      linkLost: gone(runner),
      runUs: (now - since) * 1e6,
      atUs: time * 1e6,
      column,
    },
  ]
}

/** Whether a stretch of this column holds at that time. */
export function shownAt(all: readonly Stretch[], time: number): Column | undefined {
  return all.findLast(({ from }) => from <= time)?.column
}
