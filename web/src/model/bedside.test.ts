import { expect, test } from 'vitest'
import type { Act, Clinic, KnownPatient, LimitNotice, Person, Session } from '../wire/wire'
import { alike } from './alike'
import { baselineOf, change, changeOf } from './change'
import { chimeNow, ordered, REPEAT_MS, type Sounded } from './chime'
import { inForce, limitsOf } from './inforce'
import { isArtefact, type Line } from './lines'
import { checkIn, readiness, skipNote, skipOf, wentGo } from './lists'
import { lastTime } from './setback'
import { emptyStart, openedOf, withPatient, wrongIn } from './start'
import { digitsTyped, initials, readTyped, typedOf, typedText } from './typed'

const nurse: Person = { name: 'Ada Nurse', role: 'nurse' }
let seq = 0
const line = (act: Act, more: Partial<Line> = {}): Line => ({
  key: `k${++seq}`,
  seq,
  act,
  by: nurse,
  wallUs: seq * 1e6,
  receivedUs: seq * 1e6,
  late: false,
  undone: false,
  undoing: undefined,
  is: 'recorded',
  sentence: undefined,
  ...more,
})
const entry = (kind: string, text = '', more: Partial<Line> = {}) => line({ is: 'entry', entry: kind, text }, more)

test('a change from the baseline is the difference of two shown whole numbers', () => {
  const cases: [string | undefined, string, string | undefined][] = [
    ['118', '130', '+12'],
    ['98', '92', '\u22126'],
    ['72', '72', '0'],
    ['36.5', '37', undefined],
    [undefined, '72', undefined],
    ['72', '--', undefined],
  ]
  for (const [from, to, is] of cases) expect(change(from, to)).toBe(is)
  expect(changeOf(['118', '74', '89'], '128/70')).toBe('+10/\u22124')
  expect(changeOf(['118', '74'], '--')).toBeUndefined()
  expect(baselineOf([{ vital: 'spo2', values: ['97.65'] }], 'spo2', '%')).toEqual(['98'])
})

test('the check-in list knows what is done, what was left out and why, and what was undone', () => {
  const lines = [
    entry('identity confirmed'),
    entry('allergies', 'penicillin'),
    entry('weight', '70 kg', { undone: true }),
    entry('note', skipNote('fasting', 'urgent start')),
    entry('note', 'skipped: the stairs'),
    entry('scale', 'PHQ-9 14'),
    entry('scale', 'GAD-7 9'),
    entry('escort', 'sister', { is: 'refused' }),
    entry('medicines', 'none', { is: 'waiting', seq: undefined }),
  ]
  const is = Object.fromEntries(checkIn(lines).map((it) => [it.kind, `${it.is} ${it.texts.join(';')}`.trim()]))
  expect(is).toEqual({
    'identity confirmed': 'done',
    'consent seen': 'open',
    indication: 'open',
    allergies: 'done penicillin',
    fasting: 'skipped urgent start',
    medicines: 'done none',
    weight: 'open',
    escort: 'open',
    scale: 'done PHQ-9 14;GAD-7 9',
  })
  expect(skipOf('skipped: the stairs')).toBeUndefined()
})

test('a line for leaving is ticked by an entry with its very words, and by nothing else', () => {
  const lines = [entry('readiness', 'Walks safely'), entry('readiness', 'Escort', { undone: true })]
  const list = readiness(['Walks safely', 'Escort', 'IV out'], lines)
  expect(list.map(({ line }) => line !== undefined)).toEqual([true, false, false])
  expect(wentGo([entry('go', '', { undone: true })])).toBeUndefined()
})

test('typed values are digits, and a pressure has both', () => {
  expect(['97', ' 36,5 ', '120/80', '-3', '9999', 'x', ''].map(digitsTyped)).toEqual([
    '97',
    '36.5',
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
  ])
  expect(readTyped({ 'nibp systolic': '128', 'nibp diastolic': '79', 'spo2 value': '97' })).toEqual({
    values: [
      { vital: 'nibp', values: ['128', '79'] },
      { vital: 'spo2', values: ['97'] },
    ],
    wrong: [],
  })
  expect(readTyped({ 'nibp systolic': '128' }).wrong).toEqual(['nibp diastolic'])
  expect(readTyped({ 'spo2 value': '9x' })).toMatchObject({ values: [], wrong: ['spo2 value'] })
  expect([['128', '79', '95'], ['128', '79'], ['97']].map(typedText)).toEqual(['128/79 (95)', '128/79', '97'])
})

