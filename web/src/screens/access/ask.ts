/** What these screens ask the server, besides signing in (feed/gate.ts). An answer that has not what a page is made of is none. */
import { text } from '../../format/text'
import { codeOf } from '../../model/access'
import type {
  Account,
  AccountChanged,
  AskEmergency,
  AuditPage,
  BeginOpenId,
  ChangeAccount,
  CodeSecret,
  Display,
  Emergency,
  FindAudit,
  NewAccount,
  NewDisplay,
  NewToken,
  OneTimeLink,
  ProgramToken,
  RoomChair,
  SignInRow,
  TokenMade,
  WelcomeSaid,
} from '../../wire/wire'
import { a } from './words'

export type Answered<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly message: string; readonly code: string }

type Fields = Record<string, unknown>
const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null
const isText = (value: unknown): value is string => typeof value === 'string'

async function ask<T>(
  method: 'GET' | 'POST',
  path: string,
  body: unknown,
  read: (value: unknown) => T | undefined,
): Promise<Answered<T>> {
  try {
    const response = await fetch(path, {
      method,
      cache: 'no-store',
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    })
    const answer: unknown = await response.json().catch(() => undefined)
    const value = response.ok ? read(answer) : undefined
    if (value !== undefined) return { ok: true, value }
    return { ok: false, message: refusal(answer, response), code: codeOf(answer) }
  } catch {
    return { ok: false, message: a.noAnswer, code: '' }
  }
}

function refusal(answer: unknown, { status, headers }: Response): string {
  if (status === 429) return a.wait(Number(headers.get('retry-after') ?? 1))
  const message = isObject(answer) && isText(answer.message) ? answer.message : ''
  return message === '' ? text.refusedOddly(status) : message
}

/** A list under this name, of objects with these texts. */
const listOf =
  <T>(name: string, ...fields: readonly string[]) =>
  (value: unknown): T[] | undefined => {
    const list = isObject(value) ? value[name] : undefined
    if (!Array.isArray(list)) return undefined
    return list.every((it) => isObject(it) && fields.every((field) => isText(it[field]))) ? (list as T[]) : undefined
  }

/** An object with these texts. */
const has =
  <T>(...fields: readonly string[]) =>
  (value: unknown): T | undefined =>
    isObject(value) && fields.every((field) => isText(value[field])) ? (value as T) : undefined

const done = (): true => true

export const lookAtWelcome = (code: string) => ask('POST', '/api/welcome/look', { code }, has<WelcomeSaid>('for'))

export const accountsOf = () =>
  ask('GET', '/api/accounts', undefined, listOf<Account>('accounts', 'id', 'name', 'signInName'))
export const newAccount = (it: NewAccount) => ask('POST', '/api/accounts', it, has<OneTimeLink>('id', 'link'))
export const changeAccount = (id: string, change: ChangeAccount) =>
  ask('POST', `/api/accounts/${encodeURIComponent(id)}`, change, (value) =>
    isObject(value) && isObject(value.account) ? (value as unknown as AccountChanged) : undefined,
  )

/** Displays, each with the room's chairs it is chosen from: the list is one answer. */
export const displaysOf = () =>
  ask('GET', '/api/displays', undefined, (value) => {
    const displays = listOf<Display>('displays', 'id', 'name')(value)
    const room = listOf<RoomChair>('chairs', 'id', 'name')(value)
    if (displays === undefined || room === undefined) return undefined
    return displays.every((it) => Array.isArray(it.chairs)) ? { displays, room } : undefined
  })
export const newDisplay = (it: NewDisplay) => ask('POST', '/api/displays', it, has<OneTimeLink>('id', 'link'))
export const layOut = (id: string, chairs: string[]) =>
  ask('POST', `/api/displays/${encodeURIComponent(id)}`, { chairs }, done)
export const revokeDisplay = (id: string) =>
  ask('POST', `/api/displays/${encodeURIComponent(id)}`, { revoke: true }, done)

export const askEmergency = (it: AskEmergency) =>
  ask('POST', '/api/emergency', it, (value) => {
    const sessions = listOf<Emergency['sessions'][number]>('sessions', 'id', 'chair')(value)
    return sessions === undefined ? undefined : (value as Emergency)
  })

export const beginOpenId = () => ask('POST', '/api/openid/begin', {}, has<BeginOpenId>('to'))

export const tokensOf = () =>
  ask('GET', '/api/tokens', undefined, (value) => {
    const tokens = listOf<ProgramToken>('tokens', 'id', 'name')(value)
    return tokens?.every((it) => Array.isArray(it.scopes)) === true ? tokens : undefined
  })
export const newToken = (it: NewToken) => ask('POST', '/api/tokens', it, has<TokenMade>('id', 'token'))
export const revokeToken = (id: string) => ask('POST', `/api/tokens/${encodeURIComponent(id)}`, { revoke: true }, done)

export const changePassword = (old: string, password: string) =>
  ask('POST', '/api/me/password', { old, new: password }, done)
export const changePin = (password: string, pin: string | undefined) =>
  ask('POST', '/api/me/pin', { password, ...(pin === undefined ? {} : { pin }) }, done)
export const askCode = (password: string) => ask('POST', '/api/me/totp', { password }, has<CodeSecret>('secret', 'uri'))
export const confirmCode = (code: string) =>
  ask('POST', '/api/me/totp/confirm', { code }, (value) =>
    isObject(value) && Array.isArray(value.spare) ? value.spare.filter(isText) : undefined,
  )
export const signInsOf = () => ask('GET', '/api/me/sign-ins', undefined, listOf<SignInRow>('signIns', 'id', 'from'))
export const endSignIn = (id: string) => ask('POST', '/api/me/sign-ins/end', { id }, done)

export const findAudit = (find: FindAudit) =>
  ask('POST', '/api/audit/find', find, (value) => {
    const rows = listOf('rows', 'who', 'what')(value)
    return rows === undefined ? undefined : (value as AuditPage)
  })
