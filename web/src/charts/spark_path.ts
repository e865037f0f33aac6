/** The small trend of a wall tile as the path of an SVG: one column for ten seconds, gaps left open. Pure. */
import type { Column } from '../feed/trend'
import type { Session } from '../wire/wire'
import { groups, type Material, range } from './series'
import { Hers } from './session'
import { shownAt } from './sources'
import { gapS } from './track'

export const SPAN_S = 30 * 60
/** Seconds of one column: it moves that often, by about a pixel on the smallest tile. */
export const STEP_S = 10
export const COLUMNS = SPAN_S / STEP_S
/** Height of the picture, in units of its own. */
export const HEIGHT = 100

/** Which times a small trend shows, UTC seconds, and of which state of a session. */
export interface Shown {
  readonly from: number
  readonly to: number
  /** Changes with what decides whose the points are: the span, and what was marked as an artefact. */
  readonly of: string
}

/** The last half hour, in whole columns. */
export function sparkSpan(nowUs: number | undefined, session: Session | undefined): Shown | undefined {
  if (nowUs === undefined) return undefined
  const to = Math.floor(nowUs / 1e6 / STEP_S) * STEP_S
  const of = session === undefined ? '' : `${session.id} ${session.phase} ${session.from} ${session.acts.length}`
  return { from: to - SPAN_S, to, of }
}

/** Vitals of the two lines. */
const KINDS = { rates: ['heart_rate', 'pulse_rate'], spo2: ['spo2'] } as const

/** The line of the first of these vitals that has any: a pulse stands in for a heart rate under the same colour only. */
export function sparkPath(kind: keyof typeof KINDS, material: Material, { from, to }: Shown): string {
  const wanted = material.columns.filter(({ cuff, origin }) => !cuff && origin !== 'line')
  for (const vital of KINDS[kind]) {
    const columns = wanted.filter((column) => column.vital === vital)
    const path = groups({ ...material, columns }, from, to)
      .flatMap(({ columns: all, shown }) =>
        all.map((column) => {
          const chosen = (time: number) => shown === undefined || shownAt(shown, time) === column
          return trace(kind, { ...material, columns }, column, chosen, from, to)
        }),
      )
      .join('')
    if (path !== '') return path
  }
  return ''
}

/** One column's line: in each ten seconds from its least to its highest value, so that no dip is lost. */
function trace(
  kind: keyof typeof KINDS,
  { columns, sources, session }: Material,
  column: Column,
  chosen: (time: number) => boolean,
  from: number,
  to: number,
): string {
  const hers = new Hers(session, columns)
  const look = hers.look(column)
  const gap = gapS(sources.everyUs(column.source))
  const [least, most] = range(kind)(null, null)
  const y = (value: number) => (HEIGHT * Math.min(1, Math.max(0, (most - value) / (most - least)))).toFixed(1)
  let path = ''
  let before = Number.NEGATIVE_INFINITY
  let [bin, low, high] = [-1, 0, 0]
  const put = () => {
    if (bin >= 0) path += `${low === high ? '' : `L${bin} ${y(high)}`}L${bin} ${y(low)}`
  }
  for (let i = column.from(from); i < column.length && column.time(i) <= to; i++) {
    const time = column.time(i)
    const is = look(i)
    // What a person marked is no value of the patient's: it leaves a gap, as an absence does.
    if (is === undefined || is === 'artefact' || !hers.has(column, i) || !chosen(time)) continue
    const at = Math.min(COLUMNS - 1, Math.floor((time - (to - SPAN_S)) / STEP_S))
    const value = column.a(i)
    if (time - before > gap) {
      put()
      bin = -1
      path += `M${at} ${y(value)}`
    }
    if (at !== bin) {
      put()
      ;[bin, low, high] = [at, value, value]
    }
    ;[low, high] = [Math.min(low, value), Math.max(high, value)]
    before = time
  }
  put()
  return path
}
