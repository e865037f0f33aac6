/** The points of one line: which of a column are drawn, where the line breaks. Pure. */
import type { Column } from '../feed/trend'
import type { Hers, Look } from './session'
import { type Stretch, shownAt } from './sources'

/** A line breaks where two points are further apart than this: max(10 s, 3 T), as a value would be lost. */
export function gapS(everyUs: number): number {
  return Math.max(10, (3 * everyUs) / 1e6)
}

/** How long before the next source begins the line of the one before ends, in seconds: less than any two points are apart. */
const BREAK_S = 0.0005

/** Points in order of time; `a` is null where the line breaks. */
export interface Track {
  readonly times: number[]
  readonly a: (number | null)[]
  readonly b: (number | null)[]
  /** Points that stand by themselves: doubtful, or marked as an artefact. */
  readonly spots: { readonly time: number; readonly a: number; readonly b: number; readonly look: Look }[]
}

interface Wanted {
  readonly column: Column
  /** When this column is the one that is shown; undefined for always. */
  readonly shown: readonly Stretch[] | undefined
  readonly part: 'a' | 'b' | 'pair'
  /** Joined by a line. */
  readonly joined: boolean
  readonly hers: Hers
  /** Seconds after which the line breaks. */
  readonly gap: number
  /** Of the points within each such step of time only the least and the greatest are drawn; 0 for all. */
  readonly stepS: number
}

/**
 * The points of a column between two times. Thinned, they keep their own times and values: the line covers the same pixels.
 * A break is a point of its own, with nothing in it.
 */
export function track(wanted: Wanted, from: number, to: number): Track {
  const { column, shown, part, joined, hers, gap, stepS } = wanted
  const found: Track = { times: [], a: [], b: [], spots: [] }
  const lookOf = hers.look(column)
  const thin = new Thin(found, column, part, joined ? stepS : 0)
  let before = Number.NaN
  for (let i = column.from(from); i < column.length && column.time(i) <= to; i++) {
    const time = column.time(i)
    if (!hers.has(column, i) || (shown !== undefined && shownAt(shown, time) !== column)) continue
    if (joined && time - before > gap) thin.stop(before + gap / 2)
    before = time
    const look = lookOf(i)
    if (look === 'plain') thin.take(i)
    else {
      thin.stop(time)
      const a = part === 'b' ? column.b(i) : column.a(i)
      if (look !== undefined) found.spots.push({ time, a, b: column.b(i), look })
    }
  }
  thin.flush()
  return shown === undefined ? found : broken(found, column, shown)
}

/** Gathers the points of one step of time. */
class Thin {
  #step = Number.NaN
  #least = -1
  #most = -1

  constructor(
    readonly to: Track,
    readonly column: Column,
    readonly part: Wanted['part'],
    readonly stepS: number,
  ) {}

  take(i: number): void {
    if (this.stepS <= 0) {
      this.#push(i)
      return
    }
    const step = Math.floor(this.column.time(i) / this.stepS)
    if (step !== this.#step) {
      this.flush()
      this.#step = step
      this.#least = i
      this.#most = i
      return
    }
    const value = this.#value(i)
    if (value < this.#value(this.#least)) this.#least = i
    if (value > this.#value(this.#most)) this.#most = i
  }

  /** The line ends here. */
  stop(time: number): void {
    this.flush()
    this.to.times.push(time)
    this.to.a.push(null)
    this.to.b.push(null)
  }

  flush(): void {
    if (this.#least < 0) return
    const [first, second] = [Math.min(this.#least, this.#most), Math.max(this.#least, this.#most)]
    this.#push(first)
    if (second !== first) this.#push(second)
    this.#least = -1
    this.#most = -1
    this.#step = Number.NaN
  }

  #value(i: number): number {
    return this.part === 'b' ? this.column.b(i) : this.column.a(i)
  }

  #push(i: number): void {
    const number = (value: number) => (Number.isNaN(value) ? null : value)
    this.to.times.push(this.column.time(i))
    this.to.a.push(number(this.#value(i)))
    this.to.b.push(number(this.column.b(i)))
  }
}

/** The track with a break wherever another column takes over. */
function broken(found: Track, column: Column, shown: readonly Stretch[]): Track {
  const breaks = shown.filter((next) => next.column !== column && Number.isFinite(next.from))
  const all = [
    ...found.times.map((time, n) => [time, found.a[n] ?? null, found.b[n] ?? null] as const),
    ...breaks.map(({ from }) => [from - BREAK_S, null, null] as const),
  ].sort((one, other) => one[0] - other[0])
  return { times: all.map(([time]) => time), a: all.map(([, a]) => a), b: all.map(([, , b]) => b), spots: found.spots }
}
