/** Wires the parts: socket, clocks, watchdog, store, screens. */
import { effect } from '@preact/signals'
import { render } from 'preact'
import { gate, keepWhy, startGate, who } from './access'
import { App, fetchScreens, key, outdated, waiting } from './app'
import { loadDistance } from './distance'
import { Feed, RIGHT_GONE } from './feed/feed'
import { openOutbox } from './feed/post'
import { edge, now, reloadOnce } from './feed/socket'
import { panel, Watchdog } from './feed/watchdog'
import { type Asked, windowFor } from './feed/window'
import { follows } from './follows'
import { language, text } from './format/text'
import { watchKiosk } from './kiosk'
import { isTyped, type Standing } from './model/access'
import { elapsedMs } from './model/clock'
import { Rate } from './model/rate'
import { type Loaded, renewal } from './model/version'
import { behind, wallUs } from './model/view'
import { listen, route } from './route'
import { loadKeys } from './screens/live/keys'
import { askServer } from './screens/sources/ask'
import { type Soon, Store } from './store'
import { loadTheme } from './theme'
import { forgetTyped, loadPerson } from './ui/person'
import { loadSound } from './ui/sound'
import './styles/base.css'
import './styles/watch.css'
import './styles/value.css'
import './styles/wall.css'
import './styles/forms.css'
import './styles/live.css'
import './styles/trend.css'
import './styles/session.css'
import './styles/strip.css'

/** Ages are looked at this often: a value is never shown in a state it left longer ago. */
const TICK_MS = 250
/** The other screens are fetched so long after the start: the first picture comes before them. */
const FETCH_AHEAD_MS = 2000
/** A screen that runs behind takes a new connection at most this often. */
const CATCH_UP_MS = 30_000

/**
 * A wall paints each number with the next picture as long as its chairs say no more than this in a second: eight monitors
 * that send once a second are below it. On a larger or busier one the ticks publish what came, four times a second, as often
 * as a chair says something: without a graphics card a picture for each message takes a fifth of a core, and ten hours a day
 * on a small machine that hangs on a wall (docs/decisions/0016).
 */
const WALL_MESSAGES_A_SECOND = 10
const nextPicture: Soon = (run) => requestAnimationFrame(run)
const said = new Rate()
const wallPicture: Soon = (run) => {
  if (said.perSecond(performance.now()) <= WALL_MESSAGES_A_SECOND) nextPicture(run)
}

const start = now()
const store = new Store(start, nextPicture)
const words = { notReceiving: text.notReceiving, stopped: text.stopped }
const watchdog = new Watchdog(panel(), words, start, () => void reloadOnce())

/** What `?replay=` plays; never in the production bundle. */
const replay = import.meta.env.DEV ? await replayed() : undefined

async function replayed() {
  const query = new URLSearchParams(location.search)
  const name = query.get('replay')
  if (name === null) return undefined
  const { load, loadSources, player } = await import('./feed/replay')
  return { name, ask: await loadSources(name), connect: player(await load(name), Number(query.get('at') ?? 0), edge) }
}

const outbox = openOutbox(replay === undefined, who)

const feed = new Feed(
  {
    ...edge,
    connect: replay?.connect ?? edge.connect,
    reload: () => {
      outdated.value = true
      void reloadOnce()
    },
    shut: (code) => void gate.shut(code === RIGHT_GONE ? 'rights' : 'ended'),
  },
  (event) => {
    store.take(event)
    // A refusal looks like a lost connection from here: what is left is asked.
    if (event.kind === 'down' && replay === undefined) void gate.ask()
    // The server is back: what waits goes now.
    if (event.kind === 'up') void outbox.pump()
    if (event.kind !== 'message') return
    watchdog.heard(event.at)
    if (event.message.kind === 'items') said.came(event.at.perfMs)
    if (event.message.kind === 'hello') {
      loaded = { version: loaded?.version ?? event.message.version, helloAt: event.at }
    }
  },
)

effect(() => {
  store.soon = route.value.at === 'wall' ? wallPicture : nextPicture
})

let asked: Asked | undefined

// Follows what the screens show: all chairs for the wall, with more history for the one that is open.
effect(() => {
  const chairs = store.value.roster?.chairs
  const at = route.value
  if (chairs === undefined) return
  const open = at.at === 'live' ? at.chair : undefined
  const nowUs = wallUs(store.value)
  asked = open === undefined ? undefined : windowFor(asked, store.value.chairs.get(open)?.session, nowUs && nowUs / 1e6)
  feed.follow(follows(chairs, open, asked?.windowS ?? 0))
})

let was: { readonly standing: Standing; readonly person: string | undefined } = {
  standing: 'unknown',
  person: undefined,
}

// Follows who is signed in: the socket is of a person, and so is what may be sent.
effect(() => {
  const { standing } = gate
  const person = gate.me?.person?.id
  const before = was
  was = { standing, person }
  document.documentElement.dataset.access = route.value.at === 'welcome' ? 'out' : standing
  if (standing === before.standing && person === before.person) return
  if (!isTyped(standing)) forgetTyped()
  if (before.person !== undefined && person !== before.person) void outbox.left()
  // What this page holds in its memory is of whoever left: another page begins.
  if (standing === 'out' && before.standing !== 'unknown' && keepWhy(gate.access.why)) location.reload()
  else if (standing === 'out') feed.rest()
  else if (before.standing !== 'unknown' && (before.standing === 'out' || person !== before.person)) feed.connect()
  void outbox.changed()
})

let caughtUp = start
let loaded: Loaded | undefined

/** Loads the page anew when the server is a newer one and nobody is treated, or typing. */
function renew(): void {
  const is = renewal(store.newest, loaded)
  waiting.value = is === 'wait'
  const typing = document.activeElement?.closest('input, select, textarea') != null
  if (is === 'now' && !typing && ['wall', 'live'].includes(route.value.at)) void reloadOnce()
}

/** First the digits, then the rest: what cannot be trusted goes before anything is painted. */
function look(): void {
  const at = now()
  gate.look()
  watchdog.check(at)
  store.take({ kind: 'tick', at })
  feed.look()
  if (behind(store.newest) && elapsedMs(caughtUp, at) > CATCH_UP_MS) {
    // Frames queue up in this connection; a new one starts with the present.
    caughtUp = at
    feed.connect()
  }
  renew()
}

document.documentElement.lang = language
document.getElementById('veil')?.setAttribute('data-says', text.stopped)
loadTheme()
loadDistance()
loadPerson()
loadKeys()
loadSound()
listen()
setInterval(look, TICK_MS)
for (const wake of ['visibilitychange', 'resume'] as const) document.addEventListener(wake, look)
for (const wake of ['pageshow', 'focus', 'online'] as const) addEventListener(wake, look)
watchKiosk()
addEventListener('keydown', (event) => key(event, store))

const app = document.getElementById('app')
if (app === null) throw new Error('index.html has no #app')
render(
  <App
    store={store}
    outbox={outbox}
    replay={replay?.name}
    ask={replay?.ask ?? askServer}
    painted={() => watchdog.painted(now())}
  />,
  app,
)
feed.connect()
if (replay === undefined) startGate()
setTimeout(fetchScreens, FETCH_AHEAD_MS)
