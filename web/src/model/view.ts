/**
 * From the state to what a screen may show: which reading stands in which tile, and in which state (clinical-workflow
 * 9.1). Pure; called at every tick, so a feed that stops turns to `--` by itself.
 */
import type { Link, Reading } from '../wire/wire'
import { elapsedMs, serverMonoUs } from './clock'
import { cuffState, freshness } from './freshness'
import { type ChairState, hasNumber, type Relayed, type State } from './state'

/** No frame for this long: the banner. */
export const QUIET_MS = 3_000
/** No frame for this long: no digits. */
export const SILENT_MS = 10_000
/** Frames late for this long: the notice (H08). */
const LATE_FOR_MS = 5_000
/**
 * Expected interval between two cuff measurements. The wire does not carry one, so an old reading goes after the least
 * time the rules allow, 15 minutes.
 */
const CUFF_EVERY_US = 0
/** A cuff measurement takes at most this long; "measuring" is not believed after. */
const CUFF_TAKES_US = 3 * 60 * 1_000_000
/** A notice of the monitor stands on the wall for this long after it was last heard. */
const NOTICE_FOR_US = 60 * 1_000_000

/** What a browser test reads as `data-state`. */
export type ValueState = 'live' | 'delayed' | 'lost' | 'absent' | 'questionable' | 'current' | 'old' | 'none'

/** What a tile is about. */
export interface TileName {
  readonly vital: string
  /** Which word stands on it: a pulse is never called a heart rate. */
  readonly label: string
  readonly site: string
}

/** One number of a screen with everything that must stand beside it. */
export interface Tile extends TileName {
  readonly state: ValueState
  /** Digits as sent; `--` when there is nothing to show. */
  readonly digits: string
  /** Mean pressure as sent. */
  readonly mean: string | undefined
  /** The monitor casts doubt on the shown digits. */
  readonly doubtful: boolean
  /** Why there is no value, or why it is doubtful: the monitor's word. */
  readonly reason: string | undefined
  /** The source is gone or nothing comes from the server: the digits did not just grow too old. */
  readonly cut: boolean
  /** The cuff is measuring now. */
  readonly measuring: boolean
  readonly unit: string
  readonly ageUs: number | undefined
  /** The reading the tile speaks of. */
  readonly reading: Reading | undefined
  /** The last number, when the digits are gone. */
  readonly last: Reading | undefined
  readonly synthetic: boolean
}

/** What a whole chair is, in one word. */
export type ChairWord = 'loading' | 'empty' | 'waiting' | 'live' | 'delayed' | 'lost' | 'absent'

export const NO_DIGITS = '--'

/** Milliseconds since the last frame. */
export function quietMs(state: State): number {
  return elapsedMs(state.heardAt, state.now)
}

export type Reception = 'ok' | 'quiet' | 'silent'

export function reception(state: State): Reception {
  const quiet = quietMs(state)
  if (quiet >= SILENT_MS) return 'silent'
  return quiet >= QUIET_MS ? 'quiet' : 'ok'
}

/** Whether the screen runs behind the monitors although frames come. */
export function behind(state: State): boolean {
  return state.lateSince !== undefined && elapsedMs(state.lateSince, state.now) > LATE_FOR_MS
}

/** Age of something that was received or measured at this server time, in microseconds. */
export function ageUs(state: State, monoUs: number): number {
  return state.clock === undefined ? Number.NaN : serverMonoUs(state.clock, state.now) - monoUs
}

/** The server's time of day now, UTC microseconds. */
export function wallUs(state: State): number | undefined {
  return state.clock && state.clock.now.wallUs + elapsedMs(state.clock.at, state.now) * 1000
}

/** Whether the reading's source is gone, so that its numbers go at once whatever their age. */
function cutOff(chair: ChairState, reading: Reading): boolean {
  const link = chair.links.get(reading.source)
  if (link === undefined || link.state === 'live' || link.state === 'silent') return false
  return link.state === 'lost' || link.seq > reading.seq
}

const isCut = (state: State, chair: ChairState, reading: Reading) =>
  reception(state) === 'silent' || cutOff(chair, reading)

/** Digits of the number or numbers, as sent. */
export function digitsOf(reading: Reading): string {
  if (reading.value !== undefined) return reading.value
  const { systolic, diastolic, mean } = reading
  if (systolic === undefined && diastolic === undefined) return mean === undefined ? NO_DIGITS : `(${mean})`
  return `${systolic ?? NO_DIGITS}/${diastolic ?? NO_DIGITS}`
}

