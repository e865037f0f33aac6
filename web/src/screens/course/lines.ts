/** Sessions of a course on one time axis, counted from the start of each infusion. Nothing is smoothed, nothing is joined over a gap. Pure. */
import type { RecordColumn } from '../../charts/record'
import { MARK } from '../../feed/trend'
import type { NamedValue, Session } from '../../wire/wire'

/** What is laid over one another. */
export const MEASURES = ['systolic', 'diastolic', 'heart', 'spo2'] as const
export type Measure = (typeof MEASURES)[number]

export interface Point {
  /** Minutes since T+0. */
  readonly min: number
  readonly value: number
}

/** A session that was opened for its lines. */
export interface Opened {
  readonly session: Session
  readonly columns: readonly RecordColumn[]
}

/** Two cuff readings further apart than this are not joined, minutes: the longest usual interval, and a little. */
export const CUFF_GAP_MIN = 20
/** A minute without a value ends a line. */
export const GAP_MIN = 1.5

export const gapOf = (measure: Measure): number =>
  measure === 'systolic' || measure === 'diastolic' ? CUFF_GAP_MIN : GAP_MIN

const VITALS: Readonly<Record<Measure, readonly string[]>> = {
  systolic: ['nibp'],
  diastolic: ['nibp'],
  heart: ['heart_rate', 'pulse_rate'],
  spo2: ['spo2'],
}

/** Values that count: as the summary has it, neither doubted nor marked, nor of a demonstration. */
function counted(column: RecordColumn, session: Session): (i: number) => boolean {
  const marked = session.acts.flatMap(({ act, undone }) =>
    act.is === 'artefact' && !undone && act.vital === column.vital ? [act] : [],
  )
  return (i) => {
    const seq = column.seq(i)
    return column.mark(i) === MARK.valid && !marked.some(({ first, last }) => seq >= first && seq <= last)
  }
}

/** The column with the most values of the first vital there is: values of two devices are never one line. */
function columnOf(columns: readonly RecordColumn[], measure: Measure): RecordColumn | undefined {
  for (const vital of VITALS[measure]) {
    const [best] = columns
      .filter((it) => it.vital === vital && (!it.cuff || vital === 'nibp'))
      .sort((a, b) => b.length - a.length)
    if (best !== undefined) return best
  }
  return undefined
}

/** Of a cuff every reading; of what is measured all the time the middle value of each minute. */
export function pointsOf({ session, columns }: Opened, measure: Measure): Point[] {
  const column = columnOf(columns, measure)
  const startUs = session.started?.wallUs
  if (column === undefined || startUs === undefined) return []
  const counts = counted(column, session)
  const value = (i: number) => (measure === 'diastolic' ? column.b(i) : column.a(i))
  const minute = (i: number) => (column.time(i) - startUs / 1e6) / 60
  const points: Point[] = []
  let window: number[] = []
  let at = Number.NaN
  const close = () => {
    const middle = window.sort((a, b) => a - b)[(window.length - 1) >> 1]
    if (middle !== undefined) points.push({ min: at + 0.5, value: middle })
    window = []
  }
  for (let i = 0; i < column.length; i++) {
    if (!counts(i) || Number.isNaN(value(i))) continue
    if (column.cuff) {
      points.push({ min: minute(i), value: value(i) })
      continue
    }
    if (Math.floor(minute(i)) !== at) close()
    at = Math.floor(minute(i))
    window.push(value(i))
  }
  close()
  return points
}

const BASELINES: Readonly<Record<Measure, readonly [vital: string, place: number]>> = {
  systolic: ['nibp', 0],
  diastolic: ['nibp', 1],
  heart: ['heart_rate', 0],
  spo2: ['spo2', 0],
}

/** The stored baseline of a measure; `undefined` without one: then there is no change from it. */
export function baselineOf(baseline: readonly NamedValue[], measure: Measure): number | undefined {
  const [vital, place] = BASELINES[measure]
  const found =
    baseline.find((it) => it.vital === vital) ?? baseline.find((it) => measure === 'heart' && it.vital === 'pulse_rate')
  const value = Number(found?.values[place] ?? Number.NaN)
  return Number.isNaN(value) ? undefined : value
}

/** The points as they are, or as change from the baseline; none where there is no baseline to compare with. */
export function shownPoints(opened: Opened, measure: Measure, change: boolean): Point[] {
  const points = pointsOf(opened, measure)
  if (!change) return points
  const from = baselineOf(opened.session.baseline, measure)
  return from === undefined ? [] : points.map(({ min, value }) => ({ min, value: value - from }))
}

/** The points in runs that may be joined. */
export function runsOf(points: readonly Point[], gapMin: number): Point[][] {
  const runs: Point[][] = []
  for (const point of points) {
    const run = runs.at(-1)
    const last = run?.at(-1)
    if (run === undefined || last === undefined || point.min - last.min > gapMin) runs.push([point])
    else run.push(point)
  }
  return runs
}

/** The last point of each window of `every` minutes, by the minute it begins at. */
export function tableOf(points: readonly Point[], every: number): ReadonlyMap<number, number> {
  return new Map(points.map(({ min, value }) => [Math.floor(min / every) * every, value]))
}
