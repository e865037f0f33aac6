import { expect, test } from 'vitest'
import fixture from '../../../fixtures/wire/session.json'
import { Trends } from '../feed/trend'
import { items, link, moment, type ReadingItem, reading } from '../model/testing'
import type { Act, Kept, Session } from '../wire/wire'
import { panels } from './series'
import { trendSession } from './session'
import type { Sources } from './sources'
import { table } from './table'

const BY = { name: 'Ada Nurse', role: 'nurse' }
const stored = fixture.session as unknown as Session
const opened = stored.acts[0]?.act as Act
const wall = (at: number) => moment(at).wallUs / 1e6
const act = (seq: number, at: number, what: Act, more: Partial<Kept> = {}): Kept => ({
  seq,
  received: moment(at),
  wallUs: moment(at).wallUs,
  late: false,
  by: BY,
  act: what,
  undone: false,
  ...more,
})
/** A session that was opened at second 100 with entry 1000. */
const session = (acts: Kept[], more: Partial<Session> = {}): Session => ({
  ...stored,
  started: undefined as never,
  baseline: [],
  from: 1000,
  acts: [act(1000, 100, opened), ...acts],
  ...more,
})
const sources: Sources = { order: () => ({ sources: [], declared: false }), links: [], everyUs: () => 1e6 }
const hr = (seq: number, at: number, value: string, more: Partial<ReadingItem> = {}) =>
  reading('heart_rate', at, { seq, value, ...more })
const cuff = (seq: number, at: number, systolic: string, more: Partial<ReadingItem> = {}) =>
  reading('nibp', at, { seq, systolic, diastolic: '80', unit: 'mm[Hg]', origin: 'cuff', ...more })

function drawn(of: Session | undefined, ...readings: ReadingItem[]) {
  const trends = new Trends()
  trends.take(items(0, [link('live', 0), ...readings]))
  const material = { columns: trends.columns('1'), sources, session: trendSession(of) }
  return { panels: panels(material, wall(0), wall(900)), table: table(material, wall(0), wall(900), 60), material }
}
const valuesOf = (of: Session | undefined, ...readings: ReadingItem[]) =>
  drawn(of, ...readings).panels[0]?.series.map(({ values }) => values.filter((it) => it != null)) ?? []

test('h01 nothing from before the session is drawn as hers, by its place in the timeline', () => {
  const both = [hr(998, 90, '99'), hr(999, 99, '98'), hr(1001, 101, '70')]
  expect(valuesOf(session([]), ...both)).toEqual([[70]])
  expect(valuesOf(undefined, ...both), 'without a session all of the chair is drawn').toEqual([[99, 98, 70]])
  const said = drawn(session([]), ...both).table.rows.flatMap(({ cells }) => cells.map(({ text }) => text))
  expect(said).toContain('70')
  expect(said.join()).not.toMatch(/9[89]/)
})

test('h01 h11 what came before a clock was set back is not hers, whatever its time says', () => {
  expect(valuesOf(session([]), hr(999, 150, '99'), hr(1001, 101, '70'))).toEqual([[70]])
})

test('h02 a cuff reading of the patient before that the monitor repeats is not hers', () => {
  const repeated = cuff(1005, 40, '180', { received: moment(110) })
  expect(valuesOf(session([]), repeated, cuff(1006, 120, '118'))).toEqual([[118]])
  expect(valuesOf(session([]), repeated)).toEqual([])
})

test('what was claimed back is hers from its first entry on', () => {
  const claimed = session([act(1010, 130, { is: 'claimed', from: 950 })], { from: 950 })
  const list = [hr(949, 50, '99'), hr(950, 51, '71'), hr(1001, 101, '70')]
  expect(valuesOf(claimed, ...list)).toEqual([[71, 70]])
  expect(valuesOf(claimed, ...list, cuff(960, 30, '180')).flat(), 'measured before the claim').not.toContain(180)
})

