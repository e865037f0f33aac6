/** The clinic's limits as text: for people to read, never to judge a value by on a screen. */
import type { Act, Clinic } from '../wire/wire'
import { type Numbers, readLimits } from './limits'
import { counts, type Line } from './lines'

/** One kind of notice with the limits in force for this patient. */
export interface InForce {
  readonly notice: string
  readonly numbers: Numbers
  /** Set for this patient by a clinician. */
  readonly own: (Line & { readonly act: Act & { is: 'limited' } }) | undefined
}

/** The kinds that are switched on, in the clinic's order, with this patient's own limits in their place. */
export function inForce(clinic: Clinic | undefined, lines: readonly Line[]): InForce[] {
  if (clinic === undefined || !clinic.hasLimits) return []
  const isLimited = (line: Line): line is Line & { readonly act: Act & { is: 'limited' } } =>
    line.act.is === 'limited' && counts(line)
  const own = lines.filter(isLimited)
  return clinic.limits
    .filter(({ on }) => on)
    .map(({ notice, limits }) => {
      const last = own.findLast(({ act }) => act.notice === notice)
      const set = last === undefined || last.act.limits === '' ? undefined : last
      return { notice, numbers: readLimits(set?.act.limits ?? limits), own: set }
    })
}

/** Which kinds belong to which tile. */
const KINDS: Readonly<Record<string, readonly string[]>> = {
  nibp: ['systolic', 'diastolic', 'mean'],
  spo2: ['spo2'],
  heart_rate: ['heart rate'],
  pulse_rate: ['heart rate'],
  resp_rate: ['resp rate'],
  etco2: ['etco2'],
}

/** The limits in force of a tile: `50-120` of heart rate, `94-` of SpO2; the outer ones are the urgent ones. */
export function limitsOf(all: readonly InForce[], vital: string): { notice: string; look: string; urgent: string }[] {
  const kinds = KINDS[vital] ?? []
  return all
    .filter(({ notice }) => kinds.includes(notice))
    .map(({ notice, numbers }) => ({
      notice,
      look: span(numbers.get('lookLow'), numbers.get('lookHigh')),
      urgent: span(numbers.get('urgentLow'), numbers.get('urgentHigh')),
    }))
}

/** `50\u2013120`, `\u226594`, `\u2264120`; empty when there is neither. */
function span(low: string | undefined, high: string | undefined): string {
  if (low !== undefined && high !== undefined) return `${low}\u2013${high}`
  if (low !== undefined) return `\u2193${low}`
  return high === undefined ? '' : `\u2191${high}`
}
