/**
 * The values of the chair with what belongs to a session: the change from baseline, the limits in force, values that were typed
 * because the monitor has none, marks of artefacts, and when the next cuff reading is due (L2, L3, L7).
 */
import { text, word } from '../../format/text'
import { clockOrDay, minute } from '../../format/time'
import { whole } from '../../format/value'
import { baselineOf, changeOf } from '../../model/change'
import { countdown } from '../../model/due'
import { type InForce, inForce, limitsOf } from '../../model/inforce'
import { isArtefact } from '../../model/lines'
import { initials, type TypedValue, typedOf, typedText } from '../../model/typed'
import { cuffPulseTile, heartTile, otherTiles, pulseTile, type Tile, vitalTile } from '../../model/view'
import { Icon } from '../../ui/icons'
import { CompactTile, ValueTile } from '../../ui/value'
import type { Bedside } from './bedside'

const t = text.session

interface OfTile {
  readonly at: Bedside
  readonly tile: Tile
  readonly limits: readonly InForce[]
}

export function Tiles({ at }: { readonly at: Bedside }) {
  const { state, known } = at
  const limits = at.standing === undefined ? [] : inForce(state.clinic, at.lines)
  const heart = heartTile(state, known)
  const spo2 = vitalTile(state, known, 'spo2')
  const pulse = heart.vital === 'pulse_rate' ? undefined : pulseTile(state, known, spo2)
  return (
    <div class="tiles">
      <Large at={at} tile={heart} limits={limits} />
      <Large at={at} tile={spo2} limits={limits}>
        {pulse !== undefined && pulse.state !== 'none' && (
          <div class={`second s-${pulse.state}`}>
            {word(text.label, pulse.label)} <span class="digits">{pulse.digits}</span>
            {pulse.doubtful && '?'}
            {pulse.reading?.source !== spo2.reading?.source && <span class="source"> {pulse.reading?.source}</span>}
          </div>
        )}
      </Large>
      <Cuff at={at} limits={limits} />
      <Large at={at} tile={vitalTile(state, known, 'resp_rate')} limits={limits} />
    </div>
  )
}

/** Everything else the monitors send: nothing that was received stays invisible. */
export function Others({ at }: { readonly at: Bedside }) {
  const others = otherTiles(at.state, at.known)
  if (others.length === 0) return null
  return (
    <div class="others">
      {others.map((tile) => (
        <CompactTile key={`${tile.vital} ${tile.site}`} zone={at.state.zone} nowUs={at.nowUs} tile={tile} />
      ))}
    </div>
  )
}

/** Whether the shown reading is marked as an artefact. */
function marked(at: Bedside, tile: Tile): boolean {
  const seq = (tile.last ?? tile.reading)?.seq
  return seq !== undefined && isArtefact(at.lines, tile.vital, seq)
}

/** The typed value that stands in a tile: where the monitor has none now, or none as new of the cuff. */
function handValue(at: Bedside, tile: Tile): TypedValue | undefined {
  if (at.standing === undefined) return undefined
  const [newest] = typedOf(at.lines, tile.vital, at.nowUs)
  if (newest === undefined || newest.state === 'lost') return undefined
  const none = tile.state === 'none' || tile.state === 'lost' || tile.state === 'absent'
  const older = tile.vital === 'nibp' && tile.reading !== undefined && tile.reading.at.wallUs < newest.wallUs
  return none || older ? newest : undefined
}

type LargeProps = OfTile & { readonly children?: preact.ComponentChildren }

function Large({ at, tile, limits, children }: LargeProps) {
  const hand = handValue(at, tile)
  if (hand !== undefined) return <HandTile at={at} tile={tile} limits={limits} hand={hand} />
  return (
    <ValueTile tile={tile} zone={at.state.zone} nowUs={at.nowUs} struck={marked(at, tile)}>
      {children}
      <Against at={at} tile={tile} limits={limits} />
    </ValueTile>
  )
}

/** The urgent limit bears a sign, as its notice does. */
const spans = ({ look, urgent }: { look: string; urgent: string }) =>
  [look, urgent === '' ? '' : `${urgent}!`].filter((it) => it !== '').join(', ')

/** What the number stands against: the baseline and the limits in force. Nothing is judged here. */
function Against({ at, tile, limits }: OfTile) {
  const { standing } = at
  if (standing === undefined) return null
  const from = baselineOf(standing.session.baseline, tile.vital, tile.unit)
  const change = from && changeOf(from, tile.digits)
  const was = from && typedText(from)
  const limit = limitsOf(limits, tile.vital).map(spans)
  if (was === undefined && limit.length === 0) return null
  return (
    <div class="against">
      {was !== undefined && (
        <span data-change={change} class="whole">
          {change === undefined ? t.baselineIs(was) : t.fromBaseline(change, was)}
        </span>
      )}
      {limit.length > 0 && <span class="muted">{t.limit(limit.join(' / '))}</span>}
    </div>
  )
}

