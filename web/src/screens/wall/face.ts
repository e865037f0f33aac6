/**
 * All a tile of the wall shows, as plain words: two faces that are equal look equal, so a tile is painted again only when
 * its face changed. Pure.
 */
import { type Shown as SparkShown, sparkSpan } from '../../charts/spark_path'
import { text, word } from '../../format/text'
import { age, clock, countdown, minute } from '../../format/time'
import { insteadText, label, reason, shownName, unit } from '../../format/value'
import { type Call, type Due, foremost, isOpen, type Place, place, type Scored, withheld } from '../../model/room'
import type { ChairState, State } from '../../model/state'
import {
  ageUs,
  type ChairWord,
  chairWord,
  heartTile,
  isTesting,
  NO_DIGITS,
  recorded,
  type Tile,
  troubles,
  vitalTile,
  wallUs,
} from '../../model/view'
import { LOOKS } from '../../ui/notice'
import { isCuff, notes, stateClass } from '../../ui/value'
import type { Chair } from '../../wire/wire'

/** One number of a tile with what stands beside it. */
export interface ValueFace {
  readonly vital: string
  readonly state: string
  readonly classes: string
  readonly label: string
  readonly unit: string
  readonly synthetic: boolean
  readonly mark: Tile['mark']
  readonly digits: string
  readonly mean: string | undefined
  readonly doubtful: boolean
  readonly lines: readonly string[]
  readonly gone: { readonly state: string; readonly says: string } | undefined
  readonly instead: { readonly because: string; readonly name: string; readonly says: string } | undefined
}

/** The line at the foot of a tile. */
export type LineFace =
  | {
      readonly is: 'notice'
      readonly from: Call['from']
      /** Word of the clinic's notice; empty for one of a monitor. */
      readonly kind: string
      readonly look: string
      readonly shape: string
      readonly sign: string
      readonly priority: string
      /** Seen by somebody: it stands without flashing. */
      readonly quiet: boolean
      readonly says: string
      readonly more: number
    }
  | { readonly is: 'trouble'; readonly says: string }

export interface Face {
  readonly id: string
  readonly chair: string
  readonly word: ChairWord
  /** The chair is for test patients only. */
  readonly test: boolean
  readonly standing: string
  readonly name: string
  readonly since: string
  readonly hint: string | undefined
  readonly values: readonly ValueFace[]
  /** The last sedation score and what is due; there while the session runs. */
  readonly care:
    | { readonly sedation: string; readonly what: string | undefined; readonly due: string; readonly late: boolean }
    | undefined
  readonly line: LineFace | undefined
  /** Where the small trend ends, UTC seconds. */
  readonly spark: SparkShown | undefined
}

/** Behind by more than this, a chair says how far it is recorded; below, the corner of the wall says it for all. */
const RECORD_BEHIND_US = 5_000_000

export function faceOf(state: State, chair: Chair): Face {
  const known = state.chairs.get(chair.id)
  const is = chairWord(state, known)
  const at = place(state, known)
  const hint = hintOf(is, known)
  const bare = known === undefined || is === 'loading' || hint !== undefined
  return {
    id: chair.id,
    chair: chair.name,
    word: is,
    test: isTesting(state, chair.id),
    standing: at.standing,
    name: at.name,
    since: at.sinceUs === undefined ? '' : text.sinceStart(age(at.sinceUs)),
    hint,
    values: bare
      ? []
      : [heartTile(state, known), vitalTile(state, known, 'spo2'), vitalTile(state, known, 'nibp')].map((tile) =>
          valueFace(state, tile, isOpen(known.session)),
        ),
    care: careOf(at),
    line: known && lineOf(state, known),
    spark: bare ? undefined : sparkSpan(wallUs(state), known.session),
  }
}

/** The phase of a session, or what a chair without one is. */
export const standingText = (standing: string): string =>
  Object.hasOwn(text.standing, standing) ? word(text.standing, standing) : word(text.session.phase, standing)

/** What to do about a chair that has no values to show. */
export function hintOf(is: ChairWord, known: ChairState | undefined): string | undefined {
  if (is === 'empty') return text.emptyDo
  if (is === 'waiting') {
    const held = known?.session !== undefined && isOpen(known.session) && withheld(known.session) !== undefined
    return held ? text.withheldDo : text.waitingDo
  }
  return is === 'loading' ? known?.refused : undefined
}

/** Where there are digits the note stands in the line above them, else beside the dashes, where it has room. */
export const above = (face: Pick<ValueFace, 'digits'>): boolean => face.digits !== NO_DIGITS

/** States whose second line is the last number. */
const GONE = new Set(['lost', 'absent'])

const said = (line: string) => line !== ''

