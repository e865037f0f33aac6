/**
 * One number with its state, age, source and reason. Browser tests read:
 * `[data-vital]` the tile, `data-state` on it, `.digits` in it. `.digits` is also what the watchdog's CSS hides.
 */
import { text, word } from '../format/text'
import { age, clockOrDay, minute } from '../format/time'
import { insteadText, label, reason, remarks, shownName, source, unit, whole } from '../format/value'
import type { Tile } from '../model/view'
import { follow, go, write } from '../route'
import { Icon } from './icons'

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

/** `128/119`: longer ones (kilopascal) are set smaller on the wall. */
const USUAL_DIGITS = 7

/** Digits with the mark of doubt. */
export function Digits({ tile }: { readonly tile: Pick<Tile, 'vital' | 'digits' | 'doubtful' | 'mean'> }) {
  return (
    <span class={`number ${COLORS[tile.vital] ?? ''}${tile.digits.length > USUAL_DIGITS ? ' wide' : ''}`}>
      <span class="digits">{tile.digits}</span>
      {tile.doubtful && <span class="doubt">?</span>}
      {tile.mean !== undefined && <span class="digits mean">({tile.mean})</span>}
    </span>
  )
}

export const isCuff = (tile: Tile) => tile.vital === 'nibp'

/** The lines under the digits, most important first; `short` leaves the seconds of a cuff reading out. */
export function notes({ tile, zone, nowUs }: Props, short = false): string[] {
  const { state, last, reading } = tile
  const lines: string[] = []
  const lastLine = last && text.last(whole(last), clockOrDay(last.at.wallUs, nowUs, zone))
  if (state === 'none') return [isCuff(tile) ? text.noCuff : text.noReading]
  if (state === 'lost') {
    const word = isCuff(tile) && !tile.cut ? text.cuffTooOld : text.noSignal
    return [tile.measuring ? text.measuring : word, lastLine ?? '']
  }
  if (state === 'absent') return [reason(tile.reason) || text.noReading, lastLine ?? '']
  if (isCuff(tile) && reading !== undefined) {
    const time = short ? minute(reading.at.wallUs, zone) : clockOrDay(reading.at.wallUs, nowUs, zone)
    lines.push(`${text.ageOf(age(tile.ageUs))}, ${time}`)
  } else if (state === 'delayed') lines.push(text.ageOf(age(tile.ageUs)))
  if (tile.measuring) lines.push(text.measuring)
  if (tile.doubtful) lines.push(reason(tile.reason))
  return lines
}

/** How much of the words there is room for. */
type Room = 'whole' | 'short' | 'shape'

/** The link of the shown reading, when it is gone: a shape and a word, at once; the digits go by their age. */
export function Gone({ tile, room = 'whole' }: { readonly tile: Tile; readonly room?: Room }) {
  if (tile.link === undefined) return null
  const words = word(room === 'whole' ? text.linkGone : text.linkGoneShort, tile.link.state)
  return (
    <span class="note gone" data-link={tile.link.state} title={words}>
      <Icon name="lost" />
      {room === 'shape' ? <span class="unseen">{words}</span> : words}
    </span>
  )
}

/** That another source than the first choice is shown: the whole sentence, or where there is little room its name only. */
export function Instead({ tile, zone, nowUs, short }: Props & { readonly short?: boolean }) {
  const says = insteadText(tile, nowUs, zone)
  if (says === undefined) return null
  return (
    <span class="instead" data-instead={tile.instead?.because} title={says}>
      <Icon name="instead" />
      {short ? (
        <>
          <span aria-hidden="true">{shownName(tile)}</span>
          <span class="unseen">{says}</span>
        </>
      ) : (
        // A name such as nonin-1 stays in one piece.
        says.split(' ').map((part, n) => (
          <>
            {n > 0 && ' '}
            <span class="whole">{part}</span>
          </>
        ))
      )}
    </span>
  )
}

/** Classes common to all sizes. */
export const stateClass = (tile: Tile) =>
  `value s-${tile.state}${tile.state === 'lost' && (tile.cut || tile.link !== undefined || !isCuff(tile)) ? ' hatched' : ''}${tile.mark === undefined ? '' : ' demo'}`

