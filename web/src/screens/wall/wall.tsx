/**
 * All chairs in room order. Never sorted by anything else: people find a chair by its place, and a second opinion on
 * who is worse off is not ours to give. Browser tests read: `[data-chair="1"]` a tile, `data-word` on it the chair's
 * state (`loading empty waiting live delayed absent lost`), `data-standing` where its session stands, and what
 * src/ui/value.tsx lists.
 */
import { useComputed } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { Spark } from '../../charts/spark'
import { distance } from '../../distance'
import { text, word } from '../../format/text'
import { fullScreen, hasFullScreen, reducedMotion, toggleFullScreen } from '../../kiosk'
import { shiftAt } from '../../model/burnin'
import { roomRecorded } from '../../model/room'
import { type ChairWord, reception } from '../../model/view'
import { follow, go, write } from '../../route'
import type { Store } from '../../store'
import { Clock, Life, RecordedTo } from '../../ui/frame'
import { Icon } from '../../ui/icons'
import { memo } from '../../ui/memo'
import { Digits } from '../../ui/value'
import { above, type Face, type LineFace, standingText, type ValueFace } from './face'
import { Faces, type Look } from './faces'

/** Grids for so many chairs; the next larger one is used. Columns and rows are in wall.css. */
const GRIDS = [1, 2, 4, 6, 9, 12, 16, 20, 24]

export interface WallProps {
  readonly store: Store
  painted(): void
}

export function Wall({ store, painted }: WallProps) {
  const faces = useRef(new Faces())
  const room = useComputed(() => faces.current.of(store.value)).value
  const { look, faces: tiles } = room
  // After the paint of every look: the watchdog takes the digits away when this stops.
  useEffect(painted, [look])
  const chairs = look.state.roster?.chairs
  return (
    <>
      <main class="wall-main">
        <h1 class="unseen">{text.wall}</h1>
        {chairs === undefined ? (
          <p class="empty-screen">{text.connecting}</p>
        ) : chairs.length === 0 ? (
          <NoChairs />
        ) : (
          <ol
            class={`wall grid-${GRIDS.find((n) => n >= chairs.length) ?? 'more'} far-${distance.value}`}
            data-shift={shiftAt(look.state.now.dateMs, reducedMotion.value)}
          >
            {tiles.map((face) => (
              <Tile key={face.id} face={face} store={store} parts={store.trends.parts(face.id)} />
            ))}
          </ol>
        )}
      </main>
      <Bar look={look} />
    </>
  )
}

/** The corner of the room: what this screen itself does, and the way to the others. Nothing of it has to be touched. */
const Bar = memo(
  function Bar({ look: { state, life } }: { readonly look: Look }) {
    const feed = reception(state)
    const connecting = state.connection !== 'up' && feed === 'ok'
    return (
      <footer class="wall-bar">
        <strong>{text.footer}</strong>
        <span class="spacer" />
        <span class={`feed-state f-${feed}`} data-feed-state={connecting ? 'connecting' : feed}>
          <Life frames={life} /> {connecting ? text.connectingShort : word(text.feed, feed)}
        </span>
        <RecordedTo recorded={roomRecorded(state)} zone={state.zone} />
        <span class="sound" data-sound="off">
          <Icon name="mute" /> {text.soundOff}
        </span>
        <Clock state={state} />
        {hasFullScreen() && (
          <button type="button" class="square" onClick={toggleFullScreen} aria-pressed={fullScreen.value}>
            <Icon name="full" />
            <span class="unseen">{fullScreen.value ? text.leaveFullScreen : text.fullScreen}</span>
          </button>
        )}
        <a class="button" href="/sessions" onClick={follow(() => go({ at: 'sessions' }))}>
          {text.sessions}
        </a>
        <a class="button" href="/sources" onClick={follow(() => go({ at: 'sources' }))}>
          {text.sources}
        </a>
        <a class="button" href="/settings" onClick={follow(() => go({ at: 'settings' }))}>
          {text.settings}
        </a>
      </footer>
    )
  },
  (a, b) => a.look === b.look,
)

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

interface TileProps {
  readonly face: Face
  readonly store: Store
  /** Parts of the chair's history that came. */
  readonly parts: number
}

