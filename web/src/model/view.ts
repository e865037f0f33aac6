/**
 * From the state to what a screen may show: which reading stands in which tile, and in which state (clinical-workflow
 * 9.1). Pure; called at every tick, so a feed that stops turns to `--` by itself.
 */

import { rounded } from '../format/rounded'
import type { Link, Reading } from '../wire/wire'
import { type Candidate, choose, chooseCuff, type Missed, type Order } from './choice'
import { elapsedMs, serverMonoUs } from './clock'
import { cuffState, type Freshness, freshness } from './freshness'
import { type ChairState, cutOff, hasNumber, type Relayed, type State } from './state'

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
/**
 * Where nobody declared an order, a source that said nothing of a vital for this long is not its first choice any more:
 * no trend on a screen reaches back further.
 */
const FORGOTTEN_US = 60 * 60 * 1_000_000
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
  /** Nothing comes from the server: the digits did not just grow too old. */
  readonly cut: boolean
  /** The link the reading came over, when it is gone. The digits go by their age (decision 0006). */
  readonly link: Link | undefined
  /** The first choice, when another source is shown in its place. */
  readonly instead: Instead | undefined
  /** The cuff is measuring now. */
  readonly measuring: boolean
  readonly unit: string
  readonly ageUs: number | undefined
  /** The reading the tile speaks of. */
  readonly reading: Reading | undefined
  /** The last number, when the digits are gone. */
  readonly last: Reading | undefined
  readonly synthetic: boolean
  /** What stands across the tile: the chair is in test mode, or the monitor shows a demonstration. */
  readonly mark: 'test' | 'demo' | undefined
}

