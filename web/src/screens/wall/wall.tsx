/**
 * All chairs in room order. Never sorted by anything else: people find a chair by its place, and a second opinion on
 * who is worse off is not ours to give. Browser tests read: `[data-chair="1"]` a tile, `data-word` on it the chair's
 * state (`loading empty waiting live delayed absent lost`), and what src/ui/value.tsx lists.
 */
import { Spark } from '../../charts/spark'
import type { Trends } from '../../feed/trend'
import { text, word } from '../../format/text'
import { clock } from '../../format/time'
import { label, unit } from '../../format/value'
import type { ChairState, State } from '../../model/state'
import {
  type ChairWord,
  chairWord,
  freshNotice,
  heartTile,
  NO_DIGITS,
  orderOf,
  recorded,
  type Tile,
  troubles,
  vitalTile,
  wallUs,
} from '../../model/view'
import { go, write } from '../../route'
import { Clock, Life } from '../../ui/frame'
import { Icon } from '../../ui/icons'
import { Notice } from '../../ui/notice'
import { Digits, Gone, Instead, isCuff, notes, stateClass } from '../../ui/value'
import type { Chair } from '../../wire/wire'

interface Props {
  readonly state: State
  readonly trends: Trends
}

/** Grids for so many chairs; the next larger one is used. Columns and rows are in wall.css. */
const GRIDS = [1, 2, 4, 6, 9, 12, 16, 20, 24]

export function Wall({ state, trends }: Props) {
  const chairs = state.roster?.chairs
  return (
    <>
      <header class="top">
        <h1>{text.wall}</h1>
        <Life frames={state.frames} />
        <span class="spacer" />
        <Clock state={state} />
        <a class="button" href="/settings" onClick={follow(() => go({ at: 'settings' }))}>
          {text.settings}
        </a>
      </header>
      <main>
        {chairs === undefined ? (
          <p class="empty-screen">{text.connecting}</p>
        ) : chairs.length === 0 ? (
          <NoChairs />
        ) : (
          <ol class={`wall grid-${GRIDS.find((n) => n >= chairs.length) ?? 'more'}`}>
            {chairs.map((chair) => (
              <WallTile key={chair.id} chair={chair} state={state} trends={trends} />
            ))}
          </ol>
        )}
      </main>
    </>
  )
}

/** Lets the browser open a link in its own ways (new tab) and does the rest without loading the page anew. */
export const follow = (to: () => void) => (event: MouseEvent) => {
  if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return
  event.preventDefault()
  to()
}

function NoChairs() {
  return (
    <div class="empty-screen">
      <h2>{text.noChairs}</h2>
      <p>{text.noChairsDo}</p>
      <a class="button main" href="/settings" onClick={follow(() => go({ at: 'settings' }))}>
        {text.addChairs}
      </a>
    </div>
  )
}

function WallTile({ chair, state, trends }: Props & { readonly chair: Chair }) {
  const known = state.chairs.get(chair.id)
  const is = chairWord(state, known)
  const hint = hintOf(is, known)
  const to = { at: 'live', chair: chair.id } as const
  return (
    <li class={`chair w-${is}`} data-chair={chair.id} data-word={is}>
      <div class="chair-head">
        {/* The link covers the whole tile (wall.css), and its name is the chair's. */}
        <a class="chair-name" href={write(to)} onClick={follow(() => go(to))}>
          {chair.name}
        </a>
        <Word is={is} />
      </div>
      {known === undefined || is === 'loading' || hint !== undefined ? (
        <p class="hint">{hint}</p>
      ) : (
        <Values chair={chair.id} state={state} known={known} trends={trends} />
      )}
      <Line state={state} known={known} />
    </li>
  )
}

/** What to do about a chair that has no values to show. */
export function hintOf(is: ChairWord, known: ChairState | undefined): string | undefined {
  if (is === 'empty') return text.emptyDo
  if (is === 'waiting') return text.waitingDo
  return is === 'loading' ? known?.refused : undefined
}

function Word({ is }: { readonly is: ChairWord }) {
  return (
    <span class="chair-word">
      <Icon name={is} />
      {text.chair[is]}
    </span>
  )
}

function Values(props: { chair: string; state: State; known: ChairState; trends: Trends }) {
  const { chair, state, known, trends } = props
  const now = wallUs(state)
  return (
    <div class="values">
      <Value tile={heartTile(state, known)} state={state} nowUs={now} />
      <Value tile={vitalTile(state, known, 'spo2')} state={state} nowUs={now} />
      <Value tile={vitalTile(state, known, 'nibp')} state={state} nowUs={now} />
      <Spark
        trends={trends}
        chair={chair}
        nowS={now === undefined ? undefined : now / 1e6}
        everyUs={(source) => known.everyUs.get(source) ?? 0}
        order={(vital) => orderOf(state, chair, vital)}
      />
    </div>
  )
}

interface ValueProps {
  readonly tile: Tile
  readonly state: State
  readonly nowUs: number | undefined
}

/** A value of a wall tile. Notes stand beside the digits; those of a pressure, which is wide, in the line above it. */
function Value({ tile, state, nowUs }: ValueProps) {
  const lines = notes({ tile, zone: state.zone, nowUs }, true).filter((line) => line !== '')
  const above = isCuff(tile) && tile.digits !== NO_DIGITS
  return (
    <div
      class={`${stateClass(tile)} v-${tile.vital}`}
      data-vital={tile.vital}
      data-state={tile.state}
      data-synthetic={tile.synthetic || undefined}
    >
      <div class="tile-head">
        <span class="label">{label(tile)}</span>
        {/* While the link is gone its words take the room of the unit, so that no number moves. */}
        <span class={tile.link === undefined || above ? 'unit' : 'unit unseen'}>{unit(tile.unit)}</span>
        {tile.synthetic && <span class="demo-word">{text.demo}</span>}
        <Instead tile={tile} zone={state.zone} nowUs={nowUs} short />
        <Gone tile={tile} room={above ? 'shape' : 'short'} />
        {above && (
          <span class="note">{[lines[0], tile.measuring ? text.measuring : ''].filter((line) => line).join(', ')}</span>
        )}
      </div>
      <div class="beside">
        <Digits tile={tile} />
        {!above && (
          <div class="notes">
            {lines.map((line, n) => (
              <div key={line} class={n === 0 ? 'note first' : 'note'}>
                {line}
              </div>
            ))}
          </div>
        )}
      </div>
    </div>
  )
}

/** The bottom line of a tile: the monitor's notice before trouble with a link before trouble with the record. */
function Line({ state, known }: { readonly state: State; readonly known: ChairState | undefined }) {
  if (known === undefined) return null
  const notice = freshNotice(state, known)
  if (notice !== undefined) return <Notice relayed={notice} zone={state.zone} />
  const trouble = troubles(known)[0]
  if (trouble !== undefined) {
    return (
      <p class="trouble">
        <Icon name="lost" />
        <span class="clamp">
          {text.linkTroubleSince(
            trouble.source,
            word(text.link, trouble.state),
            clock(trouble.since.wallUs, state.zone),
          )}
        </span>
      </p>
    )
  }
  const record = recorded(state, known)
  if (record.is === 'to') return <p class="trouble quiet">{text.recordedTo(clock(record.wallUs, state.zone))}</p>
  return null
}
