import { expect, test } from 'vitest'
import type { Item, Kept, LimitNotice, Session, ToScreen } from '../wire/wire'
import { anyOpen, foremost, lastSedation, nextDue, place, roomRecorded, standing, withheld } from './room'
import { type State, step } from './state'
import { after, beat, hello, items, link, message, moment, reading, roster, shown, tick } from './testing'

const by = { name: 'Ada', role: 'nurse' }

const session = (more: Partial<Session> = {}): Session => ({
  id: '1-1',
  patient: { id: 'T1', name: 'Doe, Jane', born: '1980-02-29', alias: 'Heron' },
  plan: {
    template: 'IV',
    number: 1,
    infusionMin: 40,
    cuffInfusingMin: 10,
    cuffObservingMin: 15,
    observeMin: 60,
    assessFirstMin: 15,
    assessLaterMin: 30,
  },
  nurse: by,
  phase: 'infusing',
  next: ['paused', 'observing'],
  phaseSince: moment(0),
  opened: moment(0),
  from: 1,
  baseline: [],
  acts: [],
  ...more,
})

const told = (its: Session | undefined, cleared?: boolean): ToScreen => ({
  kind: 'session',
  chair: '1',
  ...(its && { session: its }),
  ...(cleared !== undefined && { cleared }),
})

const known = (state: State) => {
  const chair = state.chairs.get('1')
  if (chair === undefined) throw new Error('chair 1 is not there')
  return chair
}

const live = [reading('spo2', 1000, { value: '97', unit: '%' })]
const over = session({ phase: 'discharged', next: [] })

test.each([
  ['nobody sends, nobody was here', [], undefined, undefined, 'empty'],
  ['a monitor sends and nobody opened a session', live, undefined, undefined, 'free'],
  ['a session runs', live, session(), undefined, 'infusing'],
  ['a patient is expected', [], session({ phase: 'planned', next: ['checked in'] }), undefined, 'planned'],
  ['the last session is over', live, over, false, 'cleaning'],
  ['and the chair was cleared', live, over, true, 'free'],
  ['and its monitor was switched off', [], over, true, 'empty'],
  ['a phase of a newer server', live, session({ phase: 'napping', next: ['x'] }), undefined, 'napping'],
] as [string, Item[], Session | undefined, boolean | undefined, string][])(
  'what a chair is: %s',
  (_, latest, its, cleared, is) => {
    // What a cleared chair gave before is nobody's: it is free with the next value.
    const next = latest.map((item) => (item.is === 'reading' ? { ...item, seq: item.seq + 1000 } : item))
    const ended = step(shown(1000, latest), message(1000, told(its, cleared)))
    const state = step(ended, message(1000, items(1000, next)))
    expect(standing(state, known(state))).toBe(is)
  },
)

test('a chair that was not heard of is loading', () => {
  const state = after(message(0, hello(0)), message(0, roster))
  expect(place(state, undefined)).toMatchObject({ standing: 'loading', name: '' })
})

test('h01 a name stands at a chair as long as its session is open, and not a moment longer', () => {
  const state = step(shown(1000, live), message(1000, told(session())))
  expect(place(state, known(state)).name).toBe('Heron')
  const left = step(state, message(1001, told(over)))
  expect(place(left, known(left))).toMatchObject({ name: '', sinceUs: undefined, sedation: undefined, due: undefined })
})

test('T+ runs on through pauses and after the stop, by the clock of the server', () => {
  const its = session({ phase: 'paused', started: moment(400), stopped: moment(900) })
  const state = step(shown(1000, live), message(1000, told(its)))
  expect(place(state, known(state)).sinceUs).toBe(600e6)
  expect(place(step(state, tick(1005)), known(state)).sinceUs).toBe(605e6)
  const ahead = step(state, message(1000, told(session({ started: moment(2000) }))))
  expect(place(ahead, known(ahead)).sinceUs, 'a start that lies ahead is 0').toBe(0)
})

