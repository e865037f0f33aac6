import { expect, test } from 'vitest'
import {
  type Answer,
  answered,
  answerOf,
  bodyOf,
  dropped,
  next,
  PAUSE_MAX_MS,
  PROMPT_MS,
  pauseMs,
  type Queued,
  unsent,
  untold,
  waitingFor,
} from './outbox'
import type { Sender } from './sender'

const nurse = { name: 'Ada Nurse', role: 'nurse' }
const press = (order: number, more: Partial<Queued> = {}): Queued => ({
  order,
  is: 'waiting',
  key: String(order).padStart(32, '0'),
  chair: '1',
  session: '1-10',
  by: nurse,
  wallUs: 1e15 + order,
  pressedMs: order * 1000,
  late: false,
  act: { is: 'entry', entry: 'pain', score: order, text: '' },
  ...more,
})
const key = (order: number) => String(order).padStart(32, '0')

test('h19 what is sent again has the key of its press', () => {
  const it = press(7)
  expect([bodyOf(it, 7000), bodyOf(it, 900_000)].map((body) => body.key)).toEqual([key(7), key(7)])
})

test('the time of the press goes along unless it is sent at once', () => {
  const it = press(1)
  const cases: [number, number | undefined][] = [
    [1000, undefined],
    [1000 + PROMPT_MS - 1, undefined],
    [1000 + PROMPT_MS, 1e15 + 1],
    // The clock was set back meanwhile.
    [999, 1e15 + 1],
  ]
  for (const [nowMs, said] of cases) expect(bodyOf(it, nowMs).wallUs, String(nowMs)).toBe(said)
  expect(bodyOf(press(1, { late: true }), 1000)).toMatchObject({ wallUs: 1e15 + 1, late: true })
})

test('an answer is done, a refusal with its sentence, or nothing known', () => {
  const cases: [number, unknown, Answer][] = [
    [200, { recorded: 41 }, { is: 'done', recorded: 41 }],
    [200, {}, { is: 'again' }],
    [200, undefined, { is: 'again' }],
    [
      409,
      { code: 'not_possible', message: 'undoing needs a reason' },
      { is: 'refused', sentence: 'undoing needs a reason' },
    ],
    [422, { code: 'bad_body', message: 'no' }, { is: 'refused', sentence: 'no' }],
    // Something between here and the server.
    [404, '<html>', { is: 'again' }],
    [408, { code: 'too_slow', message: 'too slow' }, { is: 'again' }],
    [429, { message: 'slower' }, { is: 'again' }],
    [503, { code: 'log_unavailable', message: 'ask again' }, { is: 'again' }],
    [500, undefined, { is: 'again' }],
    [304, undefined, { is: 'again' }],
  ]
  for (const [status, body, answer] of cases) expect(answerOf(status, body), String(status)).toEqual(answer)
})

test('acts go in the order they were pressed, and a refused one holds up nobody', () => {
  let queue = [press(3), press(1), press(2)]
  expect(next(queue)?.order).toBe(1)
  queue = answered(queue, key(1), { is: 'again' })
  expect(next(queue)?.order).toBe(1)
  queue = answered(queue, key(1), { is: 'refused', sentence: 'no' })
  expect(next(queue)?.order).toBe(2)
  queue = answered(queue, key(2), { is: 'done', recorded: 50 })
  expect(next(queue)?.order).toBe(3)
  expect(unsent(queue).map(({ order }) => order)).toEqual([1, 3])
})

test('what follows an opening waits for the number of its session', () => {
  const opening = press(1, { act: { is: 'claimed', from: 0 } })
  const { session: _, ...bare } = press(2)
  const queue = [opening, { ...bare, after: key(1) }]
  expect(next([queue[1] as Queued])).toBeUndefined()
  const opened = answered(queue, key(1), { is: 'done', recorded: 1042 })
  expect(next(opened)).toMatchObject({ order: 2, session: '1-1042' })
  const refused = answered(queue, key(1), { is: 'refused', sentence: 'occupied' })
  expect(refused.map(({ is, sentence }) => [is, sentence])).toEqual([
    ['refused', 'occupied'],
    ['refused', 'occupied'],
  ])
})

test('only a refused act can be dropped', () => {
  const queue = [press(1), press(2, { is: 'refused' }), press(3, { is: 'sent', recorded: 9 })]
  for (const order of [1, 2, 3]) expect(dropped(queue, key(order))).toHaveLength(order === 2 ? 2 : 3)
})

test('a list shows what is sent until the session has it', () => {
  const queue = [press(1), press(2, { is: 'sent', recorded: 90 }), press(3, { chair: '2' })]
  expect(untold(queue, '1', 89).map(({ order }) => order)).toEqual([1, 2])
  expect(untold(queue, '1', 90).map(({ order }) => order)).toEqual([1])
  expect(unsent(queue, '1').map(({ order }) => order)).toEqual([1])
})

test('pauses grow to a bound', () => {
  expect([1, 2, 3, 20].map(pauseMs)).toEqual([1000, 2000, 4000, PAUSE_MAX_MS])
})

const ana: Sender = { is: 'one', id: 'a1', by: { name: 'Ana Nurse', role: 'nurse' } }
const ben: Sender = { is: 'one', id: 'a2', by: { name: 'Ben Beck', role: 'clinician' } }

test('s05 a press is sent only by the account it was made under, and the others wait by name', () => {
  const queue = [
    press(1, { account: 'a1', by: { name: 'Ana Nurse', role: 'nurse' } }),
    press(2, { account: 'a2', by: { name: 'Ben Beck', role: 'clinician' } }),
    press(3, { account: 'a1', by: { name: 'Ana Nurse', role: 'nurse' } }),
  ]
  expect(next(queue, ana)?.order).toBe(1)
  expect(next(queue, ben)?.order).toBe(2)
  expect(next(queue, { is: 'nobody' })).toBeUndefined()
  expect([...waitingFor(queue, ben)]).toEqual([['Ana Nurse', 2]])
  expect([...waitingFor(queue, { is: 'anybody' })]).toEqual([])
})

test('s05 a press of before there were accounts goes with the same name, and with no other', () => {
  const typed = press(1, { by: { name: 'Ana Nurse', role: 'lead' } })
  expect(next([typed], ana)).toBe(typed)
  expect(next([typed], ben)).toBeUndefined()
  // The role is what the account has now.
  expect(bodyOf(typed, 1000, ana).by).toEqual({ name: 'Ana Nurse', role: 'nurse' })
})

test('s05 the name that is sent is the one the account has now', () => {
  const before = press(1, { account: 'a1', by: { name: 'Ana Maiden', role: 'nurse' } })
  expect(bodyOf(before, 1000, ana).by.name).toBe('Ana Nurse')
  expect(bodyOf(before, 1000).by.name).toBe('Ana Maiden')
})

test.each([
  [401, 'locked'],
  [401, 'signed_out'],
  [409, 'another_person'],
  [403, 'code_required'],
])('a refusal because of who is signed in loses nothing: %i %s', (status, code) => {
  const answer = answerOf(status, { code, message: 'Sign in.' })
  expect(answer).toEqual({ is: 'who' })
  expect(answered([press(1)], key(1), answer)[0]?.is).toBe('waiting')
})

test('a right that is missing is the answer to the act', () => {
  expect(answerOf(403, { code: 'no_right', message: 'Not yours.' })).toEqual({ is: 'refused', sentence: 'Not yours.' })
})
