/** Ticks of the two time axes: since the start of the infusion, and by the clock of the clinic. Pure. */
import { offset } from '../format/time'

/** Whole minutes: labels have no seconds. */
const STEPS_S = [60, 120, 300, 600, 900, 1800, 3600, 7200] as const
/** Offsets of all zones are whole quarters of an hour. */
const QUARTER_S = 900

/** The closest ticks whose labels have room. */
export function stepFor(spanS: number, widthPx: number, labelPx: number): number {
  return STEPS_S.find((step) => (step / spanS) * widthPx >= labelPx) ?? 7200
}

/** Multiples of the step counted from a moment. */
export function ticksFrom(origin: number, step: number, from: number, to: number): number[] {
  const found: number[] = []
  for (let n = Math.ceil((from - origin) / step); origin + n * step <= to; n++) found.push(origin + n * step)
  return found
}

/** Moments at which the clock of the zone shows a multiple of the step, whatever its offset is by then. */
export function clockTicks(zone: string, step: number, from: number, to: number): number[] {
  if (step <= QUARTER_S) return ticksFrom(0, step, from, to)
  return ticksFrom(0, QUARTER_S, from, to).filter((time) => (time + offsetS(time, zone)) % step === 0)
}

const known = new Map<string, number>()
/** Quarters of an hour remembered: some days; asked for at every frame of a drag. */
const KNOWN_MAX = 1000

function offsetS(time: number, zone: string): number {
  const key = `${zone} ${time}`
  let found = known.get(key)
  if (found === undefined) {
    const [, sign, hours = '0', minutes = '0'] = /^([+-])(\d\d):(\d\d)/.exec(offset(time * 1e6, zone)) ?? []
    found = (sign === '-' ? -60 : 60) * (Number(hours) * 60 + Number(minutes))
    if (known.size > KNOWN_MAX) known.clear()
    known.set(key, found)
  }
  return found
}

/** `0:05`, `1:10`, `-0:15`: hours and minutes since the start of the infusion. */
export function sinceStart(seconds: number): string {
  const minutes = Math.floor(Math.abs(seconds) / 60)
  const said = `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`
  return seconds < 0 && minutes > 0 ? `-${said}` : said
}
