/** Which screen stands where, and the keys that work on all of them. */
import { signal, useComputed } from '@preact/signals'
import type { FunctionComponent } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { gate, may, settingUp } from './access'
import type { Outbox } from './feed/outbox'
import { text } from './format/text'
import { clock } from './format/time'
import type { State } from './model/state'
import { Relevant } from './relevant'
import { follow, go, route } from './route'
import { keysOn } from './screens/live/keys'
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
const Settings = lazy<{ readonly state: State; readonly part: string | undefined; readonly outbox: Outbox }>(
  async () => (await import('./screens/settings/settings')).Settings,
)
const SignIn = lazy<{ readonly outbox: Outbox }>(async () => (await import('./screens/access/sign_in')).SignIn)
const Welcome = lazy(async () => (await import('./screens/access/welcome')).Welcome)
const OpenIdPage = lazy(async () => (await import('./screens/access/openid')).OpenIdPage)
const Locked = lazy(async () => (await import('./screens/access/locked')).Locked)
const SetUp = lazy<{ readonly outbox: Outbox; readonly zone: string }>(
  async () => (await import('./screens/access/set_up')).SetUp,
)
const Audit = lazy<{ readonly state: State }>(async () => (await import('./screens/access/audit')).AuditPage)
const Sources: FunctionComponent<{ readonly state: State; readonly ask: Ask; readonly open: string | undefined }> =
  lazy(async () => (await import('./screens/sources/sources')).Sources)
const Health: FunctionComponent<{ readonly state: State; readonly ask: Ask }> = lazy(
  async () => (await import('./screens/health/health')).Health,
)
const Ehr: FunctionComponent<{ readonly state: State; readonly ask: Ask }> = lazy(
  async () => (await import('./screens/ehr/ehr')).Ehr,
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
      {(at.at === 'wall' || gate.standing === 'display') && showsChairs() ? (
        <Wall store={store} painted={painted} />
      ) : (
        <Other store={store} outbox={outbox} ask={ask} painted={painted} />
      )}
    </div>
  )
}

function Top({ store }: { readonly store: Store }) {
  // Nothing is received before somebody signs in, and nothing is shown that could be old.
  if (isShut()) return null
  return (
    <>
      {gate.standing === 'trial' && (
        <aside class="strip" data-strip="trial">
          {text.trial}
        </aside>
      )}
      {gate.me?.emergencies?.map(({ by, reason, untilUs }) => (
        <div key={`${by} ${untilUs}`} class="strip" data-strip="emergency" role="status">
          {text.emergencyNow(by, clock(untilUs, store.value.zone), reason)}
        </div>
      ))}
      <Banners state={store.value} outdated={outdated.value} waiting={waiting.value} />
    </>
  )
}

/** Whether chairs may be shown. A lock takes none of them; an account without patients has none. */
const showsChairs = (): boolean => !isShut() && (gate.standing === 'locked' || (!needsSetUp() && may('live')))

/** Whether a role still lacks its second factor, or its spare codes were not seen yet. */
const needsSetUp = (): boolean => gate.standing === 'in' && (gate.me?.codeNeeded === true || settingUp.value)

/** Whether no screen may be shown: nobody is signed in, or a link is just being opened. */
const isShut = (): boolean => gate.standing === 'out' || route.value.at === 'welcome' || route.value.at === 'openid'

/** A screen that is drawn with every change of what it shows. */
function Other({ store, outbox, ask, painted }: Omit<Props, 'replay'>) {
  const relevant = useRef(new Relevant())
  const state = useComputed(() => {
    const at = route.value
    return relevant.current.of(store.value, at.at === 'live' ? at.chair : undefined)
  }).value
  // After every paint: the watchdog takes the digits away when this stops.
  useEffect(painted)
  return (
    <>
      <Screen state={state} store={store} outbox={outbox} ask={ask} />
      <Footer>{state.server !== undefined && text.version(state.server.version)}</Footer>
    </>
  )
}

/** An account without patient data: its pages are elsewhere. */
function NoChairs() {
  return (
    <main class="empty-screen" data-no-chairs>
      <h1>{text.noRight}</h1>
      <a class="button main" href="/settings" onClick={follow(() => go({ at: 'settings' }))}>
        {text.settings}
      </a>
    </main>
  )
}

interface ScreenProps {
  readonly state: State
  readonly store: Store
  readonly outbox: Outbox
  readonly ask: Ask
}

/** What may be shown of where the address leads. */
function Screen({ state, store, outbox, ask }: ScreenProps) {
  const at = route.value
  if (at.at === 'welcome') return <Welcome />
  if (at.at === 'openid') return <OpenIdPage />
  if (gate.standing === 'out') return <SignIn outbox={outbox} />
  // Chairs go on under a lock; everything else asks who it is.
  if (gate.standing === 'locked' && at.at !== 'live') return <Locked />
  if (needsSetUp()) return <SetUp outbox={outbox} zone={state.zone} />
  if ((at.at === 'wall' || at.at === 'live') && !showsChairs()) return <NoChairs />
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
      {at.at === 'settings' && <Settings state={state} part={at.part} outbox={outbox} />}
      {at.at === 'audit' && <Audit state={state} />}
      {at.at === 'health' && <Health state={state} ask={ask} />}
      {at.at === 'ehr' && <Ehr state={state} ask={ask} />}
      {at.at === 'sessions' && <Sessions state={state} />}
      {at.at === 'record' && <SessionPage key={at.session} state={state} id={at.session} />}
      {at.at === 'replay' && <Replay key={at.session} state={state} id={at.session} />}
      {at.at === 'course' && <Course key={at.session} state={state} id={at.session} />}
    </>
  )
}

/** Locks this device by hand. */
const LOCK_KEY = 'k'

/** 1 to 9 open a chair by its place in the room, Esc leads back. Not while somebody types. */
export function key(event: KeyboardEvent, store: Store): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
  const typing = event.target instanceof HTMLElement && event.target.closest('input, select, textarea') !== null
  if (typing) return
  if (isShut()) return
  if (event.key.toLowerCase() === LOCK_KEY && keysOn.peek() && gate.standing === 'in') {
    gate.lock()
    return
  }
  if (event.key === 'Escape') go({ at: 'wall' })
  const place = /^[1-9]$/.test(event.key) ? Number(event.key) : 0
  if (!showsChairs() || gate.standing === 'display') return
  const chair = store.newest.roster?.chairs[place - 1]
  if (chair !== undefined) go({ at: 'live', chair: chair.id })
}
