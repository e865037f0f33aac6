/** Which screen stands where, and the keys that work on all of them. */
import { signal, useComputed } from '@preact/signals'
import type { FunctionComponent } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import type { Outbox } from './feed/outbox'
import { text } from './format/text'
import type { State } from './model/state'
import { Relevant } from './relevant'
import { go, route } from './route'
import type { LiveProps } from './screens/live/live'
import type { OfSession } from './screens/record/ask'
import type { Ask } from './screens/sources/ask'
import type { WallProps } from './screens/wall/wall'
import type { Store } from './store'
import { theme } from './theme'
import { Banners, Footer } from './ui/frame'
import { lazy } from './ui/lazy'

/** The server speaks another wire and a reload has not helped yet. */
export const outdated = signal(false)
/** The server is newer than this page, which waits for the end of the last session. */
export const waiting = signal(false)

const Wall = lazy<WallProps>(async () => (await import('./screens/wall/wall')).Wall)
const Live = lazy<LiveProps>(async () => (await import('./screens/live/live')).Live)
const Settings: FunctionComponent<{ readonly state: State; readonly part: string | undefined }> = lazy(
  async () => (await import('./screens/settings/settings')).Settings,
)
const Sources: FunctionComponent<{ readonly state: State; readonly ask: Ask; readonly open: string | undefined }> =
  lazy(async () => (await import('./screens/sources/sources')).Sources)
const Health: FunctionComponent<{ readonly state: State; readonly ask: Ask }> = lazy(
  async () => (await import('./screens/health/health')).Health,
)

const Sessions = lazy<{ readonly state: State }>(async () => (await import('./screens/record/list')).Sessions)
const SessionPage = lazy<OfSession>(async () => (await import('./screens/record/record')).RecordPage)
const Replay = lazy<OfSession>(async () => (await import('./screens/record/replay')).ReplayPage)
const Course = lazy<OfSession>(async () => (await import('./screens/course/course')).CoursePage)

/** Fetches the screens a nurse goes to next, so that they are there when the server is not. */
export function fetchScreens(): void {
  void Wall.load()
  void Live.load()
}

interface Props {
  readonly store: Store
  readonly outbox: Outbox
  /** Name of the recorded session, when this is one. */
  readonly replay: string | undefined
  readonly ask: Ask
  painted(): void
}

export function App({ store, outbox, replay, ask, painted }: Props) {
  const at = route.value
  return (
    <div class={`screen screen-${at.at}`} key={theme.value}>
      {replay !== undefined && <aside class="stripe">{text.replay(replay)}</aside>}
      <Top store={store} />
      {at.at === 'wall' ? (
        <Wall store={store} painted={painted} />
      ) : (
        <Other store={store} outbox={outbox} ask={ask} painted={painted} />
      )}
    </div>
  )
}

function Top({ store }: { readonly store: Store }) {
  return <Banners state={store.value} outdated={outdated.value} waiting={waiting.value} />
}

/** A screen that is drawn with every change of what it shows. */
function Other({ store, outbox, ask, painted }: Omit<Props, 'replay'>) {
  const relevant = useRef(new Relevant())
  const state = useComputed(() => {
    const at = route.value
    return relevant.current.of(store.value, at.at === 'live' ? at.chair : undefined)
  }).value
  const at = route.value
  // After every paint: the watchdog takes the digits away when this stops.
  useEffect(painted)
  return (
    <>
      {at.at === 'live' && (
        <Live
          key={at.chair}
          state={state}
          trends={store.trends}
          id={at.chair}
          outbox={outbox}
          sequences={store.sequences}
        />
      )}
      {at.at === 'sources' && <Sources state={state} ask={ask} open={at.source} />}
      {at.at === 'settings' && <Settings state={state} part={at.part} />}
      {at.at === 'health' && <Health state={state} ask={ask} />}
      {at.at === 'sessions' && <Sessions state={state} />}
      {at.at === 'record' && <SessionPage key={at.session} state={state} id={at.session} />}
      {at.at === 'replay' && <Replay key={at.session} state={state} id={at.session} />}
      {at.at === 'course' && <Course key={at.session} state={state} id={at.session} />}
      <Footer>{state.server !== undefined && text.version(state.server.version)}</Footer>
    </>
  )
}

/** 1 to 9 open a chair by its place in the room, Esc leads back. Not while somebody types. */
export function key(event: KeyboardEvent, store: Store): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
  const typing = event.target instanceof HTMLElement && event.target.closest('input, select, textarea') !== null
  if (typing) return
  if (event.key === 'Escape') go({ at: 'wall' })
  const place = /^[1-9]$/.test(event.key) ? Number(event.key) : 0
  const chair = store.newest.roster?.chairs[place - 1]
  if (chair !== undefined) go({ at: 'live', chair: chair.id })
}