/** What both sizes of a tile on the live screen say of it: its state to tests and readers, its source at rest. */
const frame = (tile: Tile, size: 'large' | 'compact') => ({
  class: `tile ${size} ${stateClass(tile)}`,
  'data-vital': tile.vital,
  'data-state': tile.state,
  'data-synthetic': tile.synthetic || undefined,
  'data-mark': tile.mark,
  'aria-label': `${word(text.spoken, tile.label)} ${tile.site}`.trim(),
  title: tile.reading && source(tile.reading),
})

/** Where the number comes from: always named; loud when it is not the first choice. */
function Origin(props: Props & { readonly short?: boolean }) {
  if (props.tile.instead !== undefined) return <Instead {...props} />
  return props.tile.reading === undefined ? null : <span class="source">{source(props.tile.reading)}</span>
}

/** The age that stands in a note of its own only while the value is live; afterwards `notes` says it. */
function liveAge({ state, reading, ...tile }: Tile): string | undefined {
  const says = reading !== undefined && reading.vital !== 'nibp' && state !== 'lost' && state !== 'delayed'
  return says ? age(tile.ageUs) : undefined
}

/** What the monitor says beside the number, while there is one. */
function flagsOf({ state, reading }: Tile): string | undefined {
  const flags = state === 'lost' || reading === undefined ? [] : remarks(reading)
  return flags.length > 0 ? text.monitorSays(flags.join('; ')) : undefined
}

function Head({ tile }: { readonly tile: Tile }) {
  return (
    <div class="tile-head">
      <span class="label">{label(tile)}</span>
      <span class="unit">{unit(tile.unit)}</span>
      {tile.mark !== undefined && <span class="demo-word">{text[tile.mark]}</span>}
    </div>
  )
}

/** The first note: where a value is lost, the way to its source, which says what to do. */
function First({ tile, line }: { readonly tile: Tile; readonly line: string }) {
  const source = tile.reading?.source ?? tile.last?.source
  if (line !== text.noSignal || source === undefined) return <div class="note first">{line}</div>
  const to = { at: 'sources', source } as const
  return (
    <div class="note first">
      <a
        class="to-lost"
        href={write(to)}
        aria-label={`${line}. ${text.whatToDoAt(source)}`}
        onClick={follow(() => go(to))}
      >
        {line}
      </a>
    </div>
  )
}

/** One of the four large tiles of the live screen. */
export function ValueTile(props: Props & { readonly struck?: boolean; readonly children?: preact.ComponentChildren }) {
  const { tile } = props
  const flags = flagsOf(tile)
  const old = liveAge(tile)
  return (
    <section {...frame(tile, 'large')} data-struck={props.struck || undefined}>
      <Head tile={tile} />
      <Digits tile={tile} />
      <div class="notes">
        <Gone tile={tile} />
        {props.struck && <div class="note struck-word">{text.session.artefactMark}</div>}
        {notes(props)
          .filter((line) => line !== '')
          .map((line, n) =>
            n === 0 ? (
              <First key={n} tile={tile} line={line} />
            ) : (
              <div key={n} class="note">
                {line}
              </div>
            ),
          )}
        {flags !== undefined && <div class="note flags">{flags}</div>}
      </div>
      {props.children}
      <div class="foot">
        {old !== undefined && <span class="note">{old}</span>}
        <Origin {...props} />
      </div>
    </section>
  )
}

/** Everything else a large monitor sends: the name above, number and notes in one line while they fit. */
export function CompactTile(props: Props) {
  const { tile } = props
  const lines = [...notes(props), flagsOf(tile) ?? ''].filter((line) => line !== '')
  const old = liveAge(tile)
  return (
    <section {...frame(tile, 'compact')}>
      <Head tile={tile} />
      <div class="foot">
        <Digits tile={tile} />
        <Gone tile={tile} room="short" />
        {lines.map((line, n) => (
          <span key={line} class={n === 0 ? 'note first' : 'note'}>
            {line}
          </span>
        ))}
        <span class="end">
          {old !== undefined && <span class="note">{old}</span>}
          <Origin {...props} short />
        </span>
      </div>
    </section>
  )
}