test('h03 a typed value ages as a cuff reading and one that was undone is none', () => {
  const typed = (wallUs: number, more: Partial<Line> = {}) =>
    line({ is: 'typed', values: [{ vital: 'nibp', values: ['128', '79'] }] }, { wallUs, ...more })
  const min = 60e6
  const lines = [typed(0), typed(10 * min), typed(20 * min), typed(24 * min, { undone: true })]
  const found = typedOf(lines, 'nibp', 24 * min)
  expect(found.map(({ wallUs, state }) => [wallUs / min, state])).toEqual([
    [20, 'current'],
    [10, 'old'],
    [0, 'lost'],
  ])
  expect(typedOf(lines, 'spo2', 0)).toEqual([])
  expect(['Ann Beck', 'Beck, Ann', 'Ada'].map(initials)).toEqual(['AB', 'AB', 'A'])
})

test('an artefact mark holds for its vital and its entries until it is undone', () => {
  const mark = (more: Partial<Line> = {}) =>
    line({ is: 'artefact', vital: 'spo2', first: 10, last: 20, reason: 'movement' }, more)
  expect([9, 10, 20, 21].map((it) => isArtefact([mark()], 'spo2', it))).toEqual([false, true, true, false])
  expect(isArtefact([mark()], 'heart_rate', 15)).toBe(false)
  expect(isArtefact([mark({ undone: true })], 'spo2', 15)).toBe(false)
})

test('h30 names that could be taken for each other are marked', () => {
  const cases: [string, string, boolean][] = [
    ['Doe, Jane', 'Doe, John', true],
    ['M\u00fcller, Eva', 'Muller, Ida', true],
    ['Johnson, Amy', 'Johnsen, Carl', true],
    ['Doe, Jane', 'Roe, Richard', false],
    ['Smith, Ann', 'Jones, Bob', false],
    ['Li, Wei', 'Lu, Min', false],
  ]
  for (const [one, other, is] of cases) expect(alike(one, other), `${one} | ${other}`).toBe(is)
})

const clinic = (limits: Clinic['limits'], hasLimits = true): Clinic => ({
  names: 'alias',
  templates: [],
  staff: [],
  readiness: [],
  limits,
  hasLimits,
  testing: [],
})

test('h13 limits are shown only where they are switched on', () => {
  const spo2 = { notice: 'spo2', on: true, limits: 'lookLow=94 urgentLow=90 lookHoldS=15' }
  const rate = { notice: 'heart rate', on: false, limits: 'lookLow=50 lookHigh=120' }
  expect(inForce(clinic([spo2, rate]), []).map(({ notice }) => notice)).toEqual(['spo2'])
  expect(inForce(clinic([spo2], false), [])).toEqual([])
  expect(inForce(undefined, [])).toEqual([])
  const own = line({ is: 'limited', notice: 'spo2', limits: 'lookLow=90', reason: 'COPD' })
  expect(inForce(clinic([spo2]), [own])[0]).toMatchObject({
    numbers: new Map([['lookLow', '90']]),
    own: { act: { reason: 'COPD' } },
  })
  const back = line({ is: 'limited', notice: 'spo2', limits: '', reason: 'over' })
  expect(inForce(clinic([spo2]), [own, back])[0]).toMatchObject({
    numbers: new Map([
      ['lookLow', '94'],
      ['urgentLow', '90'],
      ['lookHoldS', '15'],
    ]),
    own: undefined,
  })
  expect(limitsOf(inForce(clinic([spo2, { ...rate, on: true }]), []), 'heart_rate')).toMatchObject([
    { look: '50\u2013120' },
  ])
})

const notice = (name: string, level: string, monoUs: number, seen = false): LimitNotice => ({
  notice: name,
  level,
  value: '88',
  limit: '90',
  since: { monoUs, wallUs: monoUs },
  ...(seen ? { seenBy: nurse } : {}),
})

