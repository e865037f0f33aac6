import { describe, expect, it, test } from 'vitest'
import recordFixture from '../../../fixtures/wire/record.json'
import seriesFixture from '../../../fixtures/wire/record-series.json'
import { MARK } from '../feed/trend'
import type { Kept, Series, SessionRecord, SessionSeries } from '../wire/wire'
import { pick, standingAt } from './pick'
import { asCorrected, columnsOf, intervals, limitLevels, RecordColumn, recordSession } from './record'
import { between, centred, isWhole, LEAST_S, moved, within, zoomed } from './span'

const record = recordFixture as unknown as SessionRecord
const series = seriesFixture as unknown as SessionSeries

const made = (more: Partial<Series> = {}): Series => ({
  vital: 'spo2',
  source: 'oxi',
  typed: false,
  unit: '%',
  decimals: 0,
  seq: [10, 1, 1],
  atMs: [0, 1000, 1000],
  receivedMs: [120, 120, 500],
  value: [97, 98, 99],
  state: {},
  ...more,
})

describe('a series of the record', () => {
  it('says what the server packed', () => {
    const [nibp, spo2] = columnsOf(series)
    expect(spo2?.vital).toBe('spo2')
    expect([0, 1, 2].map((i) => spo2?.seq(i))).toEqual([4101, 4104, 4106])
    expect([0, 1, 2].map((i) => spo2?.text(i))).toEqual(['97', '--', '96'])
    expect([0, 1, 2].map((i) => spo2?.mark(i))).toEqual([MARK.valid, MARK.absent, MARK.questionable])
    expect([0, 1, 2].map((i) => spo2?.reason(i))).toEqual(['', 'probe off', 'motion'])
    expect(((spo2?.time(2) ?? 0) * 1e6 - series.beginUs) / 1000).toBeCloseTo(2121, 1)
    expect(nibp?.text(0)).toBe('131/-- (96)')
    expect((nibp?.received(0) ?? 0) - (nibp?.time(0) ?? 0)).toBeCloseTo(252, 3)
  })

  it('shows digits with as many decimals as were sent', () => {
    const column = new RecordColumn(0, made({ decimals: 1, value: [365, 370, 368], places: { 1: 0 } }))
    expect([0, 1, 2].map((i) => column.text(i))).toEqual(['36.5', '37', '36.8'])
  })

  it('is in order of measurement, though a cuff reading came late', () => {
    const column = new RecordColumn(
      0,
      made({ vital: 'nibp', atMs: [5000, -3000, 4000], value: [1, 2, 3], low: [1, 1, 1] }),
    )
    expect([0, 1, 2].map((i) => [column.time(i), column.seq(i), column.a(i)])).toEqual([
      [2, 11, 2],
      [5, 10, 1],
      [6, 12, 3],
    ])
  })

  it('of an artefact keeps its number and is no doubt of the monitor', () => {
    const column = new RecordColumn(0, made({ state: { 0: 'artefact', 1: 'demo', 2: 'motion,artefact' } }))
    expect([0, 1, 2].map((i) => column.mark(i))).toEqual([MARK.valid, MARK.synthetic, MARK.questionable])
    expect(column.a(0)).toBe(97)
  })

  it('typed by a person is no column: it stands among the acts', () => {
    expect(columnsOf({ beginUs: 0, series: [made({ typed: true })] })).toEqual([])
  })

  it('gives the usual interval of its source', () => {
    expect(
      intervals(columnsOf({ beginUs: 0, series: [made(), made({ vital: 'heart_rate', atMs: [0, 5000, 5000] })] })),
    ).toEqual(new Map([['oxi', 1]]))
  })
})