/** Mean pressure, where it stands beside the two others. */
export function meanOf(reading: Reading): string | undefined {
  return reading.systolic === undefined && reading.diastolic === undefined ? undefined : reading.mean
}

function stateOf(state: State, chair: ChairState, reading: Reading): ValueState {
  if (isCut(state, chair, reading)) return 'lost'
  const age = ageUs(state, reading.at.monoUs)
  const fresh =
    reading.vital === 'nibp' || reading.origin === 'cuff'
      ? cuffState(age, CUFF_EVERY_US)
      : freshness(age, chair.everyUs.get(reading.source) ?? 0)
  if (fresh === 'lost') return 'lost'
  if (!hasNumber(reading)) return 'absent'
  if (reading.state === 'questionable' && (fresh === 'live' || fresh === 'current')) return 'questionable'
  return fresh
}

/** Which of two readings of one vital a tile shows: one that can be seen before one that cannot. */
const RANK: Record<ValueState, number> = {
  live: 0,
  current: 0,
  questionable: 1,
  delayed: 2,
  old: 2,
  absent: 3,
  lost: 4,
  none: 5,
}
/** Among equals the signal closer to the quantity, then the name of the source: nothing that could flicker. */
const ORIGINS = ['ecg', 'co2', 'pleth', 'line', 'impedance', 'airway', 'ventilator', 'hr_or_pulse', 'cuff']

function choose(state: State, chair: ChairState, wanted: (reading: Reading) => boolean): [Reading, string] | undefined {
  const order = (reading: Reading) => {
    const origin = ORIGINS.indexOf(reading.origin ?? '')
    return [RANK[stateOf(state, chair, reading)], origin < 0 ? ORIGINS.length : origin] as const
  }
  let best: { reading: Reading; key: string; order: readonly [number, number] } | undefined
  for (const [key, reading] of chair.latest) {
    if (!wanted(reading)) continue
    const o = order(reading)
    const before = best && (o[0] - best.order[0] || o[1] - best.order[1] || (key < best.key ? -1 : 1))
    if (before === undefined || before < 0) best = { reading, key, order: o }
  }
  return best && [best.reading, best.key]
}

function tile(state: State, chair: ChairState, name: TileName, wanted: (reading: Reading) => boolean): Tile {
  const chosen = choose(state, chair, wanted)
  if (chosen === undefined) {
    return {
      ...name,
      state: 'none',
      digits: NO_DIGITS,
      mean: undefined,
      doubtful: false,
      reason: undefined,
      cut: false,
      measuring: false,
      unit: '',
      ageUs: undefined,
      reading: undefined,
      last: undefined,
      synthetic: false,
    }
  }
  let [reading] = chosen
  const earlier = chair.withValue.get(chosen[1])
  let measuring = false
  if (reading.vital === 'nibp' && reading.state === 'absent' && reading.reason === 'measuring') {
    measuring = ageUs(state, reading.received.monoUs) <= CUFF_TAKES_US && !cutOff(chair, reading)
    // A measurement under way takes nothing from the one before: that keeps its own time and age.
    if (earlier !== undefined) reading = earlier
  }
  const is = stateOf(state, chair, reading)
  const shown = is !== 'lost' && is !== 'absent'
  return {
    ...name,
    state: is,
    digits: shown ? digitsOf(reading) : NO_DIGITS,
    mean: shown ? meanOf(reading) : undefined,
    doubtful: shown && reading.state === 'questionable',
    reason: is === 'absent' || shown ? reading.reason : undefined,
    cut: isCut(state, chair, reading),
    measuring,
    unit: reading.unit,
    ageUs: ageUs(state, reading.at.monoUs),
    reading,
    last: shown ? undefined : hasNumber(reading) ? reading : earlier,
    synthetic: reading.synthetic,
  }
}

const vital = (name: string) => (reading: Reading) => reading.vital === name
const fromCuff = (reading: Reading) => reading.origin === 'cuff'
const pulse = (reading: Reading) => reading.vital === 'pulse_rate' && !fromCuff(reading)

/** The heart tile: heart rate, or the pulse under its own name where no source of a heart rate exists. */
export function heartTile(state: State, chair: ChairState): Tile {
  const readings = [...chair.latest.values()]
  if (!readings.some(vital('heart_rate')) && readings.some(pulse)) return pulseTile(state, chair)
  const it = tile(state, chair, { vital: 'heart_rate', label: 'heart_rate', site: '' }, vital('heart_rate'))
  return it.reading?.origin === 'hr_or_pulse' ? { ...it, label: 'hr_or_pulse' } : it
}

