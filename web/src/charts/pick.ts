/** Which point of a chart somebody meant. Pure. */
import type { RecordColumn } from './record'
import { panelKey } from './series'

export interface Picked {
  readonly column: RecordColumn
  readonly i: number
}

/** Where in a panel: the moment, the value there, and how much of each a pixel is. */
export interface Place {
  readonly panel: string
  readonly time: number
  readonly value: number
  readonly timePerPx: number
  readonly valuePerPx: number
}

/** A finger is this far off at most, sideways; up and down it may be anywhere. */
const REACH_PX = 14
/** A point without a number is meant only when no number is near. */
const ABSENT_PX = 10

/** The point nearest to a place of a panel. */
export function pick(columns: readonly RecordColumn[], place: Place): Picked | undefined {
  const { panel, time, timePerPx } = place
  const reach = REACH_PX * timePerPx
  let best: { picked: Picked; px: number } | undefined
  for (const column of columns) {
    if (panelKey(column.vital, column.unit) !== panel) continue
    for (let i = column.from(time - reach); i < column.length && column.time(i) <= time + reach; i++) {
      const px = distance(column, i, place)
      if (best === undefined || px < best.px) best = { picked: { column, i }, px }
    }
  }
  return best?.picked
}

function distance(column: RecordColumn, i: number, { time, value, timePerPx, valuePerPx }: Place): number {
  const across = (column.time(i) - time) / timePerPx
  const up = [column.a(i), column.b(i)].filter((it) => !Number.isNaN(it)).map((it) => (it - value) / valuePerPx)
  return up.length === 0 ? Math.abs(across) + ABSENT_PX : Math.min(...up.map((it) => Math.hypot(across, it)))
}

/** The last point of each series at or before a moment, no older than `forS`; of a cuff however old. */
export function standingAt(columns: readonly RecordColumn[], time: number, forS: number): Picked[] {
  return columns.flatMap((column) => {
    const i = column.from(time + 0.0005) - 1
    return i < 0 || (!column.cuff && time - column.time(i) > forS) ? [] : [{ column, i }]
  })
}
