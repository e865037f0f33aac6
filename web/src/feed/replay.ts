/**
 * Plays a recorded session instead of a socket. Only in development: `npm run dev`, then `/?replay=four-chairs`. The
 * production bundle does not hold this file (`import.meta.env.DEV` in main.tsx), and a replayed page is striped.
 *
 * `&at=<ms>` delivers everything before that moment at once.
 */
import type { Edge, Socket, SocketEvents } from './feed'

/** One message and when it came, in milliseconds after the first. */
export interface Timed {
  readonly atMs: number
  readonly message: unknown
}

const SESSIONS = import.meta.glob<Timed[]>('../../../fixtures/wire/session-*.json', { import: 'default' })

/** What a server would answer about its sources beside a session, by address. */
const ANSWERS = import.meta.glob<Record<string, unknown>>('../../../fixtures/wire/answers-*.json', {
  import: 'default',
})

/** Answers from the file beside the session; without one the server does not answer. */
export async function loadSources(name: string): Promise<(path: string) => Promise<unknown>> {
  const found = Object.entries(ANSWERS).find(([path]) => path.endsWith(`/answers-${name}.json`))
  const answers = found === undefined ? {} : await found[1]()
  return async (path) => {
    const answer = answers[path.replace(/\?.*$/, '')]
    if (answer === undefined) throw new Error(`${name} has no answer for ${path}`)
    return answer
  }
}

/** Names of the recorded sessions. */
export const sessions = (): string[] =>
  Object.keys(SESSIONS).map((path) => path.replace(/^.*session-/, '').replace(/\.json$/, ''))

/** A recorded session by its name. */
export async function load(name: string): Promise<readonly Timed[]> {
  const found = Object.entries(SESSIONS).find(([path]) => path.endsWith(`/session-${name}.json`))
  if (found === undefined) throw new Error(`no session ${name}; there are ${sessions().join(', ')}`)
  return found[1]()
}

/** Plays a session to whoever connects, from `startMs` on. */
export function player(session: readonly Timed[], startMs: number, edge: Pick<Edge, 'after'>) {
  let played = false
  return (events: SocketEvents): Socket => {
    // The session is told once; whoever connects again meets the silence after it.
    if (played) return { send: () => {}, close: () => {} }
    played = true
    let stop: () => void = () => {}
    let next = 0
    const play = (nowMs: number) => {
      for (let timed = session[next]; timed !== undefined && timed.atMs <= nowMs; timed = session[next]) {
        next += 1
        events.text(JSON.stringify(timed.message))
      }
      const timed = session[next]
      if (timed !== undefined) stop = edge.after(timed.atMs - nowMs, () => play(timed.atMs))
    }
    stop = edge.after(0, () => {
      events.opened()
      play(startMs)
    })
    return { send: () => {}, close: () => stop() }
  }
}