/** A first choice that is not shown, and since when or why. */
export interface Instead extends Missed {
  /** Last heard, or when its link went. */
  readonly sinceWallUs: number | undefined
  /** The monitor's word for an absence. */
  readonly reason: string | undefined
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

/** Digits of the number or numbers, as a screen shows them. */
export function digitsOf(reading: Reading): string {
  const { value, systolic, diastolic, mean } = shownOf(reading)
  if (value !== undefined) return value
  if (systolic === undefined && diastolic === undefined) return mean === undefined ? NO_DIGITS : `(${mean})`
  return `${systolic ?? NO_DIGITS}/${diastolic ?? NO_DIGITS}`
}

/** Mean pressure, where it stands beside the two others. */
export function meanOf(reading: Reading): string | undefined {
  return reading.systolic === undefined && reading.diastolic === undefined ? undefined : shownOf(reading).mean
}

function shownOf(reading: Reading) {
  const shown = (digits: string | undefined) => digits && rounded(digits, reading.vital, reading.unit)
  const { value, systolic, diastolic, mean } = reading
  return { value: shown(value), systolic: shown(systolic), diastolic: shown(diastolic), mean: shown(mean) }
}

/** State by age alone: current and old of a cuff reading are live and delayed. */
function ageOf(state: State, chair: ChairState, reading: Reading): Freshness {
  const age = ageUs(state, reading.at.monoUs)
  if (!isEvent(reading)) return freshness(age, chair.everyUs.get(reading.source) ?? 0)
  const cuff = cuffState(age, CUFF_EVERY_US)
  return cuff === 'current' ? 'live' : cuff === 'old' ? 'delayed' : 'lost'
}

/** A cuff measures now and then: what it says is an event with its own time. */
const isEvent = (reading: Reading) => reading.vital === 'nibp' || reading.origin === 'cuff'

function stateOf(state: State, chair: ChairState, reading: Reading): ValueState {
  if (reception(state) === 'silent') return 'lost'
  const age = ageOf(state, chair, reading)
  if (age === 'lost') return 'lost'
  if (!hasNumber(reading)) return 'absent'
  // A link that is gone is said at once; the digits stay as long as their age allows.
  const late = age === 'delayed' || (cutOff(chair, reading) && !isEvent(reading))
  if (!late && reading.state === 'questionable') return 'questionable'
  return isEvent(reading) ? (late ? 'old' : 'current') : late ? 'delayed' : 'live'
}

/** A candidate for a tile: the newest reading of one source, origin and site. */
interface Slot extends Candidate {
  readonly reading: Reading
  /** The newest reading with a number, in the same place. */
  readonly earlier: Reading | undefined
  /** The cuff is measuring now. */
  readonly measuring: boolean
}

function slots(state: State, chair: ChairState, wanted: (reading: Reading) => boolean): Slot[] {
  return [...chair.latest]
    .filter(([, reading]) => wanted(reading))
    .map(([key, newest]) => {
      const earlier = chair.withValue.get(key)
      const measuring = newest.vital === 'nibp' && newest.state === 'absent' && newest.reason === 'measuring'
      // A measurement under way takes nothing from the one before: that keeps its own time and age.
      const reading = measuring && earlier !== undefined ? earlier : newest
      const { source, origin, site } = reading
      return {
        source,
        origin,
        site,
        said: hasNumber(reading) ? (reading.state === 'questionable' ? 'questionable' : 'valid') : 'absent',
        age: ageOf(state, chair, reading),
        linkLost: cutOff(chair, reading),
        runUs: ageUs(state, chair.runs.get(key) ?? Number.POSITIVE_INFINITY),
        atUs: reading.at.monoUs,
        reading,
        earlier,
        measuring: measuring && ageUs(state, newest.received.monoUs) <= CUFF_TAKES_US && !cutOff(chair, newest),
      }
    })
}

/** Whether the chair is for test patients only: nothing on it is a real patient's (H21). */
export const isTesting = (state: State, chair: string): boolean => state.clinic?.testing.includes(chair) ?? false

/** The order of a chair's sources for a vital, as the roster says. */
export function orderOf(state: State, chair: string, vital: string): Order {
  const prefer = state.roster?.chairs.find(({ id }) => id === chair)?.prefer ?? []
  const own = prefer.find((it) => it.vital === vital)
  const sources = (own ?? prefer.find((it) => it.vital === undefined))?.sources ?? []
  return { sources, declared: own !== undefined }
}

/** The slots that count: where nobody declared an order, those that were heard in the last hour, if there are any. */
function remembered(state: State, all: readonly Slot[], declared: boolean): readonly Slot[] {
  if (declared) return all
  const kept = all.filter(({ age, atUs }) => age !== 'lost' || ageUs(state, atUs) <= FORGOTTEN_US)
  return kept.length > 0 ? kept : all
}

function insteadOf(chair: ChairState, all: readonly Slot[], missed: Missed): Instead {
  const heard = all.find(({ source, origin }) => source === missed.source && origin === missed.origin)?.reading
  const link = missed.because === 'linkLost' ? chair.links.get(missed.source) : undefined
  return { ...missed, sinceWallUs: (link?.since ?? heard?.at)?.wallUs, reason: heard?.reason }
}

const EMPTY = {
  state: 'none',
  digits: NO_DIGITS,
  mean: undefined,
  doubtful: false,
  reason: undefined,
  cut: false,
  link: undefined,
  instead: undefined,
  measuring: false,
  unit: '',
  ageUs: undefined,
  reading: undefined,
  last: undefined,
  synthetic: false,
  mark: undefined,
} as const

function tile(state: State, chair: ChairState, name: TileName, wanted: (reading: Reading) => boolean): Tile {
  const order = orderOf(state, chair.id, name.vital)
  // An order is declared for the usual site of a vital.
  const declared = order.declared && name.site === ''
  const all = remembered(state, slots(state, chair, wanted), declared)
  const rule = name.vital === 'nibp' ? chooseCuff : choose
  const chosen = rule({ ...order, declared }, all)
  const test = isTesting(state, chair.id)
  if (chosen === undefined) return { ...name, ...EMPTY, ...(test ? { mark: 'test' as const } : {}) }
  const { reading, earlier, measuring } = chosen.shown
  const is = stateOf(state, chair, reading)
  const shown = is !== 'lost' && is !== 'absent'
  return {
    ...name,
    state: is,
    digits: shown ? digitsOf(reading) : NO_DIGITS,
    mean: shown ? meanOf(reading) : undefined,
    doubtful: shown && reading.state === 'questionable',
    reason: is === 'absent' || shown ? reading.reason : undefined,
    cut: reception(state) === 'silent',
    link: cutOff(chair, reading) ? chair.links.get(reading.source) : undefined,
    instead: chosen.why.why === 'fallback' ? insteadOf(chair, all, chosen.why) : undefined,
    measuring,
    unit: reading.unit,
    ageUs: ageUs(state, reading.at.monoUs),
    reading,
    last: shown ? undefined : hasNumber(reading) ? reading : earlier,
    synthetic: reading.synthetic,
    mark: test ? 'test' : reading.synthetic ? 'demo' : undefined,
  }
}

const vital = (name: string) => (reading: Reading) => reading.vital === name
const fromCuff = (reading: Reading) => reading.origin === 'cuff'
/** The pulse of an oximeter or of a monitor that does not say; those of a cuff or an arterial line stand apart. */
const pulse = (reading: Reading) =>
  reading.vital === 'pulse_rate' && reading.origin !== 'cuff' && reading.origin !== 'line'

/** The heart tile: heart rate, or the pulse under its own name where no source of a heart rate exists. */
export function heartTile(state: State, chair: ChairState): Tile {
  const declared = orderOf(state, chair.id, 'heart_rate').declared
  const counts = (wanted: (reading: Reading) => boolean) => {
    const all = slots(state, chair, wanted)
    return declared || all.some(({ atUs }) => ageUs(state, atUs) <= FORGOTTEN_US) ? all.length : 0
  }
  if (counts(vital('heart_rate')) === 0 && counts(pulse) > 0) return pulseTile(state, chair)
  const it = tile(state, chair, { vital: 'heart_rate', label: 'heart_rate', site: '' }, vital('heart_rate'))
  return it.reading?.origin === 'hr_or_pulse' ? { ...it, label: 'hr_or_pulse' } : it
}

/** The pulse: beside a saturation that of the same device, where it has one and nobody declared another order. */
export function pulseTile(state: State, chair: ChairState, beside?: Tile): Tile {
  const same = (reading: Reading) => pulse(reading) && reading.source === beside?.reading?.source
  const free = !orderOf(state, chair.id, 'pulse_rate').declared
  const wanted = free && [...chair.latest.values()].some(same) ? same : pulse
  return tile(state, chair, { vital: 'pulse_rate', label: 'pulse_rate', site: '' }, wanted)
}

/** The pulse the cuff counted during the measurement that is shown. */
export function cuffPulseTile(state: State, chair: ChairState, nibp: Tile): Tile {
  const wanted = (reading: Reading) =>
    reading.vital === 'pulse_rate' && fromCuff(reading) && reading.source === nibp.reading?.source
  return tile(state, chair, { vital: 'pulse_rate', label: 'pulse_rate', site: 'cuff' }, wanted)
}

export function vitalTile(state: State, chair: ChairState, name: string): Tile {
  return tile(state, chair, { vital: name, label: name, site: '' }, vital(name))
}

/** Everything else the chair's sources send: nothing that was received stays invisible. */
export function otherTiles(state: State, chair: ChairState): Tile[] {
  const large = new Set(['heart_rate', 'pulse_rate', 'spo2', 'nibp', 'resp_rate'])
  const names = new Map<string, TileName>()
  for (const reading of chair.latest.values()) {
    const { vital: name, site = '' } = reading
    if (!large.has(name)) names.set(`${name}\u{1f}${site}`, { vital: name, label: name, site })
  }
  const tiles = [...names]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, name]) => tile(state, chair, name, (r) => r.vital === name.vital && (r.site ?? '') === name.site))
  const fromLine = (reading: Reading) => reading.vital === 'pulse_rate' && reading.origin === 'line'
  if (![...chair.latest.values()].some(fromLine)) return tiles
  return [...tiles, tile(state, chair, { vital: 'pulse_rate', label: 'pulse_rate', site: 'line' }, fromLine)]
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
  const continuous = [...chair.latest.values()].filter((reading) => !isEvent(reading))
  // A chair with a cuff only: the link speaks, for a cuff may rest as long as it likes.
  if (continuous.length === 0) {
    const gone = reception(state) === 'silent' || [...chair.latest.values()].every((reading) => cutOff(chair, reading))
    return gone ? 'lost' : 'live'
  }
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
