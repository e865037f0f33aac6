/**
 * How far a shown value is from the baseline: plain subtraction of shown whole numbers, and nothing where one of them is no
 * whole number. Nothing is scored.
 */
import { rounded } from '../format/rounded'
import type { NamedValue } from '../wire/wire'

const WHOLE = /^-?\d{1,9}$/

/** `+12`, `−6`, `0`. */
export function change(from: string | undefined, to: string | undefined): string | undefined {
  if (from === undefined || to === undefined || !WHOLE.test(from) || !WHOLE.test(to)) return undefined
  const by = Number(to) - Number(from)
  return by === 0 ? '0' : by > 0 ? `+${by}` : `\u2212${-by}`
}

/** The baseline of a vital in the digits a screen shows. */
export function baselineOf(
  baseline: readonly NamedValue[],
  vital: string,
  unit: string,
): readonly string[] | undefined {
  return baseline.find((it) => it.vital === vital)?.values.map((digits) => rounded(digits, vital, unit))
}

/** The change of a tile's digits, `128/79` or `97`; the parts of a pressure apart. */
export function changeOf(baseline: readonly string[], digits: string): string | undefined {
  const parts = digits.split('/').map((part, n) => change(baseline[n], part))
  return parts.some((part) => part === undefined) ? undefined : parts.join('/')
}