let seq = 0
const kept = (at: number, entry: string, score: number | undefined, more: Partial<Kept> = {}): Kept => {
  seq += 1
  const act = { is: 'entry' as const, entry, text: '', ...(score === undefined ? {} : { score }) }
  return { seq, received: moment(at), wallUs: moment(at).wallUs, late: false, by, act, undone: false, ...more }
}

test.each([
  ['none', [], undefined],
  ['the newest by its time', [kept(500, 'sedation', 4), kept(700, 'sedation', 3)], ['sedation', 3, 300e6]],
  [
    'entered late: its time counts',
    [kept(700, 'sedation', 3), kept(990, 'sedation', 5, { wallUs: moment(600).wallUs })],
    ['sedation', 3, 300e6],
  ],
  [
    'undone ones do not count',
    [kept(500, 'sedation', 4), kept(900, 'sedation', 0, { undone: true })],
    ['sedation', 4, 500e6],
  ],
  ['two scales', [kept(500, 'sedation', 4), kept(900, 'rass', -2)], ['rass', -2, 100e6]],
  ['of the same moment the later entry', [kept(500, 'sedation', 4), kept(500, 'sedation', 2)], ['sedation', 2, 500e6]],
  ['other entries are none', [kept(900, 'nausea', 2), kept(950, 'sedation', undefined)], undefined],
] as [string, Kept[], [string, number, number] | undefined][])('last sedation: %s', (_, acts, wanted) => {
  const state = shown(1000, [])
  const found = lastSedation(state, session({ acts }))
  expect(found && [found.scale, found.score, found.ageUs]).toEqual(wanted)
})

const schedule = (more: Partial<NonNullable<Session['schedule']>>) =>
  session({ schedule: { cuffEveryS: 600, marks: [], ...more } })

test.each([
  ['no schedule', session(), undefined],
  ['nothing in it', schedule({}), undefined],
  ['the first one', schedule({ cuffDue: moment(1200), assessDue: moment(1100) }), ['assess', 100]],
  ['an overdue cuff before what is due', schedule({ cuffDue: moment(900), assessDue: moment(1100) }), ['cuff', -100]],
  [
    'the end that has passed is not overdue',
    schedule({ plannedEnd: moment(900), cuffDue: moment(1300) }),
    ['cuff', 300],
  ],
  ['the end ahead', schedule({ plannedEnd: moment(1060) }), ['end', 60]],
  ['the least observation', schedule({ observeUntil: moment(1060), cuffDue: moment(1500) }), ['observe', 60]],
] as [string, Session, [string, number] | undefined][])('what is due next: %s', (_, its, wanted) => {
  const found = nextDue(shown(1000, []), its)
  expect(found && [found.what, found.inUs / 1e6]).toEqual(wanted)
})

test('h12 the room is recorded as far as the chair that is furthest behind, and unknown without frames', () => {
  const marked = (...marks: [head: number, recorded: number, at: number | undefined][]): State => {
    const said = {
      kind: 'beat' as const,
      now: moment(1000),
      recording: { ok: true },
      marks: marks.map(([head, recorded, at], n) => ({
        chair: String(n + 1),
        head,
        recorded,
        ...(at === undefined ? {} : { recordedWallUs: moment(at).wallUs }),
      })),
    }
    return after(message(1000, hello(1000)), message(1000, said))
  }
  const to = (at: number) => ({ is: 'to', wallUs: moment(at).wallUs })
  expect(roomRecorded(marked([9, 9, 990], [9, 9, 400])), 'a chair at rest holds nobody back').toEqual(to(990))
  expect(roomRecorded(marked([9, 9, 998], [9, 7, 700])), 'one that waits does').toEqual(to(700))
  expect(roomRecorded(marked([9, 9, 998], [9, 0, undefined]))).toEqual({ is: 'nothing' })
  expect(roomRecorded(marked())).toEqual({ is: 'nothing' })
  expect(roomRecorded(step(marked([9, 9, 998]), tick(1004))).is).toBe('unknown')
  const failing = { ...beat(1000), recording: { ok: false, sinceWallUs: 5, reason: 'disk full' } } as ToScreen
  expect(roomRecorded(step(marked([9, 9, 998]), message(1001, failing)))).toEqual({
    is: 'failing',
    sinceWallUs: 5,
    reason: 'disk full',
  })
})

