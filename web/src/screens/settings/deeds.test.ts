import { expect, test } from 'vitest'
import { read, write } from '../../route'
import { nextId, outcome } from './deeds'

const answer = (status: number, body: string) => outcome(new Response(body, { status }), 'Chair "Door"')

test('done means that the server says it is recorded', async () => {
  expect(await answer(200, '{"recorded":12}')).toEqual({ ok: true, message: 'Chair "Door": done and recorded.' })
  expect((await answer(200, '{}')).ok).toBe(false)
  expect((await answer(200, '<html>')).ok).toBe(false)
})

test('a refusal is shown in the words of the server', async () => {
  const body = '{"code":"log_unavailable","message":"The log cannot be written now; try again."}'
  expect(await answer(503, body)).toEqual({ ok: false, message: 'The log cannot be written now; try again.' })
  expect((await answer(502, 'Bad gateway')).message).toContain('502')
})

test('a new chair takes the least free number', () => {
  expect(nextId([])).toBe('1')
  expect(nextId(['1', '2', '4', 'b'])).toBe('3')
})

test('an address leads to its screen and back', () => {
  for (const route of [
    { at: 'wall' },
    { at: 'settings' },
    { at: 'settings', part: 'limits' },
    { at: 'live', chair: 'a/b é' },
  ] as const) {
    expect(read(write(route))).toEqual(route)
  }
  expect(read('/nowhere')).toEqual({ at: 'wall' })
  expect(read('/chair/%E0%A4%A')).toEqual({ at: 'wall' })
})
