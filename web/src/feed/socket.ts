/** The browser's own socket, clocks and timers. */
import type { Instant } from '../model/clock'
import type { Edge, Socket, SocketEvents } from './feed'

/** Where the server speaks to screens. */
const LIVE_PATH = '/ws'
/** A page that was reloaded for another wire does not reload again within this time. */
const RELOAD_PAUSE_MS = 60_000

export const now = (): Instant => ({ perfMs: performance.now(), dateMs: Date.now() })

function connect(events: SocketEvents): Socket {
  const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:'
  const socket = new WebSocket(`${scheme}//${location.host}${LIVE_PATH}`)
  const left = new AbortController()
  const { signal } = left
  socket.addEventListener('open', () => events.opened(), { signal })
  socket.addEventListener('message', (event) => typeof event.data === 'string' && events.text(event.data), { signal })
  socket.addEventListener('close', (event) => events.closed(event.reason, event.code), { signal })
  return {
    send: (text) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(text)
    },
    close: () => {
      left.abort()
      socket.close()
    },
  }
}

/** A reload is being prepared: the server was asked whether it is there. */
let asking = false

/**
 * Loads the page anew, at most once a minute: a server that keeps speaking another wire must not make it flicker. Only
 * while the server answers: without it the browser would put its own error page in place of a screen that still takes
 * entries.
 */
export async function reloadOnce(): Promise<void> {
  const key = 'chairside.reloaded'
  if (asking) return
  asking = true
  try {
    if (Date.now() - Number(sessionStorage.getItem(key) ?? 0) < RELOAD_PAUSE_MS) return
    const answer = await fetch(location.pathname, { method: 'HEAD', cache: 'no-store' })
    if (!answer.ok) return
    sessionStorage.setItem(key, String(Date.now()))
    location.reload()
  } catch {
    // No server, or no storage to count reloads in: the page stays, with its banner.
  } finally {
    asking = false
  }
}

export const edge: Omit<Edge, 'shut'> = {
  connect,
  now,
  after: (ms, run) => {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
  chance: Math.random,
  reload: () => void reloadOnce(),
}