test('a notice chimes at once, again every 10 or 30 s, and not when somebody saw it', () => {
  const look = notice('cuff', 'look', 1)
  const urgent = notice('spo2', 'urgent', 2)
  let before: Sounded | undefined
  const chimes = (notices: LimitNotice[], nowMs: number) => {
    const { chime, sounded } = chimeNow(notices, before, nowMs)
    before = sounded
    return chime
  }
  expect(chimes([], 0)).toBeUndefined()
  expect(chimes([look], 0)).toBe('look')
  expect(chimes([look], REPEAT_MS.look - 1)).toBeUndefined()
  expect(chimes([look], REPEAT_MS.look)).toBe('look')
  expect(chimes([look, urgent], REPEAT_MS.look + 1), 'what is new sounds at once').toBe('urgent')
  expect(chimes([look, urgent], REPEAT_MS.look + REPEAT_MS.urgent + 1)).toBe('urgent')
  const seen = [notice('cuff', 'look', 1, true), notice('spo2', 'urgent', 2, true)]
  expect(chimes(seen, 1e9)).toBeUndefined()
  expect(chimes([look], 1e9 + 1), 'it came back').toBe('look')
})

test('what nobody has seen comes first, the urgent before the others, the oldest first', () => {
  const all = [
    notice('a', 'look', 1),
    notice('b', 'urgent', 3),
    notice('c', 'urgent', 2, true),
    notice('d', 'urgent', 1),
  ]
  expect(ordered(all).map((it) => it.notice)).toEqual(['d', 'b', 'a', 'c'])
})

test('a time that was set back is the last one the clinic\u2019s clock showed', () => {
  const now = Date.parse('2026-03-14T14:42:05Z') * 1000
  const utc = (text: string | undefined) => text && Date.parse(text) * 1000
  const cases: [string, string, string | undefined][] = [
    ['10:42', 'America/New_York', '2026-03-14T14:42:00Z'],
    ['10:05', 'America/New_York', '2026-03-14T14:05:00Z'],
    ['9:59', 'America/New_York', '2026-03-14T13:59:00Z'],
    ['10:43', 'America/New_York', undefined],
    ['25:00', 'UTC', undefined],
    ['soon', 'UTC', undefined],
  ]
  for (const [typed, zone, is] of cases) expect(lastTime(typed, now, zone), typed).toBe(utc(is))
  // The night the clocks go back: the later of the two 01:30.
  const night = Date.parse('2026-11-01T07:00:00Z') * 1000
  expect(lastTime('01:30', night, 'America/New_York')).toBe(Date.parse('2026-11-01T06:30:00Z') * 1000)
})

const template = {
  name: 'IV 40 min',
  of: 6,
  infusionMin: 40,
  cuffInfusingMin: 10,
  cuffObservingMin: 15,
  observeMin: 60,
  assessFirstMin: 15,
  assessLaterMin: 30,
}

const known: KnownPatient = {
  patient: { id: 'TEST-0001', name: 'Doe, Jane', born: '1980-02-29', alias: 'J. D.' },
  plan: { ...template, template: 'IV 40 min', number: 3 },
  lastWallUs: 1,
  facts: [
    { entry: 'allergies', text: 'penicillin' },
    { entry: 'dose event', text: '0.5 mg/kg' },
  ],
}

test('an earlier patient fills in the form with the next number, never with a dose', () => {
  const form = withPatient(emptyStart(undefined), known)
  expect(form).toMatchObject({
    id: 'TEST-0001',
    number: '4',
    of: '6',
    infusionMin: '40',
    allergies: 'penicillin',
    escort: '',
  })
  expect(JSON.stringify(form)).not.toContain('mg/kg')
  expect(openedOf(form)).toMatchObject({
    is: 'opened',
    patient: known.patient,
    plan: { template: 'IV 40 min', number: 4, of: 6 },
  })
})

test('a form is complete with two identifiers and times, and the length of an infusion is never taken for granted', () => {
  const empty = emptyStart({ ...clinic([]), templates: [] })
  expect(wrongIn(empty).sort()).toEqual(['born', 'id', 'infusionMin', 'name', 'template'])
  const form = withPatient(emptyStart(undefined), known)
  expect(wrongIn(form)).toEqual([])
  expect(wrongIn({ ...form, born: '29.2.1980', number: '7', observeMin: 'x' })).toEqual(['born', 'of', 'observeMin'])
  expect(openedOf({ ...form, of: '', alias: '', planned: true })).toMatchObject({
    planned: true,
    patient: { alias: 'JD' },
  })
  expect((openedOf({ ...form, of: '' }) as { plan: Session['plan'] }).plan.of).toBeUndefined()
})