/** A typed value in the place of the monitor's: a hand, the time, and who. */
function HandTile({ at, tile, limits, hand }: OfTile & { readonly hand: TypedValue }) {
  const [digits = '', mean] = typedText(hand.values).split(' ')
  const shown: Tile = { ...tile, digits, mean: undefined }
  return (
    <section
      class={`tile large value s-typed${hand.state === 'old' ? ' s-old' : ''}`}
      data-vital={tile.vital}
      data-state="typed"
      aria-label={`${word(text.spoken, tile.label)}, ${t.typedMark}`}
    >
      <div class="tile-head">
        <span class="label">{word(text.label, tile.label)}</span>
        <Icon name="hand" />
      </div>
      <span class="number">
        <span class="digits">{digits}</span>
        {mean !== undefined && <span class="digits mean">{mean}</span>}
      </span>
      <div class="notes">
        <div class="note first">{t.typedAt(minute(hand.wallUs, at.state.zone), initials(hand.by))}</div>
      </div>
      {tile.vital === 'nibp' && <Earlier at={at} skip={hand.wallUs} />}
      <Against at={at} tile={shown} limits={limits} />
    </section>
  )
}

/** Cuff readings besides the one in large digits. */
const EARLIER = 3

function Cuff({ at, limits }: { readonly at: Bedside; readonly limits: readonly InForce[] }) {
  const { state, known } = at
  const tile = vitalTile(state, known, 'nibp')
  const pulse = cuffPulseTile(state, known, tile)
  const shown = (tile.last ?? tile.reading)?.at.wallUs
  return (
    <Large at={at} tile={tile} limits={limits}>
      {pulse.state !== 'none' &&
        pulse.state !== 'lost' &&
        tile.last === undefined &&
        pulse.reading?.at.wallUs === shown && (
          <div class="second">
            <span class="digits">{text.pulseFromCuff(pulse.digits)}</span>
          </div>
        )}
      <CuffDue at={at} />
      <Earlier at={at} skip={shown} />
    </Large>
  )
}

/** When the next cuff reading is expected. */
function CuffDue({ at }: { readonly at: Bedside }) {
  const due = at.standing?.session.schedule?.cuffDue
  if (due === undefined || at.monoUs === undefined) return null
  const left = due.monoUs - at.monoUs
  return (
    <span class={`cuff-due${left < 0 ? ' over' : ''}`} data-cuff-due={left < 0 ? 'over' : 'in'}>
      {left < 0 ? t.overdue(countdown(left)) : t.cuffDueIn(countdown(left))}
    </span>
  )
}

/** The readings before, of the monitor and typed, newest first. */
function Earlier({ at, skip }: { readonly at: Bedside; readonly skip: number | undefined }) {
  const { known, state } = at
  const several = new Set(known.cuffs.map((cuff) => cuff.source)).size > 1
  const cuffs = known.cuffs.map((cuff) => ({ wallUs: cuff.at.wallUs, cuff, hand: undefined }))
  const hands = at.standing === undefined ? [] : typedOf(at.lines, 'nibp', at.nowUs)
  const all = [...cuffs, ...hands.map((hand) => ({ wallUs: hand.wallUs, cuff: undefined, hand }))]
    .filter(({ wallUs }) => wallUs !== skip)
    .sort((a, b) => b.wallUs - a.wallUs)
    .slice(0, EARLIER)
  if (all.length === 0) return null
  // In a session there is room for what counts: the minute, and the two pressures.
  const short = at.standing !== undefined
  const time = (wallUs: number) => (short ? minute(wallUs, state.zone) : clockOrDay(wallUs, at.nowUs, state.zone))
  const pair = (digits: string) => (short ? (digits.split(' ')[0] ?? digits) : digits)
  return (
    <ol class="earlier" aria-label={text.lastCuffs}>
      {all.map(({ wallUs, cuff, hand }) => {
        const struck = cuff !== undefined && isArtefact(at.lines, 'nibp', cuff.seq)
        return (
          <li key={cuff?.seq ?? hand?.line.key} class={struck ? 'struck' : undefined}>
            <span class="muted">{time(wallUs)}</span>{' '}
            <span class="reading">{cuff === undefined ? pair(typedText(hand?.values ?? [])) : pair(whole(cuff))}</span>
            {cuff?.state === 'questionable' && ' ?'}
            {cuff?.synthetic && ` ${text.demo}`}
            {struck && <span class="muted"> {t.artefactMark}</span>}
            {hand !== undefined && <span class="muted"> {t.typedMark}</span>}
            {several && cuff !== undefined && <span class="muted"> {cuff.source}</span>}
          </li>
        )
      })}
    </ol>
  )
}
