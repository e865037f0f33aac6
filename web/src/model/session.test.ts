import { expect, test } from 'vitest'
import fixture from '../../../fixtures/wire/session.json'
import type { Session, ToScreen } from '../wire/wire'
import { elapsed, sessionLine } from './session'
import { initial, step } from './state'

const at = (ms: number) => ({ perfMs: ms, dateMs: 1_772_444_460_000 + ms })
const said = fixture as unknown as Extract<ToScreen, { kind: 'session' }>

function after(...messages: ToScreen[]) {
  return messages.reduce((state, message) => step(state, { kind: 'message', at: at(0), message }), initial(at(0)))
}

const hello = (monoUs: number): ToScreen => ({
  kind: 'hello',
  wire: 1,
  version: '0.1.0',
  run: 'r',
  boot: 'b',
  zone: 'UTC',
  now: { monoUs, wallUs: 1_772_444_461_000_000 },
})

test('a line names the patient twice, the session, its phase and T+', () => {
  const started = (said.session as Session).started?.monoUs ?? 0
  const state = after(hello(started + 753e6), said)
  expect(sessionLine(state, state.chairs.get('2'))).toEqual({
    id: '2-4000',
    patient: 'Doe, Jane, 1980-02-29, TEST-0001',
    number: 'session 3 of 8',
    phase: 'infusing',
    elapsed: '0:12:33',
  })
  const later = step(state, { kind: 'tick', at: at(60_000) })
  expect(sessionLine(later, later.chairs.get('2'))?.elapsed).toBe('0:13:33')
})

test('nobody has the chair before a session, and after one', () => {
  const over = { ...said, session: { ...(said.session as Session), phase: 'discharged', next: [] } }
  for (const message of [{ kind: 'session', chair: '2' } as ToScreen, over]) {
    const state = after(hello(0), message)
    expect(sessionLine(state, state.chairs.get('2'))).toBeUndefined()
  }
})

test('elapsed time counts hours without end and never below zero', () => {
  expect([-5e6, 59.9e6, 3600e6, 100 * 3600e6].map(elapsed)).toEqual(['0:00:00', '0:00:59', '1:00:00', '100:00:00'])
})
