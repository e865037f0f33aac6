/**
 * The session as the live screen showed it, blanks and outages included, striped from end to end so that nobody takes it for live.
 * Browser tests read `[data-replay]` (`playing` or `paused`), `[data-at]` (the moment, UTC milliseconds), and the tiles.
 */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import '../../styles/record.css'
import { Trend } from '../../charts/trend'
import { Outbox } from '../../feed/outbox'
import { text, word } from '../../format/text'
import { clock, clockOrDay, countdown, day, minute } from '../../format/time'
import { serverMonoUs } from '../../model/clock'
import { linesOf } from '../../model/lines'
import { ANYBODY } from '../../model/sender'
import { elapsed } from '../../model/session'
import { standing } from '../../model/standing'
import type { ChairState, State } from '../../model/state'
import { orderOf, troubles, wallUs } from '../../model/view'
import { follow, go, write } from '../../route'
import type { Store } from '../../store'
import { Icon } from '../../ui/icons'
import { LOOKS, Notice } from '../../ui/notice'
import type { SessionRecord } from '../../wire/wire'
import type { Bedside } from '../live/bedside'
import { DueList } from '../live/sheets/due'
import { Others, Tiles } from '../live/tiles'
import type { OfSession } from './ask'
import { type Loaded, useDrawing, useLoaded } from './load'
import { Player } from './player'
import { Waiting } from './record'
import { noticeName } from './say'
import { sinceText } from './when'
import { r } from './words'

const SPEEDS = [1, 2, 5, 10, 30, 60] as const
/** As often as the live screen looks at the ages. */
const TICK_MS = 250
/** Notices of the monitor that stand beside the trend, the newest first. */
const SAID = 5
/** A step of the keys. */
const STEP_US = 10e6

export function ReplayPage({ state, id }: OfSession) {
  const { loading } = useLoaded(id, 'replayed')
  if (loading.is !== 'here') return <Waiting state={state} loading={loading} id={id} />
  return <Playing state={state} loaded={loading} />
}

interface Controls {
  readonly atUs: number
  readonly playing: boolean
  readonly speed: number
  seek(us: number): void
  play(on: boolean): void
  setSpeed(speed: number): void
}

function useControls(player: Player): Controls {
  const [atUs, setAt] = useState(player.atUs)
  const [playing, play] = useState(false)
  const [speed, setSpeed] = useState<number>(10)
  const seek = (us: number) => {
    player.seek(us)
    setAt(player.atUs)
  }
  useEffect(() => {
    if (!playing) return
    let last = performance.now()
    const timer = setInterval(() => {
      const now = performance.now()
      player.advance(player.atUs + (now - last) * 1000 * speed)
      last = now
      setAt(player.atUs)
      if (player.atUs >= player.endUs) play(false)
    }, TICK_MS)
    return () => clearInterval(timer)
  }, [player, playing, speed])
  const start = (on: boolean) => {
    if (on && player.atUs >= player.endUs) seek(player.beginUs)
    play(on)
  }
  return { atUs, playing, speed, seek, play: start, setSpeed }
}

function Playing({ state, loaded }: { readonly state: State; readonly loaded: Loaded }) {
  const { record, stood } = loaded
  const { columns } = useDrawing(loaded, state)
  const chair = state.roster?.chairs.find(({ id }) => id === record.chair)
  const player = useMemo(() => new Player(record, columns, chair, stood), [record, columns, stood])
  const controls = useControls(player)
  useKeys(controls)
  const { store } = player
  const known = store.value.chairs.get(record.chair)
  return (
    <>
      <Stripe record={record} controls={controls} />
      <main
        class="replay"
        data-replay={controls.playing ? 'playing' : 'paused'}
        data-at={Math.round(controls.atUs / 1000)}
      >
        <Bar record={record} player={player} controls={controls} />
        {known !== undefined && <Shown store={store} known={known} record={record} />}
      </main>
    </>
  )
}

/** Space plays and stops, arrows step; Esc leads back to the record. */
function useKeys(controls: Controls): void {
  const now = useRef(controls)
  now.current = controls
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
      const at = event.target instanceof HTMLElement ? event.target.closest('button, a, input, select, .trend') : null
      const { atUs, playing, seek, play } = now.current
      if (event.key === 'Escape') history.back()
      else if (at !== null) return
      else if (event.key === ' ') play(!playing)
      else if (event.key === 'ArrowLeft') seek(atUs - STEP_US)
      else if (event.key === 'ArrowRight') seek(atUs + STEP_US)
      else return
      event.preventDefault()
    }
    document.addEventListener('keydown', pressed)
    return () => document.removeEventListener('keydown', pressed)
  }, [])
}

function Stripe({ record, controls }: { readonly record: SessionRecord; readonly controls: Controls }) {
  const { session, zone } = record
  const to = { at: 'record', session: session.id } as const
  const since = sinceText(controls.atUs, session.started?.wallUs)
  return (
    <header class="top replay-top">
      <a class="button" href={write(to)} onClick={follow(() => go(to))}>
        {r.toRecord}
      </a>
      <h1 class="replay-word">{r.replayWord}</h1>
      <span class="replay-who">
        <strong>{session.patient.name}</strong>
        <span>
          {text.session.born(session.patient.born)} {session.patient.id}
        </span>
      </span>
      <span class="spacer" />
      <span class="replay-time">
        <span>{day(controls.atUs, zone)}</span>
        <strong>
          {clock(controls.atUs, zone)}
          {since !== '' && ` T+ ${since}`}
        </strong>
      </span>
    </header>
  )
}

