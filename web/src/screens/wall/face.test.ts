import { expect, test } from 'vitest'
import { type State, step } from '../../model/state'
import { beat, items, link, message, moment, reading, shown, tick } from '../../model/testing'
import type { Chair, Item, Session, ToScreen } from '../../wire/wire'
import { dueText, faceOf } from './face'
import { Faces } from './faces'

const CHAIR: Chair = { id: '1', name: 'One' }
const spo2 = (at: number, value: string, more = {}) => reading('spo2', at, { value, unit: '%', ...more })
const heart = (at: number, value: string) => reading('heart_rate', at, { value, origin: 'ecg' })
const cuff = (at: number) =>
  reading('nibp', at, { systolic: '128', diastolic: '79', mean: '95', unit: 'mm[Hg]', origin: 'cuff' })
const full = (at: number): Item[] => [heart(at, '72'), spo2(at, '97'), cuff(at - 130), link('live', 0)]

const by = { name: 'Ada', role: 'nurse' }
const session = (more: Partial<Session> = {}): ToScreen => ({
  kind: 'session',
  chair: '1',
  session: {
    id: '1-1',
    patient: { id: 'T1', name: 'Doe, Jane', born: '1980-02-29', alias: 'Heron' },
    phase: 'infusing',
    next: ['paused'],
    opened: moment(100),
    from: 1,
    started: moment(280),
    acts: [
      {
        seq: 3,
        received: moment(400),
        wallUs: moment(400).wallUs,
        late: false,
        by,
        act: { is: 'entry', entry: 'rass', score: 1, text: '' },
        undone: false,
      },
    ],
    schedule: { cuffDue: moment(900), cuffEveryS: 600, marks: [] },
    ...more,
  } as unknown as Session,
})

const face = (state: State) => faceOf(state, CHAIR)
const of = (state: State, vital: string) => face(state).values.find((value) => value.vital === vital)

test('w2 a tile says who, where, since when, the values with their ages, sedation and what is due', () => {
  const state = step(shown(1000, full(1000)), message(1000, session()))
  expect(face(state)).toMatchObject({
    chair: 'One',
    standing: 'infusing',
    name: 'Heron',
    since: 'T+ 12 min',
    care: { sedation: 'RASS +1, 10 min ago', due: 'Cuff 1 min overdue', late: true },
  })
  expect(face(state).values.map(({ label, digits, lines }) => [label, digits, lines])).toEqual([
    ['HR', '72', []],
    ['SpO₂', '97', []],
    ['NIBP', '128/79', ['2 min ago']],
  ])
})

test('h03 an old pressure says its time, a delayed value its age, a lost one its last number', () => {
  const state = step(step(shown(1000, full(1000)), message(1000, session())), message(1200, beat(1200)))
  expect(of(state, 'nibp')).toMatchObject({ state: 'old', lines: ['5 min ago, 15:01'] })
  expect(of(state, 'spo2')?.lines[0]).toBe('No signal')
  expect(of(state, 'spo2')?.lines[1]).toMatch(/^last 97 at /)
  const late = step(shown(1000, full(1000)), message(1005, beat(1005)))
  expect(of(late, 'spo2')).toMatchObject({ state: 'delayed', digits: '97', lines: ['5 s ago'] })
})

test('h01 a chair without a session shows no last number of whoever sat there before', () => {
  const late = step(shown(1000, full(1000)), message(1200, beat(1200)))
  expect(face(late)).toMatchObject({ word: 'lost', standing: 'free', care: undefined })
  expect(of(late, 'spo2')).toMatchObject({ state: 'lost', digits: '--', lines: ['No signal'] })
  const treated = step(late, message(1200, session()))
  expect(of(treated, 'spo2')?.lines).toHaveLength(2)
})

test.each([
  ['cuff', 150, 'Cuff in 2 min'],
  ['assess', 59, 'Assess in < 1 min'],
  ['end', 600, 'End in 10 min'],
  ['observe', 3900, 'Observe 1 h 05 min more'],
  ['cuff', -20, 'Cuff < 1 min overdue'],
  ['assess', -600, 'Assess 10 min overdue'],
] as const)('what is due: %s in %d s is "%s"', (what, s, says) => {
  expect(dueText({ what, inUs: s * 1e6 })).toBe(says)
})

