/**
 * Who is at this screen and what they may do, as the server said it last. Pure: asking, clocks and storage are the caller's
 * (feed/gate.ts). What a screen hides by this the server refuses by itself.
 */

import type { Me, Person, Standing as Said } from '../wire/wire'
import { ANYBODY, type Sender } from './sender'

/** Where a screen stands; `unknown` until the server said. */
export type Standing = 'unknown' | Said

const STANDINGS: readonly string[] = ['trial', 'out', 'in', 'locked', 'display']

/** All a screen knows of who is at it. */
export interface Access {
  readonly me: Me | undefined
  /** This device was locked; it counts whether the server has heard of it or not. */
  readonly lockedHere: boolean
  /** Why nobody is signed in any more, for the sign-in screen. */
  readonly why: Why | undefined
}

export const WHYS = ['byHand', 'ended', 'rights'] as const
export type Why = (typeof WHYS)[number]

export const NOBODY_YET: Access = { me: undefined, lockedHere: false, why: undefined }

type Fields = Record<string, unknown>
const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null
const isText = (value: unknown): value is string => typeof value === 'string'
const texts = (value: unknown): value is string[] => Array.isArray(value) && value.every(isText)
const isNamed = (value: unknown): boolean => isObject(value) && isText(value.id) && isText(value.name)

/** The server's answer, when it is whole; a standing this page does not know is none. */
export function readMe(body: unknown): Me | undefined {
  if (!isObject(body) || !isText(body.standing) || !STANDINGS.includes(body.standing)) return undefined
  if (!texts(body.rights) || typeof body.lockAfterS !== 'number') return undefined
  if (!Array.isArray(body.people) || !body.people.every(isNamed)) return undefined
  const { person, standing } = body
  const named = isNamed(person) && isObject(person) && texts(person.roles)
  // Somebody who is signed in has a name: entries bear it.
  if ((standing === 'in' || standing === 'locked') && !named) return undefined
  return body as unknown as Me
}

/** Where the screen stands. */
export function standingOf({ me, lockedHere }: Access): Standing {
  if (me === undefined) return 'unknown'
  return me.standing === 'in' && lockedHere ? 'locked' : me.standing
}

/** Whether names are typed, as on a server without accounts; also while nobody knows. */
export const isTyped = (standing: Standing): boolean => standing === 'trial' || standing === 'unknown'

/** Whose name entries and opened records bear: of somebody who is signed in and has a role for it, while the screen is not locked. */
export function personOf(access: Access): Person | undefined {
  const { me } = access
  if (standingOf(access) !== 'in' || me?.person?.actsAs === undefined) return undefined
  return { name: me.person.name, role: me.person.actsAs }
}

/** Whether a screen offers something. Where nobody has an account, or nobody knows yet, everything is offered. */
export function may(access: Access, right: Right): boolean {
  return isTyped(standingOf(access)) || (access.me?.rights.includes(right) ?? false)
}

/** Whose presses the server takes from this browser now. */
export function senderOf(access: Access): Sender {
  if (isTyped(standingOf(access))) return ANYBODY
  const by = personOf(access)
  const id = access.me?.person?.id
  return by === undefined || id === undefined ? { is: 'nobody' } : { is: 'one', id, by }
}

/** What may be asked of the permission table; the server's words. */
export type Right =
  | 'live'
  | 'names'
  | 'enter'
  | 'decide'
  | 'comment'
  | 'sign'
  | 'records'
  | 'export'
  | 'patients'
  | 'rooms'
  | 'sources'
  | 'bytes'
  | 'settings'
  | 'audit'
  | 'accounts'
  | 'fhir'
  | 'metrics'
  | 'administer'

/** Whether nobody touched any tab of this device for so long. A clock that was set back locks nothing. */
export const isIdle = (touchedMs: number, nowMs: number, lockAfterS: number): boolean =>
  lockAfterS > 0 && nowMs - touchedMs >= lockAfterS * 1000

/** What the server refused to do, by its own word for it; empty where it has none. */
export const codeOf = (body: unknown): string => (isObject(body) && isText(body.code) ? body.code : '')

/** Fewest and most digits of a PIN. */
export const PIN_MIN = 4
export const PIN_MAX = 8
/** Fewest and most characters of a password. */
export const PASSWORD_MIN = 12
export const PASSWORD_MAX = 128

export const isPin = (typed: string): boolean =>
  /^\d+$/.test(typed) && typed.length >= PIN_MIN && typed.length <= PIN_MAX

/** Characters as people count them: the server counts the same. */
export const lengthOf = (typed: string): number => [...typed].length
