/**
 * What was pressed and is not on disk yet: which act goes next, what an answer means, what stays (L13). Pure; the store, the
 * lock and the connection are the caller's (feed/outbox.ts).
 *
 * Each press has its own key, made when it was pressed, and the server stores a key once: an act that is sent again after a
 * lost answer is the same act. What the server refuses stays where it is, with its sentence, until a person drops it.
 */
import type { Act, DoAct, Person } from '../wire/wire'
import { codeOf } from './access'
import { ANYBODY, type Sender } from './sender'

/** One press. */
export interface Press {
  /** 32 hexadecimal digits. */
  readonly key: string
  readonly chair: string
  /** The session it is of; absent for the act that opens one, and for what follows such an act. */
  readonly session?: string
  /** Key of the act that opens its session: it is sent once that one has its number. */
  readonly after?: string
  readonly by: Person
  /** The account it was pressed under; absent where names are typed. */
  readonly account?: string
  /** When it was, UTC microseconds of the clinic's clock. */
  readonly wallUs: number
  /** When it was pressed, by this machine's own clock. */
  readonly pressedMs: number
  /** A person set the time back. */
  readonly late: boolean
  readonly act: Act
}

/** A press in the queue. */
export interface Queued extends Press {
  /** Place in the order of all presses of this browser. */
  readonly order: number
  /** `sent`: the server has it, and the screen has not been told yet. */
  readonly is: 'waiting' | 'refused' | 'sent'
  /** Why the server refused it. */
  readonly sentence?: string
  /** The entry that holds it, once sent. */
  readonly recorded?: number
}

/** What an answer means. */
export type Answer =
  | { readonly is: 'done'; readonly recorded: number }
  | { readonly is: 'refused'; readonly sentence: string }
  /** Nobody knows whether it was done: it is sent again, with the same key. */
  | { readonly is: 'again' }
  /** Not from whoever is signed in now: it waits for the one who pressed it. */
  | { readonly is: 'who' }

/** Sent this soon after the press, the server's own time is the time of the press. */
export const PROMPT_MS = 2_000
/** First pause after a failure; doubles up to [`PAUSE_MAX_MS`]. */
const PAUSE_MIN_MS = 1_000
/** Longest pause: a server that is back has everything within about this. */
export const PAUSE_MAX_MS = 10_000
/** Refusals that say nothing about the act: no time for it now, or too much at once. */
const PASSING = [408, 425, 429]
/** The act is somebody else's, or they have to do something else first: the words of the server for it. */
const NOT_NOW = ['another_person', 'code_required']

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

/** Reads an answer. A success without the number of the entry is none. */
export function answerOf(status: number, body: unknown): Answer {
  if (status >= 200 && status < 300)
    return isObject(body) && typeof body.recorded === 'number'
      ? { is: 'done', recorded: body.recorded }
      : { is: 'again' }
  // Signed out, locked, or somebody else meanwhile: that says nothing about the act.
  if (status === 401 || NOT_NOW.includes(codeOf(body))) return { is: 'who' }
  const message = isObject(body) && typeof body.message === 'string' ? body.message : undefined
  // Only this server's own refusal, which has a sentence, is an answer to the act.
  if (status < 400 || status >= 500 || PASSING.includes(status) || message === undefined) return { is: 'again' }
  return { is: 'refused', sentence: message }
}

/** Whether it may be sent now. A press from before there were accounts goes by its name. */
export function isOf(press: Press, sender: Sender): boolean {
  if (sender.is !== 'one') return sender.is === 'anybody'
  return press.account === undefined ? press.by.name === sender.by.name : press.account === sender.id
}

/** The next act to send: the oldest of the sender's that waits and whose session has a number. */
export function next(queue: readonly Queued[], sender: Sender = ANYBODY): Queued | undefined {
  return inOrder(queue).find(
    (it) => it.is === 'waiting' && isOf(it, sender) && (it.after === undefined || it.session !== undefined),
  )
}

/** Whose presses wait for them to sign in, and how many each has, in the order of the first. */
export function waitingFor(queue: readonly Queued[], sender: Sender): ReadonlyMap<string, number> {
  const waiting = new Map<string, number>()
  for (const it of inOrder(queue))
    if (it.is === 'waiting' && !isOf(it, sender)) waiting.set(it.by.name, (waiting.get(it.by.name) ?? 0) + 1)
  return waiting
}

/** Oldest press first. */
export function inOrder(queue: readonly Queued[]): Queued[] {
  return [...queue].sort((a, b) => a.order - b.order)
}

/** What is sent for a press, `nowMs` by the clock it was pressed by. An account's name is the one it has now. */
export function bodyOf(press: Press, nowMs: number, sender: Sender = ANYBODY): DoAct {
  const { key, session, late, act, wallUs, pressedMs } = press
  const by = sender.is === 'one' ? sender.by : press.by
  const waited = nowMs - pressedMs
  // A clock that was set back meanwhile says nothing: then the time of the press is said, too.
  const prompt = !late && waited >= 0 && waited < PROMPT_MS
  return {
    key,
    by,
    late,
    act,
    ...(session === undefined ? {} : { session }),
    ...(prompt ? {} : { wallUs: Math.round(wallUs) }),
  }
}

/** The id of the session that the entry `recorded` of a chair opened. */
export const sessionOpened = (chair: string, recorded: number) => `${chair}-${recorded}`

/** The queue after an answer. */
export function answered(queue: readonly Queued[], key: string, answer: Answer): Queued[] {
  const of = queue.find((it) => it.key === key)
  if (of === undefined || answer.is === 'again' || answer.is === 'who') return [...queue]
  return queue.map((it) => {
    if (it.key === key)
      return answer.is === 'done'
        ? { ...it, is: 'sent', recorded: answer.recorded }
        : { ...it, is: 'refused', sentence: answer.sentence }
    if (it.after !== key || it.is !== 'waiting') return it
    return answer.is === 'done'
      ? { ...it, session: sessionOpened(it.chair, answer.recorded) }
      : { ...it, is: 'refused', sentence: answer.sentence }
  })
}

/** The queue without an act that was refused. What waits is not dropped: somebody did it. */
export function dropped(queue: readonly Queued[], key: string): Queued[] {
  return queue.filter((it) => it.key !== key || it.is !== 'refused')
}

/** How long to wait after so many failures in a row. */
export function pauseMs(failures: number): number {
  return Math.min(PAUSE_MAX_MS, PAUSE_MIN_MS * 2 ** Math.max(0, failures - 1))
}

/** Presses that are not on disk: those that wait and those that were refused. */
export function unsent(queue: readonly Queued[], chair?: string): Queued[] {
  return inOrder(queue).filter((it) => it.is !== 'sent' && (chair === undefined || it.chair === chair))
}

/** What a list still has to show besides the acts the server told: everything but what is among them already. */
export function untold(queue: readonly Queued[], chair: string, newest: number): Queued[] {
  return inOrder(queue).filter(
    (it) => it.chair === chair && (it.is !== 'sent' || (it.recorded !== undefined && it.recorded > newest)),
  )
}