function Bar({ record, player, controls }: { record: SessionRecord; player: Player; controls: Controls }) {
  const { atUs, playing, speed, seek, play, setSpeed } = controls
  const marks = useMemo(() => momentsOf(record), [record])
  const before = marks.findLast((us) => us < atUs - 1e6)
  const after = marks.find((us) => us > atUs)
  return (
    <div class="replay-bar">
      <button type="button" class="play" onClick={() => play(!playing)} data-act="play">
        {playing ? r.pause : r.play}
      </button>
      <button type="button" disabled={before === undefined} onClick={() => before !== undefined && seek(before)}>
        {r.eventBefore}
      </button>
      <button type="button" disabled={after === undefined} onClick={() => after !== undefined && seek(after)}>
        {r.nextEvent}
      </button>
      <label class="grow seek">
        <span class="unseen">{r.seek}</span>
        <input
          type="range"
          min={0}
          max={Math.ceil((player.endUs - player.beginUs) / 1e6)}
          step={1}
          value={Math.round((atUs - player.beginUs) / 1e6)}
          aria-valuetext={clock(atUs, record.zone)}
          onInput={(event) => seek(player.beginUs + Number(event.currentTarget.value) * 1e6)}
        />
      </label>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is of a form */}
      <div class="chips" role="group" aria-label={r.speed}>
        {SPEEDS.map((it) => (
          <button type="button" key={it} aria-pressed={it === speed} onClick={() => setSpeed(it)}>
            {it}×
          </button>
        ))}
      </div>
    </div>
  )
}

/** Where something happened: acts, notices, links. */
function momentsOf({ session, notes, limits, begin, end }: SessionRecord): number[] {
  const all = [
    ...session.acts.map(({ received }) => received.wallUs),
    ...notes.map(({ at }) => at.wallUs),
    ...limits.map(({ raised }) => raised.wallUs),
  ]
  return [...new Set(all.filter((us) => us >= begin.wallUs && us <= end.wallUs))].sort((a, b) => a - b)
}

/** Takes no press: a session that is over is not entered into from here. */
const inert = new Outbox({
  keep: undefined,
  post: () => Promise.reject(new Error('a replay takes no acts')),
  alone: (run) => run(),
  after: () => () => {},
  nowMs: () => 0,
  tell: () => {},
  sender: () => ANYBODY,
  whoIsIt: () => {},
})

function bedsideOf(store: Store, known: ChairState): Bedside {
  const state = store.value
  const stands = standing(state, known, [])
  const nowUs = wallUs(state)
  return {
    state,
    known,
    id: known.id,
    standing: stands,
    opening: false,
    lines: linesOf(stands && known.session, [], known.id),
    queue: [],
    outbox: inert,
    sequences: store.sequences,
    time: () => nowUs ?? 0,
    nowUs,
    monoUs: state.clock && serverMonoUs(state.clock, state.now),
    sheet: undefined,
    show: () => {},
    chosen: undefined,
    tab: () => {},
    press: () => {},
    begin: () => {},
    lockWhenSent: () => {},
  }
}

function Shown({ store, known, record }: { store: Store; known: ChairState; record: SessionRecord }) {
  const at = bedsideOf(store, known)
  const { state, standing: stands, nowUs } = at
  return (
    <div class="live in-session">
      <p class="replay-phase">
        <strong>{stands === undefined ? r.notHeld : word(text.session.phase, stands.phase)}</strong>
        {stands?.elapsedUs !== undefined && <span> {text.session.tPlus(elapsed(stands.elapsedUs))}</span>}
        {stands !== undefined && <span class="muted"> {stands.session.nurse.name}</span>}
      </p>
      <Tiles at={at} />
      <Others at={at} />
      <div class="replay-lower">
        <Trend
          trends={store.trends}
          chair={known.id}
          session={known.session}
          nowS={nowUs === undefined ? undefined : nowUs / 1e6}
          zone={record.zone}
          everyUs={(source) => known.everyUs.get(source) ?? 0}
          order={(vital) => orderOf(state, known.id, vital)}
        />
        <div class="replay-says">
          {at.standing !== undefined && <DueList at={at} stands={at.standing} idle />}
          <Limits known={known} record={record} nowUs={nowUs} />
          {troubles(known).map((link) => (
            <p key={link.source} class="trouble" data-trouble={link.source}>
              <Icon name="lost" />
              {text.linkTrouble(
                link.source,
                word(text.link, link.state),
                clockOrDay(link.since.wallUs, nowUs, record.zone),
                link.reason,
              )}
            </p>
          ))}
          {known.notices.slice(0, SAID).map((relayed) => (
            <Notice key={`${relayed.notice.seq}`} relayed={relayed} zone={record.zone} long />
          ))}
        </div>
      </div>
    </div>
  )
}

function Limits({ known, record, nowUs }: { known: ChairState; record: SessionRecord; nowUs: number | undefined }) {
  return (
    <>
      {(known.limitNotices ?? []).map((it) => {
        const look = LOOKS[it.level === 'urgent' ? 'high' : 'medium']
        return (
          <div key={`${it.notice} ${it.since.wallUs}`} class={`notice ${look?.look ?? 'info'}`} data-limit={it.notice}>
            <Icon name={look?.shape ?? 'circle'} />
            <span class="sign">{look?.sign ?? '!'}</span>
            <span class="notice-text">{text.session.noticeSays(noticeName(it.notice), it.value, it.limit)}</span>
            <span>{nowUs === undefined ? '' : countdown(nowUs - it.since.wallUs)}</span>
            {it.seenBy !== undefined && (
              <span>
                {text.session.seenBy(
                  it.seenBy.name,
                  it.quietUntil === undefined ? '' : minute(it.quietUntil.wallUs, record.zone),
                )}
              </span>
            )}
            <span class="unseen">{clock(it.since.wallUs, record.zone)}</span>
          </div>
        )
      })}
    </>
  )
}