const limit = (notice: string, level: string, more: Partial<LimitNotice> = {}): LimitNotice => ({
  notice,
  level,
  value: '88',
  limit: '90',
  since: moment(990),
  ...more,
})
const relayed = (priority: string): Item => ({
  is: 'notice',
  seq: 9000,
  source: 'm1',
  text: 'SpO2 LOW',
  priority,
  received: moment(995),
})
const seen = { seenBy: by, quietUntil: moment(1100) }

test.each([
  ['nothing', [], undefined, undefined, 0],
  ['one of the clinic', [limit('spo2', 'urgent')], undefined, 'spo2', 0],
  ['urgent before look', [limit('cuff', 'look'), limit('spo2', 'urgent')], undefined, 'spo2', 1],
  [
    'what nobody saw before what was seen',
    [limit('spo2', 'urgent', seen), limit('cuff', 'look')],
    undefined,
    'cuff',
    1,
  ],
  [
    'seen until a time that has passed',
    [limit('spo2', 'urgent', { seenBy: by, quietUntil: moment(999) }), limit('cuff', 'look')],
    undefined,
    'spo2',
    1,
  ],
  ['an urgent one before the monitor', [limit('spo2', 'urgent')], 'high', 'spo2', 1],
  ['the monitor before a look', [limit('cuff', 'look')], 'high', 'SpO2 LOW', 1],
  ['a look before a medium of the monitor', [limit('cuff', 'look')], 'medium', 'cuff', 1],
] as [string, LimitNotice[], string | undefined, string | undefined, number][])(
  'the line of a tile: %s',
  (_, notices, priority, wanted, more) => {
    let state = shown(1000, [link('live', 0), ...(priority === undefined ? [] : [relayed(priority)])])
    state = step(state, message(1000, { kind: 'notices', chair: '1', notices }))
    const found = foremost(state, known(state))
    const says = found && (found.call.from === 'clinic' ? found.call.notice.notice : found.call.relayed.notice.text)
    expect([says, found?.more ?? 0]).toEqual([wanted, more])
  },
)

test('h13 a notice of the clinic is not shown as the present without frames', () => {
  const state = step(
    shown(1000, []),
    message(1000, { kind: 'notices', chair: '1', notices: [limit('spo2', 'urgent')] }),
  )
  expect(foremost(state, known(state))).toBeDefined()
  const silent = step(state, tick(1010))
  expect(foremost(silent, known(silent))).toBeUndefined()
})

test('h01 a feed that names somebody else is told, one that is this patient or nobody is not', () => {
  const feed = (says: string, count: number) => ({
    source: 'gw',
    bed: '',
    says,
    patient: '',
    name: '',
    device: '',
    withheld: count,
    since: moment(0),
  })
  const of = (says: string, count = 3) => withheld(session({ feeds: [feed('same', 0), feed(says, count)] }))?.says
  expect(['patient', 'device', 'bed', 'before'].map((says) => of(says))).toEqual(['patient', 'device', 'bed', 'before'])
  expect(['same', 'none', 'accepted'].map((says) => of(says))).toEqual([undefined, undefined, undefined])
  expect(of('patient', 0)).toBeUndefined()
})

test('whether anybody is treated', () => {
  const state = shown(1000, live)
  expect(anyOpen(state)).toBe(false)
  expect(anyOpen(step(state, message(1000, told(session()))))).toBe(true)
  expect(anyOpen(step(state, message(1000, told(over))))).toBe(false)
})