test('what calls for a look comes before withheld values, a link and a record that is behind', () => {
  const chair = { chair: '1', head: 900, recorded: 700, recordedWallUs: moment(980).wallUs }
  const behind: ToScreen = { kind: 'beat', now: moment(1000), recording: { ok: true }, marks: [chair] }
  let state = step(shown(1000, full(1000)), message(1000, behind))
  expect(face(state).line).toEqual({ is: 'trouble', says: 'recorded to 15:03:00' })
  state = step(state, message(1000, items(1000, [link('lost', 1000)])))
  expect(face(state).line).toEqual({ is: 'trouble', says: 'm1: link lost since 15:03' })
  const feeds = [
    { source: 'gw', bed: '', says: 'patient', patient: '9', name: '', device: '', withheld: 2, since: moment(0) },
  ]
  state = step(state, message(1000, session({ feeds })))
  expect(face(state).line).toMatchObject({ is: 'trouble', says: expect.stringContaining('gw: values withheld') })
  const notices = [{ notice: 'spo2', level: 'urgent', value: '88', limit: '90', since: moment(976) }]
  state = step(state, message(1000, { kind: 'notices', chair: '1', notices }))
  expect(face(state).line).toMatchObject({
    is: 'notice',
    from: 'clinic',
    look: 'urgent',
    shape: 'octagon',
    sign: '!!!',
    quiet: false,
    says: 'SpO₂ 88 (limit 90) 0:24',
  })
})

test('h13 a layer of notices that does not work says so', () => {
  const failed: ToScreen = { kind: 'notices', chair: '1', notices: [], failed: 'stopped: a panic' }
  const state = step(shown(1000, full(1000)), message(1000, failed))
  expect(face(state).line).toMatchObject({ says: expect.stringContaining('do not work') })
})

/** A second chair beside the first. */
function two(): State {
  const state = shown(1000, full(1000))
  const roster: ToScreen = { kind: 'roster', chairs: [CHAIR, { id: '2', name: 'Two' }], feeds: [] }
  return step(state, message(1000, roster))
}

test('a message about one chair makes that tile new and leaves the others as they are', () => {
  const faces = new Faces()
  const state = two()
  const before = faces.of(state)
  const next = faces.of(step(state, message(1000.1, items(1000.1, [spo2(1000.1, '96')]))))
  expect(next.faces[0]).not.toBe(before.faces[0])
  expect(next.faces[1]).toBe(before.faces[1])
  expect(next.look).toBe(before.look)
})

test('the same numbers once more are nothing new; what a number hides is', () => {
  const state = two()
  const changed = (...list: Item[]) => {
    const faces = new Faces()
    const before = faces.of(state)
    return faces.of(step(state, message(1000.1, items(1000.1, list)))) !== before
  }
  expect(changed(spo2(1000.1, '97'), heart(1000.1, '72'))).toBe(false)
  expect(changed(spo2(1000.1, '97', { state: 'questionable', reason: 'motion' }))).toBe(true)
  expect(changed(spo2(1000.1, '', { state: 'absent', value: undefined, reason: 'sensor off' }))).toBe(true)
  expect(changed(spo2(1000.1, '97', { synthetic: true }))).toBe(true)
  expect(changed(cuff(1000.1))).toBe(true)
  expect(changed(link('lost', 1000.1))).toBe(true)
})

test('h03 ages are looked at four times a second, though nothing comes', () => {
  const faces = new Faces()
  const state = two()
  const at = (s: number) => faces.of(step(state, tick(1000 + s))).faces[0]?.values[1]?.state
  faces.of(state)
  expect([2.9, 3.2, 9.9, 10.2].map(at)).toEqual(['live', 'delayed', 'delayed', 'lost'])
})

test('h03 a value that was late is back with its next message, not with the next look', () => {
  const faces = new Faces()
  let state = step(two(), message(1005, beat(1005)))
  expect(faces.of(state).faces[0]?.values[1]?.state).toBe('delayed')
  state = step(state, message(1005.1, items(1005.1, [spo2(1005.1, '97'), heart(1005.1, '72')])))
  expect(faces.of(state).faces[0]?.values[1]?.state).toBe('live')
})

test('h04 the sign of life goes on with frames only', () => {
  const faces = new Faces()
  let state = two()
  const life = [faces.of(state).look.life]
  state = step(state, tick(1001))
  life.push(faces.of(state).look.life)
  state = step(state, message(1002, beat(1002)))
  life.push(faces.of(state).look.life)
  expect(life[1]).toBe(life[0])
  expect(life[2]).toBe((life[1] ?? 0) + 1)
})
