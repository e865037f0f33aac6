/** What a settings page may do. Each is done when the server says it is on disk, not before. */

import { feedValues } from '../../feed/parse'
import { text } from '../../format/text'
import type { AssignFeed, Change, ChangeClinic, FeedValues, LookAtFeed, NameChair, Person } from '../../wire/wire'

/** What became of it, for the person who did it. */
export interface Outcome {
  readonly ok: boolean
  readonly message: string
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

/** Reads the server's answer: a `Done` means it is recorded; everything else is a refusal with a sentence. */
export async function outcome(response: Response, what: string): Promise<Outcome> {
  const body: unknown = await response.json().catch(() => undefined)
  if (response.ok && isObject(body) && typeof body.recorded === 'number') return { ok: true, message: text.done(what) }
  const said = isObject(body) && typeof body.message === 'string' ? body.message : ''
  return { ok: false, message: said || text.refusedOddly(response.status) }
}

async function send(
  method: string,
  path: string,
  body: NameChair | AssignFeed | ChangeClinic,
  what: string,
): Promise<Outcome> {
  try {
    const headers = { 'content-type': 'application/json' }
    return await outcome(await fetch(path, { method, headers, body: JSON.stringify(body) }), what)
  } catch {
    return { ok: false, message: text.unreachable }
  }
}

/** Adds or renames a chair. */
export const nameChair = (id: string, name: string) =>
  send('PUT', `/api/chairs/${encodeURIComponent(id)}`, { name }, text.renamed(name))

/** Gives a feed to a chair, or takes it away. */
export const assignFeed = (feed: AssignFeed, what: string) => send('POST', '/api/feeds/assign', feed, what)

/** Changes a setting of the clinic, in somebody's name. */
export const changeClinic = (by: Person, change: Change, what: string) =>
  send('POST', '/api/clinic', { by, change }, what)

/** What a feed without a chair says now, in the order of the server; empty when it does not answer. */
export async function lookAtFeed(feed: LookAtFeed, signal: AbortSignal): Promise<FeedValues | undefined> {
  try {
    const headers = { 'content-type': 'application/json' }
    const init = { method: 'POST', headers, body: JSON.stringify(feed), signal }
    const response = await fetch('/api/feeds/look', init)
    return response.ok ? feedValues(await response.json()) : undefined
  } catch {
    return undefined
  }
}

/** The id for one more chair: the least number nobody has. */
export function nextId(taken: readonly string[]): string {
  let n = 1
  while (taken.includes(String(n))) n += 1
  return String(n)
}