export function pulseTile(state: State, chair: ChairState): Tile {
  return tile(state, chair, { vital: 'pulse_rate', label: 'pulse_rate', site: '' }, pulse)
}

/** The pulse the cuff counted during its measurement. */
export function cuffPulseTile(state: State, chair: ChairState): Tile {
  const wanted = (reading: Reading) => reading.vital === 'pulse_rate' && fromCuff(reading)
  return tile(state, chair, { vital: 'pulse_rate', label: 'pulse_rate', site: 'cuff' }, wanted)
}

export function vitalTile(state: State, chair: ChairState, name: string): Tile {
  return tile(state, chair, { vital: name, label: name, site: '' }, vital(name))
}

/** Everything else the chair's sources send: nothing that was received stays invisible. */
export function otherTiles(state: State, chair: ChairState): Tile[] {
  const large = new Set(['heart_rate', 'pulse_rate', 'spo2', 'nibp', 'resp_rate'])
  const names = new Map<string, TileName>()
  for (const { vital: name, site = '' } of chair.latest.values()) {
    if (!large.has(name)) names.set(`${name}\u{1f}${site}`, { vital: name, label: name, site })
  }
  return [...names]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, name]) => tile(state, chair, name, (r) => r.vital === name.vital && (r.site ?? '') === name.site))
}

/** A source's link that is not as it should be. */
export function troubles(chair: ChairState): Link[] {
  return [...chair.links.values()]
    .filter((link) => link.state !== 'live')
    .sort((a, b) => (a.source < b.source ? -1 : 1))
}

/** The chair in one word, from its best continuous value. */
export function chairWord(state: State, chair: ChairState | undefined): ChairWord {
  if (chair === undefined || !chair.synced) return 'loading'
  if (chair.latest.size === 0) return chair.links.size === 0 ? 'empty' : 'waiting'
  const words: Record<ValueState, ChairWord> = {
    live: 'live',
    questionable: 'live',
    current: 'live',
    old: 'live',
    delayed: 'delayed',
    absent: 'absent',
    lost: 'lost',
    none: 'lost',
  }
  const order: ChairWord[] = ['live', 'delayed', 'absent', 'lost']
  const continuous = [...chair.latest.values()].filter((r) => r.vital !== 'nibp' && !fromCuff(r))
  // A chair with a cuff only: the link speaks, for a cuff may rest as long as it likes.
  if (continuous.length === 0) return [...chair.latest.values()].every((r) => isCut(state, chair, r)) ? 'lost' : 'live'
  const found = new Set(continuous.map((reading) => words[stateOf(state, chair, reading)]))
  return order.find((word) => found.has(word)) ?? 'lost'
}

/** Order of the priorities the monitor gave; what it does not name comes last. */
const PRIORITIES = ['high', 'medium', 'low', 'advisory']

/** The monitor's notice for the one line of a wall tile: of the fresh ones the highest by its own priority. */
export function freshNotice(state: State, chair: ChairState): Relayed | undefined {
  const rank = ({ notice }: Relayed) => {
    const at = PRIORITIES.indexOf(notice.priority)
    return at < 0 ? PRIORITIES.length : at
  }
  const fresh = chair.notices.filter(({ notice }) => {
    const age = ageUs(state, notice.received.monoUs)
    return age >= 0 && age <= NOTICE_FOR_US
  })
  return fresh.sort((a, b) => rank(a) - rank(b))[0]
}

/** How far the chair is recorded, for the header. */
export type Recorded =
  | { readonly is: 'to'; readonly wallUs: number }
  | { readonly is: 'nothing' }
  | { readonly is: 'failing'; readonly sinceWallUs: number | undefined; readonly reason: string }
  /** No frame: what happened since is not known here. */
  | { readonly is: 'unknown'; readonly wallUs: number | undefined }

export function recorded(state: State, chair: ChairState | undefined): Recorded {
  const wallUs = chair?.mark?.recordedWallUs
  if (reception(state) !== 'ok' || state.recording === undefined) return { is: 'unknown', wallUs }
  if (!state.recording.ok) {
    return { is: 'failing', sinceWallUs: state.recording.sinceWallUs, reason: state.recording.reason ?? '' }
  }
  return wallUs === undefined ? { is: 'nothing' } : { is: 'to', wallUs }
}