/** The line above a pressure: its age, once it is old also its time; that the cuff measures, or what casts doubt on it. */
function cuffNote(state: State, { ageUs: old, reading, state: is, measuring, doubtful }: Tile): string {
  const time = is === 'old' && reading !== undefined ? minute(reading.at.wallUs, state.zone) : ''
  const more = measuring ? text.measuring : doubtful ? reason(reading?.reason) : time
  return [text.ageOf(age(old)), more].filter(said).join(', ')
}

function valueFace(state: State, tile: Tile, owned: boolean): ValueFace {
  const now = wallUs(state)
  const says = insteadText(tile, now, state.zone)
  const lines =
    isCuff(tile) && above(tile)
      ? [cuffNote(state, tile)]
      : notes({ tile, zone: state.zone, nowUs: now }, true).filter(said)
  return {
    vital: tile.vital,
    state: tile.state,
    classes: stateClass(tile),
    label: label(tile),
    unit: unit(tile.unit),
    synthetic: tile.synthetic,
    mark: tile.mark,
    digits: tile.digits,
    mean: tile.mean,
    doubtful: tile.doubtful,
    // Without a session the last number was somebody else's.
    lines: owned || !GONE.has(tile.state) ? lines : lines.slice(0, 1),
    gone: tile.link && { state: tile.link.state, says: word(text.linkGoneShort, tile.link.state) },
    instead:
      tile.instead === undefined || says === undefined
        ? undefined
        : { because: tile.instead.because, name: shownName(tile), says },
  }
}

/** Phases in which somebody looks after a patient: before them there is nothing to be due. */
const CARE = new Set(['baseline', 'infusing', 'paused', 'observing', 'ready'])

function careOf({ standing, sedation, due }: Place): Face['care'] {
  if (!CARE.has(standing)) return undefined
  return {
    sedation: sedation === undefined ? text.noSedation : scored(sedation),
    what: due?.what,
    due: due === undefined ? '' : dueText(due),
    late: due !== undefined && due.inUs < 0,
  }
}

function scored({ scale, score, ageUs: old }: Scored): string {
  // RASS runs through zero: its sign is part of it.
  const digits = scale === 'rass' && score > 0 ? `+${score}` : String(score)
  return text.sedation(word(text.scale, scale), digits, minutes(old))
}

export function dueText({ what, inUs }: Due): string {
  if (inUs < 0) return text.overdue[what]?.(minutes(-inUs)) ?? ''
  return text.due[what]?.(minutes(inUs)) ?? ''
}

/** In whole minutes, so that 24 tiles do not move every second. */
function minutes(us: number | undefined): string {
  return us !== undefined && us >= 0 && us < 60e6 ? text.underMinute : age(us)
}

/** What calls for a look comes before values that are withheld, trouble with a link and a record that is behind. */
function lineOf(state: State, known: ChairState): LineFace | undefined {
  const first = foremost(state, known)
  if (first !== undefined) return callFace(state, first.call, first.more)
  if (known.limitsFailed !== undefined) return { is: 'trouble', says: text.limitsFailed(known.limitsFailed) }
  const other = isOpen(known.session) ? withheld(known.session) : undefined
  if (other !== undefined) return { is: 'trouble', says: text.withheld(other.source) }
  const link = troubles(known)[0]
  if (link !== undefined) {
    const since = minute(link.since.wallUs, state.zone)
    return { is: 'trouble', says: text.linkTroubleSince(link.source, word(text.link, link.state), since) }
  }
  const record = recorded(state, known)
  const now = wallUs(state)
  const lags = known.mark !== undefined && known.mark.recorded < known.mark.head
  if (record.is !== 'to' || now === undefined || !lags || now - record.wallUs < RECORD_BEHIND_US) return undefined
  return { is: 'trouble', says: text.recordedTo(clock(record.wallUs, state.zone)) }
}

const OVERDUE = new Set(['cuff', 'assessment'])

/** A look of our own has the sign and shape of its level, as those of the monitor's priorities. */
const LEVELS: Record<string, string> = { urgent: 'high', look: 'medium' }

function callFace(state: State, call: Call, more: number): LineFace {
  const priority = call.from === 'monitor' ? call.relayed.notice.priority : (LEVELS[call.notice.level] ?? '')
  const { look, shape, sign } = LOOKS[priority] ?? { look: 'info', shape: 'circle', sign: '!' }
  const common = {
    is: 'notice',
    from: call.from,
    kind: call.from === 'clinic' ? call.notice.notice : '',
    look,
    shape,
    sign,
    priority,
    more,
  } as const
  if (call.from === 'monitor') {
    return { ...common, quiet: true, says: text.monitorSays(call.relayed.notice.text) }
  }
  const { notice, value, limit, since } = call.notice
  const name = word(text.limit, notice)
  // What is overdue says by how much already; how often it is expected stands on the chair's own screen.
  if (OVERDUE.has(notice)) return { ...common, quiet: call.quiet, says: `${name} ${value}` }
  const lasts = countdown(ageUs(state, since.monoUs))
  return { ...common, quiet: call.quiet, says: text.limitSays(name, value, limit, lasts) }
}
