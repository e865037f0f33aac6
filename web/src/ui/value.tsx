/**
 * One number with its state, age, source and reason. Browser tests read:
 * `[data-vital]` the tile, `data-state` on it, `.digits` in it. `.digits` is also what the watchdog's CSS hides.
 */
import { text, word } from '../format/text'
import { age, clockOrDay } from '../format/time'
import { label, reason, source, unit, whole } from '../format/value'
import type { Tile } from '../model/view'

interface Props {
  readonly tile: Tile
  readonly zone: string
  readonly nowUs: number | undefined
}

/** The colour of a vital: a class, because digits and lines have colours and nothing else has. */
const COLORS: Record<string, string> = {
  heart_rate: 'c-hr',
  pulse_rate: 'c-hr',
  spo2: 'c-spo2',
  nibp: 'c-nibp',
  art: 'c-nibp',
  resp_rate: 'c-rr',
}

/** Digits with the mark of doubt. */
export function Digits({ tile }: { readonly tile: Tile }) {
  return (
    <span class={`number ${COLORS[tile.vital] ?? ''}`}>
      <span class="digits">{tile.digits}</span>
      {tile.mean !== undefined && <span class="digits mean">({tile.mean})</span>}
      {tile.doubtful && <span class="doubt">?</span>}
    </span>
  )
}

const isCuff = (tile: Tile) => tile.vital === 'nibp'

/** The lines under the digits, most important first. */
export function notes({ tile, zone, nowUs }: Props): string[] {
  const { state, last, reading } = tile
  const lines: string[] = []
  const lastLine = last && text.last(whole(last), clockOrDay(last.at.wallUs, nowUs, zone))
  if (state === 'none') return [isCuff(tile) ? text.noCuff : text.noReading]
  if (state === 'lost') return [text.noSignal, lastLine ?? '']
  if (state === 'absent') return [reason(tile.reason) || text.noReading, lastLine ?? '']
  if (isCuff(tile) && reading !== undefined) {
    lines.push(`${text.ageOf(age(tile.ageUs))}, ${clockOrDay(reading.at.wallUs, nowUs, zone)}`)
  } else if (state === 'delayed') lines.push(text.ageOf(age(tile.ageUs)))
  if (tile.measuring) lines.push(text.measuring)
  if (tile.doubtful) lines.push(reason(tile.reason))
  return lines
}

/** Classes common to all sizes. */
export const stateClass = (tile: Tile) => `value s-${tile.state}${tile.synthetic ? ' demo' : ''}`

/** A tile of the live screen. */
export function ValueTile(props: Props & { readonly children?: preact.ComponentChildren; readonly large?: boolean }) {
  const { tile } = props
  const { reading, state } = tile
  const continuous = !isCuff(tile) && reading !== undefined && state !== 'lost' && state !== 'delayed'
  const flags = state === 'lost' ? [] : (reading?.flags ?? [])
  return (
    <section
      class={`tile ${stateClass(tile)}${props.large ? ' large' : ''}`}
      data-vital={tile.vital}
      data-state={state}
      data-synthetic={tile.synthetic || undefined}
      aria-label={word(text.spoken, tile.label)}
    >
      <div class="tile-head">
        <span class="label">{label(tile)}</span>
        <span class="unit">{unit(tile.unit)}</span>
        {tile.synthetic && <span class="demo-word">{text.demo}</span>}
      </div>
      <Digits tile={tile} />
      <div class="notes">
        {notes(props)
          .filter((line) => line !== '')
          .map((line, n) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines have a fixed order
            <div key={n} class={n === 0 ? 'note first' : 'note'}>
              {line}
            </div>
          ))}
        {continuous && <div class="note">{age(tile.ageUs)}</div>}
        {flags.length > 0 && <div class="note flags">{text.monitorSays(flags.join('; '))}</div>}
      </div>
      {props.children}
      {reading !== undefined && <div class="source">{source(reading)}</div>}
    </section>
  )
}
