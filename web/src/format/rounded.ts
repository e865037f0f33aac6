/**
 * Digits of a monitor that sends more of them than a bedside display shows (an S/5 sends hundredths): rounded half up for
 * the screen, never computed with. The record keeps what was sent.
 */

/** Decimal places a screen shows; a vital and unit without a row is shown as sent. */
const PLACES: Readonly<Record<string, number>> = {
  'spo2 %': 0,
  'nibp mm[Hg]': 0,
  'art mm[Hg]': 0,
  'temperature Cel': 1,
  'temperature [degF]': 1,
}

/** `97.65` of SpO2 is `98`; digits with no more places than are shown stay as they are. */
export function rounded(digits: string, vital: string, unit: string): string {
  const places = PLACES[`${vital} ${unit}`]
  const [, sign = '', whole = '', decimals = ''] = /^(-?)(\d+)\.(\d+)$/.exec(digits) ?? []
  if (places === undefined || decimals.length <= places) return digits
  const kept = BigInt(whole + decimals.slice(0, places)) + (decimals.charAt(places) >= '5' ? 1n : 0n)
  const text = kept.toString().padStart(places + 1, '0')
  const cut = text.length - places
  return sign + text.slice(0, cut) + (places === 0 ? '' : `.${text.slice(cut)}`)
}
