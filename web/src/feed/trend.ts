/**
 * The trend of each chair, in columns of plain numbers: 8 hours at one point a second, no more. Points are kept by the
 * time people read (UTC), because history reaches back before a restart of the server; a point that comes twice, live
 * and from the log, is one point.
 */
import { hasNumber } from '../model/state'
import type { Item, Link, Reading, ToScreen } from '../wire/wire'

/** Points per column: 8 h at 1 Hz, the longest history a screen may ask for. */
export const POINTS_MAX = 8 * 3600
/** Reasons of one column that are told apart; there are some forty words. Further ones read as no reason. */
const REASONS_MAX = 255

/** What a point is, besides its numbers. */
export const MARK = { valid: 0, questionable: 1, absent: 2, synthetic: 4 } as const

/** What a chart reads: one series of one source, its points in order of time. */
export interface Column {
  readonly vital: string
  readonly source: string
  readonly unit: string
  readonly cuff: boolean
  readonly origin: string
  readonly site: string
  readonly length: number
  /** UTC seconds; NaN where there is no such point, as for all numbers here. */
  time(i: number): number
  /** The number, or the systolic pressure. */
  a(i: number): number
  /** Diastolic pressure. */
  b(i: number): number
  /** [`MARK`]. */
  mark(i: number): number
  /** Position in the chair's timeline. */
  seq(i: number): number
  /** Why it is absent or doubtful, in the server's word; empty where it gave none. */
  reason(i: number): string
  /** The numbers of a point in the digits they were sent in. */
  text(i: number): string
  /** First point at or after this time. */
  from(time: number): number
}

/** A column that grows while the page listens. */
export class LiveColumn implements Column {
  readonly vital: string
  readonly source: string
  readonly unit: string
  readonly cuff: boolean
  readonly origin: string
  readonly site: string
  /** UTC seconds, ascending, at most one per whole second. */
  #time = new Float64Array(256)
  /** Position in the chair's timeline. */
  #seq = new Float64Array(256)
  /** The number, or the systolic pressure; NaN where there is none. */
  #a = new Float64Array(256)
  /** Diastolic pressure. */
  #b = new Float64Array(256)
  /** Mean pressure. */
  #c = new Float64Array(256)
  /** [`MARK`], and from bit 4 up how many digits stood behind the point. */
  #mark = new Uint8Array(256)
  /** Place in `#reasons`. */
  #why = new Uint8Array(256)
  readonly #reasons = ['']
  #length = 0

  constructor({ vital, source, unit, origin = '', site = '' }: Reading) {
    this.vital = vital
    this.source = source
    this.unit = unit
    this.cuff = isCuff(vital, origin)
    this.origin = origin
    this.site = site
  }

  get length(): number {
    return this.#length
  }

  time(i: number): number {
    return this.#time[i] ?? Number.NaN
  }

  a(i: number): number {
    return this.#a[i] ?? Number.NaN
  }

  b(i: number): number {
    return this.#b[i] ?? Number.NaN
  }

