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

/** The time of a pixel, as a power of two, so that a small zoom builds nothing; 0 while each point has a pixel of its own. */
export function stepOf(spanS: number, widthPx: number): number {
  const pixelS = spanS / Math.max(widthPx, 1)
  return pixelS < 2 ? 0 : 2 ** Math.floor(Math.log2(pixelS))
}

/** The panels of before, when they still hold: `key` says when there are new points. */
export function build(
  before: Built | undefined,
  material: Material,
  [from, to]: readonly [number, number],
  widthPx: number,
  key: string,
): Built {
  const stepS = stepOf(to - from, widthPx)
  const same = before?.key === key && before.session === material.session && before.stepS === stepS
  if (same && before.from <= from && before.to >= to) return before
  const span = to - from
  const cover = { from: from - span, to: to + span }
  return { ...cover, stepS, session: material.session, key, panels: panels(material, cover.from, cover.to, stepS) }
}