test('r03 a correction counts in the place of the entry, at its own time; the entry stays undone', () => {
  const [first] = record.session.acts as [Kept]
  const wrong: Kept = {
    ...first,
    seq: 4020,
    act: { is: 'entry', entry: 'nausea', score: 3, text: '' },
    undone: true,
    correctedBy: 4021,
  }
  const right: Kept = {
    ...first,
    seq: 4021,
    wallUs: first.wallUs + 5e6,
    act: { is: 'corrected', of: 4020, score: 1, text: 'brief', reason: 'wrong value' },
    entry: 'nausea',
  }
  const drawn = recordSession({ ...record.session, acts: [first, wrong, right] })
  expect(asCorrected([right])[0]?.act).toEqual({ is: 'entry', entry: 'nausea', score: 1, text: 'brief' })
  expect(drawn?.events.map(({ seq, time }) => [seq, time])).toEqual([[4021, first.wallUs / 1e6 + 5]])
})

test('a session that is over is drawn whole, with its phases and T+0', () => {
  const drawn = recordSession(record.session)
  expect(drawn?.open).toBe(true)
  expect(drawn?.phases.map(({ phase }) => phase)).toEqual(['checked in', 'baseline', 'infusing'])
  expect(drawn?.events.every(({ seq }) => seq !== 4095)).toBe(true)
})

test('limits are lines for as long as their notices stood', () => {
  const levels = limitLevels([
    { notice: 'spo2', limit: '90', from: 10, to: 20 },
    { notice: 'systolic', limit: '>=160', from: 5, to: 6 },
    { notice: 'cuff', limit: '12 min', from: 0, to: 1 },
  ])
  expect([...levels].map(([name, list]) => [name, list.map(({ value, from, to }) => [value, from, to])])).toEqual([
    ['spo2 ', [[90, 10, 20]]],
    ['rates ', [[160, 5, 6]]],
  ])
})

describe('the time in view', () => {
  const whole = { from: 0, to: 14_400 }
  it('never leaves the session, and never shows less than labels can say', () => {
    expect(within(whole, { from: -50, to: 600 })).toEqual({ from: 0, to: 650 })
    expect(within(whole, { from: 14_390, to: 14_395 })).toEqual({ from: 14_400 - LEAST_S, to: 14_400 })
    expect(moved(whole, { from: 0, to: 600 }, -1000)).toEqual({ from: 0, to: 600 })
  })
  it('is what was dragged over, from either end', () => {
    expect(between(whole, 900, 300)).toEqual({ from: 300, to: 900 })
  })
  it('keeps the moment under the pointer when it zooms', () => {
    const span = zoomed(whole, { from: 1000, to: 3000 }, 0.5, 1500)
    expect(span).toEqual({ from: 1250, to: 2250 })
    expect(isWhole(whole, zoomed(whole, span, 100, 1500))).toBe(true)
  })
  it('comes closer to what was asked for, when all was shown', () => {
    expect(centred(whole, whole, 7200)).toEqual({ from: 6600, to: 7800 })
    expect(centred(whole, { from: 0, to: 600 }, 7200)).toEqual({ from: 6900, to: 7500 })
  })
})

describe('a press on the chart', () => {
  const columns = columnsOf({
    beginUs: 0,
    series: [
      made({ vital: 'heart_rate', unit: '/min', value: [70, null, 72] }),
      made({ vital: 'nibp', unit: 'mm[Hg]', atMs: [1000, 60_000, 60_000], value: [120, 121, 122], low: [74, 75, 76] }),
    ],
  })
  const at = (time: number, value: number) =>
    pick(columns, { panel: 'rates ', time, value, timePerPx: 0.1, valuePerPx: 1 })
  it.each([
    [1, 118, 'nibp', 0],
    [1, 76, 'nibp', 0],
    [0, 70, 'heart_rate', 0],
    [2, 60, 'heart_rate', 2],
  ])('at %d s, %d means %s', (time, value, vital, i) => {
    expect([at(time, value)?.column.vital, at(time, value)?.i]).toEqual([vital, i])
  })
  it('far from everything means nothing', () => {
    expect(at(30, 70)).toBeUndefined()
    expect(pick(columns, { panel: 'spo2 ', time: 1, value: 97, timePerPx: 1, valuePerPx: 1 })).toBeUndefined()
  })
  it('knows what stood at a moment: a cuff reading however old', () => {
    expect(standingAt(columns, 30, 10).map(({ column, i }) => [column.vital, i])).toEqual([['nibp', 0]])
  })
})
