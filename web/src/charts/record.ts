/** What the chart of a recorded session is drawn from: columns as the server packs them, and the session's own acts. Pure. */
import { type Column, isCuff, MARK } from '../feed/trend'
import { arrival } from '../feed/window'
import { text, word } from '../format/text'
import type { Kept, Series, Session, SessionSeries } from '../wire/wire'
import type { Level } from './plot'
import { panelKey } from './series'
import { drawnWhole, type TrendSession } from './session'

/** Words beside a value that are no doubt of the monitor's. */
const ARTEFACT = 'artefact'
const DEMO = 'demo'

/** A series of the record. Its numbers are the digits times a power of ten, as they came. */
export class RecordColumn implements Column {
  readonly vital: string
  readonly source: string
  readonly unit: string
  readonly cuff: boolean
  readonly origin: string
  readonly site: string
  readonly length: number
  readonly #series: Series
  readonly #time: Float64Array
  readonly #received: Float64Array
  readonly #seq: Float64Array
  /** Places in the wire's lists, in order of time. */
  readonly #place: Uint32Array
  readonly #scale: number

  constructor(beginUs: number, series: Series) {
    this.vital = series.vital
    this.source = series.source
    this.unit = series.unit
    this.origin = series.origin ?? ''
    this.site = series.site ?? ''
    this.cuff = isCuff(series.vital, series.origin)
    this.length = series.atMs.length
    this.#series = series
    this.#scale = 10 ** series.decimals
    this.#time = new Float64Array(this.length)
    this.#received = new Float64Array(this.length)
    this.#seq = new Float64Array(this.length)
    this.#place = new Uint32Array(this.length)
    this.#unpack(beginUs)
  }

  /** A cuff tells its own time: a reading that came later may have been measured sooner. */
  #unpack(beginUs: number): void {
    const { atMs, receivedMs, seq } = this.#series
    let [ms, at] = [0, 0]
    const points = atMs.map((step, i) => {
      ms += step
      at += seq[i] ?? 0
      return { i, s: beginUs / 1e6 + ms / 1000, lag: (receivedMs[i] ?? 0) / 1000, seq: at }
    })
    if (atMs.some((step, i) => i > 0 && step < 0)) points.sort((a, b) => a.s - b.s || a.seq - b.seq)
    points.forEach((point, n) => {
      this.#time[n] = point.s
      this.#received[n] = point.s + point.lag
      this.#seq[n] = point.seq
      this.#place[n] = point.i
    })
  }

  #number(values: readonly (number | null)[] | undefined, i: number): number {
    const value = values?.[this.#place[i] ?? -1]
    return value == null ? Number.NaN : value / this.#scale
  }

  /** What it is besides plainly valid: why in doubt or absent, `artefact`, `demo`. */
  #words(i: number): readonly string[] {
    return this.#series.state[this.#place[i] ?? -1]?.split(',') ?? []
  }

  time(i: number): number {
    return this.#time[i] ?? Number.NaN
  }

  /** When it reached the server, UTC seconds. */
  received(i: number): number {
    return this.#received[i] ?? Number.NaN
  }

  a(i: number): number {
    return this.#number(this.#series.value, i)
  }

  b(i: number): number {
    return this.#number(this.#series.low, i)
  }

  /** Mean pressure. */
  c(i: number): number {
    return this.#number(this.#series.mean, i)
  }

  seq(i: number): number {
    return this.#seq[i] ?? Number.NaN
  }

  mark(i: number): number {
    const demo = this.#words(i).includes(DEMO) ? MARK.synthetic : 0
    if ([this.a(i), this.b(i), this.c(i)].every(Number.isNaN)) return MARK.absent | demo
    return (this.reason(i) === '' ? MARK.valid : MARK.questionable) | demo
  }

  reason(i: number): string {
    return this.#words(i).find((it) => it !== DEMO && it !== ARTEFACT) ?? ''
  }

  text(i: number): string {
    const [first = '--', second = '--', mean] = this.digits(i)
    if (!this.pressure) return first
    return `${first}/${second}${mean === undefined ? '' : ` (${mean})`}`
  }

  /** Digits as they were sent: of the value, or systolic, diastolic and mean. */
  digits(i: number): (string | undefined)[] {
    const { decimals, places } = this.#series
    const shown = places?.[this.#place[i] ?? -1] ?? decimals
    return [this.a(i), this.b(i), this.c(i)].map((it) => (Number.isNaN(it) ? undefined : it.toFixed(shown)))
  }

  /** Whether a value is a pair of pressures. */
  get pressure(): boolean {
    return this.vital === 'nibp' || this.vital === 'art'
  }

  from(time: number): number {
    let [low, high] = [0, this.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.time(middle) < time) low = middle + 1
      else high = middle
    }
    return low
  }

  /** The point that holds this entry; -1 when there is none. */
  placeOf(seq: number): number {
    return this.#seq.indexOf(seq)
  }
}