  mark(i: number): number {
    return (this.#mark[i] ?? 0) & 0b1111
  }

  seq(i: number): number {
    return this.#seq[i] ?? Number.NaN
  }

  /** Why it is absent or doubtful, in the server's word; empty where it gave none. */
  reason(i: number): string {
    return this.#reasons[this.#why[i] ?? 0] ?? ''
  }

  /** The numbers of a point in the digits they were sent in. */
  text(i: number): string {
    const places = (this.#mark[i] ?? 0) >> 4
    const digits = (value: number) => (Number.isNaN(value) ? '--' : value.toFixed(places))
    const [a, b, c] = [this.a(i), this.#b[i] ?? Number.NaN, this.#c[i] ?? Number.NaN]
    if (this.vital !== 'nibp' && this.vital !== 'art') return digits(a)
    return `${digits(a)}/${digits(b)}${Number.isNaN(c) ? '' : ` (${digits(c)})`}`
  }

  /** First point at or after this time. */
  from(time: number): number {
    let [low, high] = [0, this.#length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.time(middle) < time) low = middle + 1
      else high = middle
    }
    return low
  }

  add(reading: Reading): void {
    const time = reading.at.wallUs / 1e6
    const second = Math.floor(time)
    const i = this.from(second)
    // One point a second: the same reading again, or a faster feed. The newer one stays; the record has them all.
    const taken = i < this.#length && Math.floor(this.time(i)) === second
    this.#write(taken ? i : this.#open(i), time, reading)
  }

  #write(i: number, time: number, reading: Reading): void {
    const number = hasNumber(reading)
    const value = (digits: string | undefined) => (number && digits !== undefined ? Number(digits) : Number.NaN)
    const pressure = reading.value === undefined
    const parts = [reading.value, reading.systolic, reading.diastolic, reading.mean]
    const places = Math.max(0, ...parts.map((digits) => (digits?.split('.')[1] ?? '').length))
    this.#time[i] = time
    this.#seq[i] = reading.seq
    this.#why[i] = this.#reasonAt(reading.reason ?? '')
    this.#a[i] = value(pressure ? reading.systolic : reading.value)
    this.#b[i] = value(reading.diastolic)
    this.#c[i] = value(reading.mean)
    this.#mark[i] =
      (number ? (reading.state === 'questionable' ? MARK.questionable : MARK.valid) : MARK.absent) |
      (reading.synthetic ? MARK.synthetic : 0) |
      (Math.min(places, 9) << 4)
  }

  #reasonAt(reason: string): number {
    const known = this.#reasons.indexOf(reason)
    if (known >= 0) return known
    return this.#reasons.length > REASONS_MAX ? 0 : this.#reasons.push(reason) - 1
  }

  /** Makes room at `i` and says where that is now. When the column is full, its oldest quarter goes first. */
  #open(i: number): number {
    let at = i
    if (this.#length === POINTS_MAX) {
      const drop = POINTS_MAX >> 2
      for (const column of this.#columns()) column.copyWithin(0, drop, this.#length)
      this.#length -= drop
      at = Math.max(0, i - drop)
    }
    if (this.#length === this.#time.length) this.#grow()
    for (const column of this.#columns()) column.copyWithin(at + 1, at, this.#length)
    this.#length += 1
    return at
  }

  #columns() {
    return [this.#time, this.#seq, this.#a, this.#b, this.#c, this.#mark, this.#why]
  }

  #grow(): void {
    const size = Math.min(POINTS_MAX, this.#time.length * 2)
    const wider = <T extends Float64Array | Uint8Array>(to: T, from: T): T => {
      to.set(from)
      return to
    }
    this.#time = wider(new Float64Array(size), this.#time)
    this.#seq = wider(new Float64Array(size), this.#seq)
    this.#a = wider(new Float64Array(size), this.#a)
    this.#b = wider(new Float64Array(size), this.#b)
    this.#c = wider(new Float64Array(size), this.#c)
    this.#mark = wider(new Uint8Array(size), this.#mark)
    this.#why = wider(new Uint8Array(size), this.#why)
  }
}

/** What a cuff measures now and then: points, with nothing between them. */
export const isCuff = (vital: string, origin: string | undefined) => vital === 'nibp' || origin === 'cuff'

/** A change of a source's link. */
export interface LinkChange {
  /** UTC seconds. */
  readonly time: number
  readonly source: string
  readonly state: string
}

/** Changes of links kept per chair: a port that comes and goes every ten seconds for an hour, and then some. */
const LINKS_MAX = 1000

/** Vitals drawn as trends. */
const DRAWN = new Set(['heart_rate', 'pulse_rate', 'spo2', 'resp_rate', 'nibp', 'art', 'etco2', 'temperature'])

/** The columns of all chairs. Changed in place: `version` says that something did. */
export class Trends {
  readonly #chairs = new Map<string, Map<string, LiveColumn>>()
  readonly #links = new Map<string, LinkChange[]>()
  /** Counts changes other than one more point at the end: history that arrived. */
  version = 0
  readonly #parts = new Map<string, number>()

  /** The same for one chair: parts of its history that came. */
  parts(chair: string): number {
    return this.#parts.get(chair) ?? 0
  }

  /** The columns of a chair, in a fixed order. */
  columns(chair: string): LiveColumn[] {
    return [...(this.#chairs.get(chair) ?? [])].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, column]) => column)
  }

  /** Changes of the links of a chair's sources, oldest first. */
  links(chair: string): readonly LinkChange[] {
    return this.#links.get(chair) ?? []
  }

  take(message: ToScreen): void {
    switch (message.kind) {
      case 'snapshot':
        this.#add(message.chair, message.latest)
        return
      case 'items':
        this.#add(message.chair, message.items)
        return
      case 'history':
        this.#add(message.chair, message.items)
        this.version += 1
        this.#parts.set(message.chair, this.parts(message.chair) + 1)
        return
      case 'roster': {
        const ids = new Set(message.chairs.map((chair) => chair.id))
        for (const id of this.#chairs.keys()) if (!ids.has(id)) this.#chairs.delete(id)
        for (const id of this.#links.keys()) if (!ids.has(id)) this.#links.delete(id)
        return
      }
      default:
        return
    }
  }

  #add(chair: string, items: readonly Item[]): void {
    const columns = this.#chairs.get(chair) ?? new Map<string, LiveColumn>()
    this.#chairs.set(chair, columns)
    for (const item of items) {
      if (item.is === 'link') this.#link(chair, item)
      if (item.is !== 'reading' || !DRAWN.has(item.vital)) continue
      // The dashes between two cuff readings are no gap in anything.
      if (isCuff(item.vital, item.origin) && !hasNumber(item)) continue
      const key = [item.vital, item.source, item.unit, item.origin ?? '', item.site ?? ''].join('\u{1f}')
      const column = columns.get(key) ?? new LiveColumn(item)
      columns.set(key, column)
      column.add(item)
    }
  }
  #link(chair: string, { source, state, since }: Link): void {
    const links = this.#links.get(chair) ?? []
    this.#links.set(chair, links)
    const change = { time: since.wallUs / 1e6, source, state }
    // Live and from the log it is the same change; they come nearly in order.
    let at = links.length
    while (at > 0 && (links[at - 1]?.time ?? 0) > change.time) at -= 1
    const same = (other: LinkChange | undefined) =>
      other?.time === change.time && other.source === source && other.state === state
    for (let i = at - 1; i >= 0 && links[i]?.time === change.time; i--) if (same(links[i])) return
    links.splice(at, 0, change)
    if (links.length > LINKS_MAX) links.shift()
  }
}
