/**
 * What the pages of recorded sessions ask the server. Each question is a deed of a person: the record says who looked. An answer
 * that has not what a page is made of is none.
 */
import { newKey } from '../../feed/post'
import { text } from '../../format/text'
import { answerOf } from '../../model/outbox'
import type { State } from '../../model/state'
import type {
  Act,
  Course,
  DoAct,
  ExportSession,
  FindSessions,
  OpenSession,
  Person,
  Provenance,
  SessionList,
  SessionRecord,
  SessionSeries,
  SessionStood,
  SessionTable,
} from '../../wire/wire'
import { r } from './words'

/** What every page about one session is given. */
export interface OfSession {
  readonly state: State
  readonly id: string
}

export type Answered<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly message: string }

type Fields = Record<string, unknown>
const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** An answer counts when these fields are lists and those are objects. */
const has = (lists: readonly string[], objects: readonly string[]) => (value: unknown) =>
  isObject(value) && lists.every((name) => Array.isArray(value[name])) && objects.every((name) => isObject(value[name]))

const refusal = async (response: Response): Promise<string> =>
  sentenceOf(await response.json().catch(() => undefined), response.status)

function sentenceOf(body: unknown, status: number): string {
  const said = isObject(body) && typeof body.message === 'string' ? body.message : ''
  return said || text.refusedOddly(status)
}

async function ask<T>(path: string, init: RequestInit, fits: (value: unknown) => boolean): Promise<Answered<T>> {
  try {
    const response = await fetch(path, { cache: 'no-store', ...init })
    if (!response.ok) return { ok: false, message: await refusal(response) }
    const body: unknown = await response.json()
    return fits(body) ? { ok: true, value: body as T } : { ok: false, message: r.oddAnswer }
  } catch (error) {
    if (init.signal?.aborted) throw error
    return { ok: false, message: r.noServer }
  }
}

const post = (body: unknown, signal?: AbortSignal): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
  ...(signal === undefined ? {} : { signal }),
})

const of = (id: string, what: string) => `/api/sessions/${encodeURIComponent(id)}/${what}`

export const findSessions = (find: FindSessions, signal: AbortSignal) =>
  ask<SessionList>('/api/sessions/find', post(find, signal), has(['rows'], []))

/** Opens the record: the server writes down first who looked. `first` asks for what a chart is drawn with, and is quick. */
export const openRecord = (id: string, by: Person, did?: 'printed' | 'replayed' | 'exported', first = false) =>
  ask<SessionRecord>(
    of(id, 'open'),
    post({ by, ...(did === undefined ? {} : { did }), ...(first ? { first } : {}) } satisfies OpenSession),
    has(['sources', 'notes', 'limits', 'gaps', 'summary', 'audit', 'offsets'], ['session', 'begin', 'end']),
  )

export const seriesOf = (id: string) => ask<SessionSeries>(of(id, 'series'), {}, has(['series'], []))

/** What was due, and which limits and notices stood, moment by moment. */
export const stoodOf = (id: string) =>
  ask<SessionStood>(of(id, 'stood'), {}, has(['schedules', 'limits', 'notices'], []))

export const tableOf = (id: string, every: number) =>
  ask<SessionTable>(of(id, `table?every=${every}`), {}, has(['columns', 'rows'], []))

export const frameOf = (id: string, seq: number) =>
  ask<Provenance>(of(id, `frame/${seq}`), {}, has(['marks'], ['received']))

export const courseOf = (session: string, by: Person) =>
  ask<Course>('/api/course', post({ session, by }), has(['rows', 'scores'], ['patient']))

/** Adds an act to a recorded session. `wallUs` is when it was, where that is not now; `secret` is asked again to sign. */
export async function act(
  id: string,
  by: Person,
  what: Act,
  wallUs?: number,
  secret?: string,
): Promise<Answered<number>> {
  const body: DoAct = {
    session: id,
    key: newKey(),
    by,
    late: wallUs !== undefined,
    act: what,
    ...(wallUs === undefined ? {} : { wallUs: Math.round(wallUs) }),
    ...(secret === undefined ? {} : { secret }),
  }
  try {
    const response = await fetch(of(id, 'act'), post(body))
    const answer: unknown = await response.json().catch(() => undefined)
    const said = answerOf(response.status, answer)
    // Nothing waits here for its author: what the server says of it is shown.
    if (said.is === 'who') return { ok: false, message: sentenceOf(answer, response.status) }
    if (said.is === 'done') return { ok: true, value: said.recorded }
    return { ok: false, message: said.is === 'refused' ? said.sentence : r.noServer }
  } catch {
    return { ok: false, message: r.noServer }
  }
}

/** A file the server made, and its name. */
export interface Made {
  readonly name: string
  readonly blob: Blob
}

/** `attachment; filename="session.pdf"`: names of the server bear nothing of the patient. */
export const fileName = (disposition: string | null, otherwise: string): string =>
  /filename="([A-Za-z0-9][A-Za-z0-9._-]*)"/.exec(disposition ?? '')?.[1] ?? otherwise

export async function exportOf(id: string, body: ExportSession): Promise<Answered<Made>> {
  try {
    const response = await fetch(of(id, 'export'), post(body))
    if (!response.ok) return { ok: false, message: await refusal(response) }
    const name = fileName(response.headers.get('content-disposition'), 'session')
    return { ok: true, value: { name, blob: await response.blob() } }
  } catch {
    return { ok: false, message: r.noServer }
  }
}

/** Hands a file to the browser, which asks where to put it. */
export function save({ name, blob }: Made): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = name
  document.body.append(link)
  link.click()
  link.remove()
  // The download has its own hold of the file by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}