const Tile = memo(
  function Tile({ face, store, parts }: TileProps) {
    const to = { at: 'live', chair: face.id } as const
    const { word: is, standing, line } = face
    const calls =
      line?.is === 'notice' && line.from === 'clinic' ? ` call-${line.look}${line.quiet ? ' seen' : ''}` : ''
    return (
      <li
        class={`chair w-${is}${calls}`}
        data-chair={face.id}
        data-word={is}
        data-standing={standing}
        data-test={face.test || undefined}
      >
        <div class={face.chair.length + face.name.length > LONG_NAME ? 'chair-head long' : 'chair-head'}>
          {/* The link covers the whole tile (wall.css), and its name is the chair's. */}
          <a class="chair-name" href={write(to)} onClick={follow(() => go(to))}>
            {face.chair}
          </a>
          {face.test && <span class="demo-word">{text.test}</span>}
          <span class="alias">{face.name}</span>
          <Word is={is} />
        </div>
        <div class="phase">
          <Icon name={standing} />
          <span>{standingText(standing)}</span>
          <span class="since">{face.since}</span>
        </div>
        {face.values.length === 0 ? (
          <div class="still">
            <Icon name={standing} />
            {face.hint !== undefined && <p class="hint">{face.hint}</p>}
          </div>
        ) : (
          <div class="values">
            {face.values.map((value) => (
              <Value key={value.vital === 'pulse_rate' ? 'heart_rate' : value.vital} face={value} />
            ))}
            {face.spark && <Spark store={store} chair={face.id} shown={face.spark} parts={parts} />}
          </div>
        )}
        <Care care={face.care} />
        <Line line={line} />
      </li>
    )
  },
  (a, b) => a.face === b.face && a.store === b.store && a.parts === b.parts,
)

/** Sedation and what is due; its room is kept, so that the numbers of all tiles of a row stand in one line. */
function Care({ care }: { readonly care: Face['care'] }) {
  return (
    <div class="care">
      <span data-sedation>{care?.sedation}</span>
      <span
        class={care?.late ? 'next-due late' : 'next-due'}
        data-due={care?.what}
        data-over={care?.late ? 'true' : undefined}
      >
        {care?.late && <Icon name="due" />}
        {care?.due}
      </span>
    </div>
  )
}

function Word({ is }: { readonly is: ChairWord }) {
  return (
    <span class="chair-word">
      <Icon name={is} />
      <span>{text.chair[is]}</span>
    </span>
  )
}

/** A value of a wall tile. */
function Value({ face }: { readonly face: ValueFace }) {
  const { lines, gone, instead } = face
  const short = above(face)
  return (
    <div
      class={`${face.classes} v-${face.vital}`}
      data-vital={face.vital}
      data-state={face.state}
      data-synthetic={face.synthetic || undefined}
      data-mark={face.mark}
    >
      <div class="tile-head">
        <span class="label">{face.label}</span>
        <span class="unit">{face.unit}</span>
        {face.mark !== undefined && <span class="demo-word">{text[face.mark]}</span>}
        {instead && (
          <span class="instead" data-instead={instead.because} title={instead.says}>
            <Icon name="instead" />
            <span aria-hidden="true">{instead.name}</span>
            <span class="unseen">{instead.says}</span>
          </span>
        )}
        {gone && (
          <span class="note gone" data-link={gone.state} title={gone.says}>
            <Icon name="lost" />
            <span class="gone-word">{gone.says}</span>
          </span>
        )}
        {short &&
          lines.map((line, n) => (
            <span key={n} class={n === 0 ? 'note first' : 'note'}>
              {line}
            </span>
          ))}
      </div>
      <div class="beside">
        <Digits tile={face} />
        {!short && (
          <div class="notes">
            {lines.map((line, n) => (
              <div key={n} class={n === 0 ? 'note first' : 'note'}>
                {line}
              </div>
            ))}
          </div>
        )}
      </div>
    </div>
  )
}

/** More letters than this of a chair and its patient do not fit beside the word of the chair. */
const LONG_NAME = 22

/** More letters than this do not fit into one line of the smallest tiles; they are set smaller, in two. */
const LONG = 28

/** The bottom line of a tile, there even when it says nothing: no number moves when it begins to. */
function Line({ line }: { readonly line: LineFace | undefined }) {
  if (line === undefined) return <p class="line" />
  const long = line.says.length > LONG ? ' long' : ''
  if (line.is === 'trouble') {
    return (
      <p class={`line trouble${long}`}>
        <Icon name="lost" />
        <span class="clamp">{line.says}</span>
      </p>
    )
  }
  return (
    <div
      class={`line notice ${line.look}${long}`}
      data-notice={line.from === 'monitor' ? line.priority : undefined}
      data-limit={line.from === 'clinic' ? line.kind : undefined}
      data-level={line.from === 'clinic' ? line.look : undefined}
      data-seen={line.from === 'clinic' && line.quiet ? 'true' : undefined}
    >
      <Icon name={line.shape} />
      <span class="sign">{line.sign}</span>
      <span class="notice-text">{line.says}</span>
      {line.more > 0 && <span class="more">{text.more(line.more)}</span>}
    </div>
  )
}