test('h01 of a session that is over nothing is drawn: the next patient may sit there', () => {
  const over = session([act(1200, 200, { is: 'moved', to: 'discharged', reason: '' })], {
    next: [],
    phaseSince: moment(200),
  })
  expect(valuesOf(over, hr(1100, 150, '99'), hr(1201, 201, '70'))).toEqual([[70]])
  expect(trendSession(over)?.events).toEqual([])
})

test('h01 of a session that is planned nothing is hers before she is checked in', () => {
  const plan = act(1000, 100, { ...opened, planned: true } as Act)
  const waiting = session([], { acts: [plan], phase: 'planned', phaseSince: moment(100) })
  expect(valuesOf(waiting, hr(999, 99, '99'), hr(1001, 101, '70'))).toEqual([[70]])
  expect(trendSession(waiting)?.open).toBe(false)
  const came = act(1100, 200, { is: 'moved', to: 'checked in', reason: '' })
  const there = session([], { acts: [plan, came], from: 1100 })
  expect(valuesOf(there, hr(1001, 101, '99'), hr(1101, 201, '70'))).toEqual([[70]])
  expect(trendSession(there)?.phases).toEqual([{ phase: 'checked in', from: wall(200), to: Number.POSITIVE_INFINITY }])
})

test('phases follow one another; a move that was entered late begins with the phase it ends', () => {
  const moved = (seq: number, at: number, to: string, more = {}) => act(seq, at, { is: 'moved', to, reason: '' }, more)
  const set = session([
    moved(1001, 200, 'baseline'),
    moved(1002, 300, 'infusing'),
    moved(1003, 400, 'paused', { wallUs: moment(250).wallUs, late: true }),
    moved(1004, 500, 'infusing'),
  ])
  expect(trendSession(set)?.phases.map(({ phase, from, to }) => [phase, from - wall(0), to - wall(0)])).toEqual([
    ['checked in', 100, 200],
    ['baseline', 200, 300],
    ['infusing', 300, 300],
    ['paused', 300, 500],
    ['infusing', 500, Number.POSITIVE_INFINITY],
  ])
})

test('entries are ticks at the time they are about; what was undone is none', () => {
  const entry = (seq: number, at: number, kind: string, more: object = {}, kept: Partial<Kept> = {}) =>
    act(seq, at, { is: 'entry', entry: kind, text: '', ...more }, kept)
  const { events } = trendSession(
    session([
      entry(1001, 200, 'nausea', { score: 2 }),
      entry(1002, 210, 'nausea', { score: 3 }, { undone: true }),
      entry(1003, 220, 'drug given', { text: 'Ondansetron\n4 mg' }),
      entry(1004, 400, 'sedation', { score: 4 }, { wallUs: moment(150).wallUs, late: true }),
      act(1005, 300, { is: 'undo', of: 1002, reason: 'mistake' }),
      act(1006, 310, { is: 'handedOver', to: { name: 'Ben Nurse', role: 'nurse' } }),
      act(1007, 320, { is: 'typed', values: [{ vital: 'nibp', values: ['118', '74', '89'] }] }),
    ]),
  ) ?? { events: [] }
  expect(events.map(({ time, kind, says }) => [time - wall(0), kind, says])).toEqual([
    [150, 'score', 'Sedation 4 (late entry)'],
    [200, 'effect', 'Nausea 2 moderate'],
    [220, 'drug', 'Drug given: Ondansetron 4 mg'],
    [310, 'note', 'Handed over to Ben Nurse'],
    [320, 'typed', 'Typed: NIBP 118/74 (89)'],
  ])
})

test('h07 what was marked as an artefact stands hollow beside the line, until that is undone', () => {
  const list = [hr(1001, 101, '70'), hr(1002, 102, '190'), hr(1003, 103, '71'), cuff(1004, 104, '60')]
  const mark = (vital: string, first: number, last: number, undone = false) =>
    act(1100 + first, 200, { is: 'artefact', vital, first, last, reason: 'moved' }, { undone })
  const marked = drawn(session([mark('heart_rate', 1002, 1002), mark('nibp', 1004, 1004)]), ...list)
  const [panel] = marked.panels
  expect(panel?.series.find(({ label }) => label === 'HR')?.values).toEqual([70, null, 71, undefined])
  expect(panel?.spots.map(({ look, value, low }) => [look, value, low])).toEqual([
    ['artefact', 190, undefined],
    ['artefact', 60, 80],
  ])
  const struck = marked.table.rows.flatMap(({ cells }) => cells).filter(({ look }) => look === 'artefact')
  expect(struck.map(({ text }) => text)).toEqual(['60/80'])
  const undone = drawn(session([mark('heart_rate', 1002, 1002, true)]), ...list).panels[0]
  expect(undone?.spots).toEqual([])
})

