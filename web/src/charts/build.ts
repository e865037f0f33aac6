/** Panels for the time in view and as much on both sides, so that moving the picture builds nothing. Pure. */
import { type Material, panels, type TrendPanel } from './series'

export interface Built {
  readonly panels: readonly TrendPanel[]
  readonly from: number
  readonly to: number
  readonly stepS: number
  /** What they were built from, and when. */
  readonly session: Material['session']
  readonly key: string
}

/** Of the points within the width of a line, which is as much as an eye tells apart, the least and the greatest are drawn. */
const LINE_PX = 2

/** The time of that width, as a power of two, so that a small zoom builds nothing; 0 while a line has few points there. */
export function stepOf(spanS: number, widthPx: number): number {
  const lineS = (LINE_PX * spanS) / Math.max(widthPx, 1)
  return lineS < 4 ? 0 : 2 ** Math.floor(Math.log2(lineS))
}

/** The panels of before, when they still hold; `version` says that history came, and new points count once a pixel. */
export function build(
  before: Built | undefined,
  material: Material,
  [from, to]: readonly [number, number],
  widthPx: number,
  now: { readonly s: number; readonly version: number },
): Built {
  const stepS = stepOf(to - from, widthPx)
  const key = `${Math.floor(now.s / Math.max(1, stepS / LINE_PX))} ${now.version} ${material.columns.length}`
  const same = before?.key === key && before.session === material.session && before.stepS === stepS
  if (same && before.from <= from && before.to >= to) return before
  const span = to - from
  const cover = { from: from - span, to: to + span }
  return { ...cover, stepS, session: material.session, key, panels: panels(material, cover.from, cover.to, stepS) }
}
