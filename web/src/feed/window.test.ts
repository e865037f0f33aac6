import { expect, test } from 'vitest'
import fixture from '../../../fixtures/wire/session.json'
import type { Session } from '../wire/wire'
import { USUAL_WINDOW_S, WINDOW_MAX_S, windowFor } from './window'

const session = fixture.session as unknown as Session
const openedS = (session.acts[0]?.received.wallUs ?? 0) / 1e6
const asked = (ageS: number, more: Partial<Session> = {}) =>
  windowFor(undefined, { ...session, ...more }, openedS + ageS).windowS

test('the whole of an open session is asked for, in steps and up to what a server gives', () => {
  for (const [ageS, windowS] of [
    [60, USUAL_WINDOW_S],
    [3600, 4500],
    [2 * 3600 + 1, 9000],
    [7.9 * 3600, WINDOW_MAX_S],
    [20 * 3600, WINDOW_MAX_S],
  ] as const)
    expect(asked(ageS), `${ageS} s old`).toBe(windowS)
})

test('without an open session the usual views are enough', () => {
  expect(windowFor(undefined, undefined, openedS).windowS).toBe(USUAL_WINDOW_S)
  expect(asked(4 * 3600, { next: [] })).toBe(USUAL_WINDOW_S)
})

test('a session that goes on is not asked for again; one that was claimed back is', () => {
  const first = windowFor(undefined, session, openedS + 3600)
  expect(windowFor(first, session, openedS + 7200)).toBe(first)
  expect(windowFor(first, { ...session, from: session.from - 500 }, openedS + 7200).windowS).toBe(WINDOW_MAX_S)
})