test('h07 a doubtful value is no part of the line', () => {
  const doubted = hr(1002, 102, '50', { state: 'questionable', reason: 'motion' })
  const [panel] = drawn(session([]), hr(1001, 101, '70'), doubted, hr(1003, 103, '71')).panels
  expect(panel?.series[0]?.values).toEqual([70, null, 71])
  expect(panel?.spots).toEqual([{ time: wall(102), value: 50, color: '--hr', look: 'doubt' }])
})

test('typed values are points of their own, also of a vital no monitor sends', () => {
  const typed = act(1200, 300, { is: 'typed', values: [{ vital: 'nibp', values: ['142', '88'] }, { vital: 'spo2', values: ['95'] }] }) // biome-ignore format: one act
  const found = drawn(session([typed]), hr(1001, 101, '70'))
  expect(found.panels.map(({ kind, title, spots }) => [kind, title, spots.map(({ look, value, low }) => [look, value, low])])).toEqual([
    ['rates', 'HR', [['typed', 142, 88]]],
    ['spo2', 'SpO₂', [['typed', 95, undefined]]],
  ]) // biome-ignore format: a table
  const cells = found.table.rows.flatMap(({ cells }) => cells).filter(({ look }) => look === 'typed')
  expect(cells.map(({ text }) => text)).toEqual(['95', '142/88'])
})

test('the baseline is a level from its time on, in the panel of its unit', () => {
  const taken = act(1100, 250, { is: 'baseline', values: [] })
  const baseline = [
    { vital: 'nibp', values: ['16.5', '10.1', '12.2'], from: [1004, 1004] as [number, number] },
    { vital: 'heart_rate', values: ['72'] },
  ]
  const kpa = cuff(1004, 104, '16.5', { diastolic: '10.1', unit: 'kPa' })
  const found = drawn(session([taken], { baseline }), hr(1001, 101, '70'), kpa)
  expect(found.panels.map(({ kind, levels }) => [kind, levels.map(({ value, from }) => [value, from - wall(0)])])).toEqual([
    ['rates', [[72, 250]]],
    ['pressure', [[16.5, 250], [10.1, 250]]],
  ]) // biome-ignore format: a table
})

test('the baseline ends when she leaves', () => {
  const baseline = [{ vital: 'heart_rate', values: ['72'] }]
  const acts = [act(1100, 250, { is: 'baseline', values: [] })]
  const until = (left: typeof acts) =>
    drawn(session([...acts, ...left], { baseline }), hr(1001, 101, '70')).panels[0]?.levels[0]?.to
  expect(until([])).toBeUndefined()
  expect(until([act(1200, 280, { is: 'moved', to: 'discharged', reason: '' })])).toBe(wall(280))
})

test('the table is counted from T+0; a window without data is a row that says so, an absence says why', () => {
  const started = session([], { started: moment(130) })
  const off = hr(1100, 260, '0', { state: 'absent', value: undefined as never, reason: 'sensor off' })
  const { heads, rows } = drawn(started, hr(1001, 105, '70'), hr(1002, 135, '71'), cuff(1003, 140, '120'), off).table
  expect(heads.map(({ vital }) => vital)).toEqual(['heart_rate', 'nibp'])
  const said = rows.map(({ time, cells }) => [time - wall(130), ...cells.map(({ text }) => text)])
  expect(said.at(-1)).toEqual([-60, '70', ''])
  expect(said.at(-2)).toEqual([0, '71', '120/80'])
  expect(said.at(-3)).toEqual([60, 'no data', ''])
  expect(said.at(-4)).toEqual([120, 'sensor off', ''])
})
