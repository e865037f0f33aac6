/** What was planned against what was done: facts of the rows, no judgement. Pure. */
import { isoDay } from '../../format/time'
import type { Course, CourseRow, CourseScore } from '../../wire/wire'

/** The sessions in which most of the severe rises of blood pressure were seen (clinical-workflow C6). */
export const FIRST = 3

export interface Plan {
  /** How many the course was planned to have, as last said; `undefined` when it is open. */
  readonly planned: number | undefined
  readonly done: number
  /** Numbers before the highest one of which there is no session here. */
  readonly missed: readonly number[]
  readonly cancelled: readonly CourseRow[]
  readonly stoppedEarly: readonly CourseRow[]
  /** Least and most calendar days between two that were held. */
  readonly days: readonly [number, number] | undefined
}

const isHeld = ({ phase }: CourseRow) => phase !== 'cancelled' && phase !== 'planned'

export function planOf({ rows }: Course): Plan {
  const held = rows.filter(isHeld)
  const numbers = new Set(held.map(({ number }) => number))
  const highest = Math.max(0, ...numbers)
  const days = held.flatMap(({ daysSince }) => (daysSince === undefined ? [] : [daysSince]))
  return {
    planned: rows.findLast(({ of }) => of !== undefined)?.of,
    done: held.length,
    missed: Array.from({ length: highest }, (_, n) => n + 1).filter((n) => !numbers.has(n)),
    cancelled: rows.filter(({ phase }) => phase === 'cancelled'),
    stoppedEarly: rows.filter(({ stoppedEarly }) => stoppedEarly !== undefined),
    days: days.length === 0 ? undefined : [Math.min(...days), Math.max(...days)],
  }
}

/** Whether a session is one of the first three of its course. */
export const isEarlyOne = ({ number }: CourseRow): boolean => number <= FIRST

/** Scores that were filled in on the day of a session. */
export const scoresOn = (scores: readonly CourseScore[], row: CourseRow, zone: string): CourseScore[] =>
  scores.filter(({ at }) => isoDay(at, zone) === isoDay(row.openedUs, zone))

/** The scales in the order in which they first came, each with its points; a result that is no number is left out. */
export function scalesOf(
  scores: readonly CourseScore[],
): Map<string, { readonly at: number; readonly value: number }[]> {
  const found = new Map<string, { readonly at: number; readonly value: number }[]>()
  for (const { at, scale, score } of scores.toSorted((a, b) => a.at - b.at)) {
    const value = Number(score)
    if (score.trim() === '' || Number.isNaN(value)) continue
    const points = found.get(scale) ?? []
    found.set(scale, points)
    points.push({ at, value })
  }
  return found
}
