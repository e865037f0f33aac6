import { expect, test } from 'vitest'
import type { Me } from '../wire/wire'
import {
  type Access,
  isIdle,
  isPin,
  lengthOf,
  may,
  NOBODY_YET,
  personOf,
  readMe,
  type Standing,
  senderOf,
  standingOf,
} from './access'

const ANA: Me = {
  standing: 'in',
  person: { id: 'a1', name: 'Ana Nurse', roles: ['nurse'], actsAs: 'nurse' },
  rights: ['live', 'enter'],
  lockAfterS: 900,
  people: [{ id: 'a2', name: 'Ben Beck' }],
  codeNeeded: false,
  pinSet: true,
  codeSet: false,
}
const OUT: Me = { ...ANA, standing: 'out', person: null, rights: [], people: [] }
const of = (me: Me | undefined, lockedHere = false): Access => ({ me, lockedHere, why: undefined })

test('an answer that is not whole is none', () => {
  expect(readMe(ANA)).toEqual(ANA)
  expect(readMe(OUT)).toEqual(OUT)
  const broken: unknown[] = [
    undefined,
    'in',
    [],
    { ...ANA, standing: 'root' },
    { ...ANA, person: null },
    { ...ANA, person: { id: 'a1', name: 'Ana' } },
    { ...OUT, standing: 'locked' },
    { ...ANA, rights: 'all' },
    { ...ANA, rights: [1] },
    { ...ANA, lockAfterS: '900' },
    { ...ANA, people: [{ id: 'a2' }] },
  ]
  for (const body of broken) expect(readMe(body), JSON.stringify(body)).toBeUndefined()
})

test.each<[string, Access, Standing, string | undefined, string]>([
  ['before the server said', NOBODY_YET, 'unknown', undefined, 'anybody'],
  ['without accounts', of({ ...OUT, standing: 'trial' }), 'trial', undefined, 'anybody'],
  ['signed out', of(OUT), 'out', undefined, 'nobody'],
  ['signed in', of(ANA), 'in', 'Ana Nurse', 'one'],
  ['locked by the server', of({ ...ANA, standing: 'locked' }), 'locked', undefined, 'nobody'],
  ['locked on this device, the server has not heard of it', of(ANA, true), 'locked', undefined, 'nobody'],
  ['a lock of somebody who left', of(OUT, true), 'out', undefined, 'nobody'],
  ['a wall display', of({ ...OUT, standing: 'display' }), 'display', undefined, 'nobody'],
  [
    'no role that enters',
    of({ ...ANA, person: { id: 'a9', name: 'Bo', roles: ['biomed'] } }),
    'in',
    undefined,
    'nobody',
  ],
])('s11 whose name entries bear, and whose are sent: %s', (_, access, standing, name, sender) => {
  expect(standingOf(access)).toBe(standing)
  expect(personOf(access)?.name).toBe(name)
  expect(senderOf(access).is).toBe(sender)
})

test('what is offered follows the rights; where nobody has an account, everything is', () => {
  expect(may(of(ANA), 'enter')).toBe(true)
  expect(may(of(ANA), 'sign')).toBe(false)
  expect(may(of(OUT), 'live')).toBe(false)
  expect(may(of({ ...OUT, standing: 'trial' }), 'settings')).toBe(true)
})

test('s11 a screen is idle after its time, to the millisecond, and not because a clock was set back', () => {
  expect(isIdle(1_000, 900_999, 900)).toBe(false)
  expect(isIdle(1_000, 901_000, 900)).toBe(true)
  expect(isIdle(901_000, 1_000, 900)).toBe(false)
  expect(isIdle(0, 1e12, 0)).toBe(false)
})

test('a PIN is digits, four to eight; a character counts once', () => {
  for (const pin of ['1234', '00000000']) expect(isPin(pin), pin).toBe(true)
  for (const pin of ['', '123', '123456789', '12 4', '１２３４', 'abcd']) expect(isPin(pin), pin).toBe(false)
  expect(lengthOf('a\u{1F411}b')).toBe(3)
})
