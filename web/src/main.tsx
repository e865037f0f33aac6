/** Wires the parts: socket, clocks, watchdog, store, screens. */
import { effect } from '@preact/signals'
import { render } from 'preact'
import { App, key, outdated } from './app'
import { Feed } from './feed/feed'
import { openOutbox } from './feed/post'
import { edge, now, reloadOnce } from './feed/socket'
import { panel, Watchdog } from './feed/watchdog'
import { type Asked, windowFor } from './feed/window'
import { text } from './format/text'
import { elapsedMs } from './model/clock'
import { behind, wallUs } from './model/view'
import { listen, route } from './route'
import { loadKeys } from './screens/live/keys'
import { askServer } from './screens/sources/ask'
import { Store } from './store'
import { loadTheme } from './theme'
import { loadPerson } from './ui/person'
import { loadSound } from './ui/sound'
import { stayLit } from './wake'
import './styles/base.css'
import './styles/watch.css'
import './styles/value.css'
import './styles/wall.css'
import './styles/live.css'
import './styles/session.css'
import './styles/settings.css'
import './styles/sources.css'

/** Ages are looked at this often: a value is never shown in a state it left longer ago. */
const TICK_MS = 250
/** History a tile of the wall asks for, and up to how many chairs: all of them at once must stay a small answer. */
const WALL_WINDOW_S = 15 * 60
const WALL_WINDOW_CHAIRS = 8
/** A screen that runs behind takes a new connection at most this often. */
const CATCH_UP_MS = 30_000

const start = now()
const store = new Store(start)
const words = { notReceiving: text.notReceiving, stopped: text.stopped }
const watchdog = new Watchdog(panel(), words, start, reloadOnce)

/** What `?replay=` plays; never in the production bundle. */
const replay = import.meta.env.DEV ? await replayed() : undefined

async function replayed() {
  const query = new URLSearchParams(location.search)
  const name = query.get('replay')
  if (name === null) return undefined
  const { load, loadSources, player } = await import('./feed/replay')
  return { name, ask: await loadSources(name), connect: player(await load(name), Number(query.get('at') ?? 0), edge) }
}

const outbox = openOutbox(replay === undefined)

const feed = new Feed(
  {
    ...edge,
    connect: replay?.connect ?? edge.connect,
    reload: () => {
      outdated.value = true
      reloadOnce()
    },
  },
  (event) => {
    store.take(event)
    if (event.kind === 'message') watchdog.heard(event.at)
    // The server is back: what waits goes now.
    if (event.kind === 'up') void outbox.pump()
  },
)

let asked: Asked | undefined

// Follows what the screens show: all chairs for the wall, with more history for the one that is open.
effect(() => {
  const chairs = store.value.roster?.chairs
  const at = route.value
  if (chairs === undefined) return
  const wall = chairs.length <= WALL_WINDOW_CHAIRS ? WALL_WINDOW_S : 0
  const open = at.at === 'live' ? at.chair : undefined
  const nowUs = wallUs(store.value)
  asked = open === undefined ? undefined : windowFor(asked, store.value.chairs.get(open)?.session, nowUs && nowUs / 1e6)
  const live = asked?.windowS ?? 0
  feed.follow(new Map(chairs.map(({ id }) => [id, id === open ? live : wall])))
})

let caughtUp = start

/** First the digits, then the rest: what cannot be trusted goes before anything is painted. */
function look(): void {
  const at = now()
  watchdog.check(at)
  store.take({ kind: 'tick', at })
  feed.look()
  if (behind(store.newest) && elapsedMs(caughtUp, at) > CATCH_UP_MS) {
    // Frames queue up in this connection; a new one starts with the present.
    caughtUp = at
    feed.connect()
  }
}

loadTheme()
loadPerson()
loadKeys()
loadSound()
listen()
setInterval(look, TICK_MS)
for (const wake of ['visibilitychange', 'resume'] as const) document.addEventListener(wake, look)
for (const wake of ['pageshow', 'focus', 'online'] as const) addEventListener(wake, look)
document.addEventListener('visibilitychange', stayLit)
stayLit()
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