/** The measured series of a record in a fixed order; what people typed is among the session's acts. */
export function columnsOf({ beginUs, series }: SessionSeries): RecordColumn[] {
  const key = (it: Series) => [it.vital, it.source, it.unit, it.origin ?? '', it.site ?? ''].join('\u{1f}')
  return series
    .filter(({ typed }) => !typed)
    .map((it) => ({ key: key(it), column: new RecordColumn(beginUs, it) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ column }) => column)
}

/** Usual seconds between two values of each source, the shortest of its series: what a gap is measured by. */
export function intervals(columns: readonly RecordColumn[]): ReadonlyMap<string, number> {
  const found = new Map<string, number>()
  for (const column of columns) {
    if (column.cuff || column.length < 2) continue
    const gaps = Array.from({ length: Math.min(column.length - 1, 301) }, (_, i) => column.time(i + 1) - column.time(i))
    const middle = gaps.sort((a, b) => a - b)[gaps.length >> 1] ?? 0
    found.set(column.source, Math.min(middle, found.get(column.source) ?? Number.POSITIVE_INFINITY))
  }
  return found
}

/** The acts as they count now: a correction is the entry in whose place it stands. */
export function asCorrected(acts: readonly Kept[]): Kept[] {
  return acts.map((kept) => {
    const { act, entry } = kept
    if (act.is !== 'corrected' || entry === undefined) return kept
    const score = act.score === undefined ? {} : { score: act.score }
    return { ...kept, act: { is: 'entry', entry, ...score, text: act.text } }
  })
}

/** A session as its chart shows it, whether it is over or not; `undefined` while she has not come. */
export function recordSession(session: Session): TrendSession | undefined {
  const arrived = arrival(session)
  return arrived && drawnWhole({ ...session, acts: asCorrected(session.acts) }, arrived)
}

/** Which vital a limit notice is about. */
const VITALS: Readonly<Record<string, readonly [vital: string, unit: string, color: string]>> = {
  'pre-start systolic': ['nibp', 'mm[Hg]', '--nibp'],
  'pre-start diastolic': ['nibp', 'mm[Hg]', '--nibp'],
  systolic: ['nibp', 'mm[Hg]', '--nibp'],
  diastolic: ['nibp', 'mm[Hg]', '--nibp'],
  mean: ['nibp', 'mm[Hg]', '--nibp'],
  spo2: ['spo2', '%', '--spo2'],
  'heart rate': ['heart_rate', '/min', '--hr'],
  'resp rate': ['resp_rate', '/min', '--rr'],
  etco2: ['etco2', 'mm[Hg]', '--text'],
}

export interface LimitSpan {
  readonly notice: string
  readonly limit: string
  /** UTC seconds. */
  readonly from: number
  readonly to: number
}

/** The limits in force while their notices stood, as lines, by panel. */
export function limitLevels(spans: readonly LimitSpan[]): ReadonlyMap<string, readonly Level[]> {
  const found = new Map<string, Level[]>()
  for (const { notice, limit, from, to } of spans) {
    const [vital, unit, color] = VITALS[notice] ?? []
    const number = Number(/\d+(?:\.\d+)?/.exec(limit)?.[0] ?? Number.NaN)
    if (vital === undefined || unit === undefined || color === undefined || Number.isNaN(number)) continue
    const name = panelKey(vital, unit)
    const levels = found.get(name) ?? []
    found.set(name, levels)
    levels.push({ value: number, from, to, color, label: text.session.limit(`${word(text.limit, notice)} ${limit}`) })
  }
  return found
}
