import { expect, test } from 'vitest'
import fixture from '../../../fixtures/wire/session_due.json'
import type { Act, Session, ToScreen } from '../wire/wire'
import { countdown, dues } from './due'
import { linesOf, sentLater, undoable } from './lines'
import type { Queued } from './outbox'
import { isEarly, observeLeftUs, plannedEndUs, type Standing, standing } from './standing'
import { initial, step } from './state'

const said = fixture as unknown as Extract<ToScreen, { kind: 'session' }>
const told = said.session as Session
const at = (ms: number) => ({ perfMs: ms, dateMs: ms })
const hello = (monoUs: number, wallUs: number): ToScreen => ({
  kind: 'hello',
  wire: 1,
  version: '0',
  run: 'r',
  boot: 'b',
  zone: 'UTC',
  now: { monoUs, wallUs },
})

/** The chair so many seconds after T+0 of the fixture. */
function seconds(after: number, session: Session = told) {
  const t0 = told.started as { monoUs: number; wallUs: number }
  const messages: ToScreen[] = [
    hello(t0.monoUs + after * 1e6, t0.wallUs + after * 1e6),
    { kind: 'session', chair: '2', session },
  ]
  return messages.reduce((state, message) => step(state, { kind: 'message', at: at(0), message }), initial(at(0)))
}

const wall = (after: number) => (told.started?.wallUs ?? 0) + after * 1e6

function queued(order: number, act: Act, more: Partial<Queued> = {}): Queued {
  return {
    order,
    is: 'waiting',
    key: `k${order}`,
    chair: '2',
    session: told.id,
    by: { name: 'Tom Beck', role: 'nurse' },
    wallUs: wall(order),
    pressedMs: 0,
    late: false,
    act,
    ...more,
  }
}

const move = (order: number, to: string, more?: Partial<Queued>) => queued(order, { is: 'moved', to, reason: '' }, more)

const stands = (after: number, queue: Queued[] = [], session = told) => {
  const state = seconds(after, session)
  return standing(state, state.chairs.get('2'), queue) as Standing
}

test('h20 a session stands where the server says and one step further where a move waits', () => {
  const cases: [Queued[], string, string[], boolean][] = [
    [[], 'infusing', ['paused', 'observing'], false],
    [[move(1, 'paused')], 'paused', ['infusing', 'observing'], true],
    [[move(1, 'paused'), move(2, 'infusing')], 'infusing', ['paused', 'observing'], true],
    [[move(1, 'observing')], 'observing', ['ready'], true],
    // Refused, told already, of another session: it stands where it stood.
    [[move(1, 'observing', { is: 'refused' })], 'infusing', ['paused', 'observing'], false],
    [[move(1, 'observing', { is: 'sent', recorded: 4000 })], 'infusing', ['paused', 'observing'], false],
    [[move(1, 'observing', { is: 'sent', recorded: 9000 })], 'observing', ['ready'], true],
    [[move(1, 'observing', { session: '2-1' })], 'infusing', ['paused', 'observing'], false],
  ]
  for (const [queue, phase, next, moving] of cases)
    expect(stands(700, queue), JSON.stringify(queue.map(({ act, is }) => [act, is]))).toMatchObject({
      phase,
      next,
      moving,
    })
})

test('t+ runs through pauses and does not wait for the server', () => {
  expect(stands(753).elapsedUs).toBe(753e6)
  expect(stands(753, [move(600, 'paused')]).elapsedUs).toBe(753e6)
  const { started: _, ...before } = told
  const baseline = { ...before, phase: 'baseline', next: ['infusing', 'cancelled'] } as Session
  expect(stands(100, [], baseline).elapsedUs).toBeUndefined()
  expect(stands(100, [move(40, 'infusing')], baseline).elapsedUs).toBe(60e6)
})

test('nobody has a chair whose session is over', () => {
  const state = seconds(10, { ...told, phase: 'discharged', next: [] })
  expect(standing(state, state.chairs.get('2'), [])).toBeUndefined()
})

test('a stop before the planned end is early; pauses move that end', () => {
  const end = told.schedule?.plannedEnd?.wallUs as number
  const it = stands(10)
  expect(plannedEndUs(it)).toBe(end)
  expect([isEarly(it, end - 1), isEarly(it, end)]).toEqual([true, false])
  const { schedule: _, ...bare } = told
  expect(plannedEndUs(stands(10, [], bare as Session))).toBe(wall(40 * 60))
})

test('h20 the least observation counts from the stop on the clock that does not step', () => {
  expect(observeLeftUs(stands(10), undefined)).toBeUndefined()
  const { schedule: _, ...bare } = told
  const stopped = { ...bare, phase: 'observing', next: ['ready'], stopped: told.started } as Session
  expect(observeLeftUs(stands(600, [], stopped), undefined)).toBe(50 * 60e6)
  expect(observeLeftUs(stands(3601, [], stopped), undefined)).toBe(0)
  expect(observeLeftUs(stands(600, [move(300, 'observing')], bare as Session), undefined)).toBe(55 * 60e6)
})

test('what is due comes soonest first, and what is over counts up', () => {
  const mono = 6_350_000_000
  const all = dues(told.schedule, 'infusing', mono)
  expect(all.map(({ kind, leftUs }) => [kind, leftUs / 1e6])).toEqual([
    ['cuff', -50],
    ['assessment', 50],
    ['plannedEnd', 1550],
    ['mark', 1550],
  ])
  expect(dues(told.schedule, 'observing', mono).map(({ kind }) => kind)).not.toContain('plannedEnd')
  expect(dues(undefined, 'infusing', mono)).toEqual([])
  expect([190e6, -65e6, 3725e6, 0].map(countdown)).toEqual(['3:10', '1:05', '1:02:05', '0:00'])
})

test('lines hold what the server told and what waits, in the order it was', () => {
  const late = queued(60, { is: 'entry', entry: 'pain', score: 3, text: '' }, { late: true, wallUs: wall(-30) })
  const undo = queued(61, { is: 'undo', of: 4100, reason: 'wrong value' })
  const lines = linesOf(told, [late, undo], '2')
  const pain = lines.findIndex(({ act }) => act.is === 'entry' && act.entry === 'pain')
  expect(lines.slice(0, pain).every(({ wallUs }) => wallUs <= wall(-30))).toBe(true)
  const of = (seq: number) => lines.find((line) => line.seq === seq)
  expect(of(4095)).toMatchObject({ undone: true, undoing: { reason: 'pressed by mistake' } })
  expect(of(4100), 'undone as soon as it was pressed').toMatchObject({
    undone: true,
    undoing: { reason: 'wrong value' },
  })
  expect([of(4080), of(4090), of(4095)].map((line) => line && undoable(line))).toEqual([true, false, false])
  expect(linesOf(told, [queued(1, { is: 'entry', entry: 'note', text: 'x' }, { chair: '3' })], '2')).toHaveLength(
    told.acts.length,
  )
})

test('both times stand beside what was sent later than it was done', () => {
  const lines = linesOf(told, [], '2')
  expect(lines.find(({ seq }) => seq === 4100)).toMatchObject({ late: true })
  const kept = { ...told, acts: [{ ...(told.acts[3] as Session['acts'][number]), wallUs: wall(-120) }] }
  expect(linesOf(kept, [], '2').map(sentLater)).toEqual([true])
  expect(sentLater(lines[0] as (typeof lines)[number])).toBe(false)
})
