/** A trend of several devices: the line is that of the source the tile showed, and breaks where another took over. */
import { expect, test } from 'vitest'
import { Trends } from '../feed/trend'
import { type State, step } from '../model/state'
import { after, hello, items, link, message, moment, type ReadingItem, reading, snapshot } from '../model/testing'
import { orderOf, vitalTile } from '../model/view'
import type { Item, Prefer } from '../wire/wire'
import { panels } from './series'
import { type Sources, shownAt, stretches } from './sources'
import { table } from './table'

const PREFER: Prefer[] = [{ vital: 'spo2', sources: ['a', 'b'] }, { sources: ['a', 'b'] }]
const spo2 = (source: string, at: number, value: string) => reading('spo2', at, { source, value, unit: '%' })
const off = (source: string, at: number) =>
  reading('spo2', at, { source, unit: '%', state: 'absent', reason: 'sensor off' })

/** A screen and its trend that hear the same. */
function screen(latest: Item[]) {
  const trends = new Trends()
  const roster = { kind: 'roster' as const, chairs: [{ id: '1', name: 'One', prefer: PREFER }], feeds: [] }
  const first = snapshot(0, latest)
  trends.take(first)
  let state: State = after(message(0, hello(0)), message(0, roster), message(0, first))
  return {
    session: undefined,
    hear(at: number, list: Item[]) {
      trends.take(items(at, list))
      state = step(state, message(at, items(at, list)))
    },
    get sources(): Sources {
      return {
        order: (vital) => orderOf(state, '1', vital),
        links: trends.links('1'),
        everyUs: () => 1e6,
      }
    },
    get columns() {
      return trends.columns('1')
    },
    /** The source in the tile now. */
    get tile(): string | undefined {
      const chair = state.chairs.get('1')
      return chair && vitalTile(state, chair, 'spo2').reading?.source
    },
  }
}

const wall = (at: number) => moment(at).wallUs / 1e6

/** `a` is lost at second 5, `b` speaks all the time. */
function change() {
  const chair = screen([spo2('a', 0, '97'), spo2('b', 0, '94')])
  for (let at = 1; at <= 30; at++) {
    chair.hear(at, [...(at < 5 ? [spo2('a', at, '97')] : []), spo2('b', at, '94')])
  }
  return chair
}

test('where the source changed there is a mark with the name of the new one', () => {
  const chair = change()
  const [panel] = panels(chair, wall(0), wall(30))
  expect(panel?.marks).toEqual([{ time: wall(15), label: 'b' }])
})

test('h06 a line never goes from one source to the other', () => {
  const chair = change()
  const [panel] = panels(chair, wall(0), wall(30))
  const [a, b] = panel?.series ?? []
  expect(a?.values.filter((value) => value != null)).toEqual([97, 97, 97, 97, 97])
  expect(b?.values.filter((value) => value != null)).toEqual(Array.from({ length: 16 }, () => 94))
  expect(a?.values.slice(5), 'nothing to join over').toEqual(Array.from({ length: 17 }, () => null))
  expect([a?.label, b?.label], 'one name, at the end of what is shown now').toEqual(['', 'SpO₂'])
  expect([a?.dash, b?.dash], 'never beside each other').toEqual([[], []])
})

test('h06 the line of a source that comes back does not cross the stretch of the other', () => {
  const chair = change()
  for (let at = 31; at <= 40; at++) chair.hear(at, [spo2('a', at, '97'), spo2('b', at, '94')])
  const [panel] = panels(chair, wall(0), wall(40))
  expect(panel?.marks.map(({ time, label }) => [time, label])).toEqual([
    [wall(15), 'b'],
    [wall(34), 'a'],
  ])
  for (const { values } of panel?.series ?? []) {
    const said = values.flatMap((value, n) => (value === undefined ? [] : [[panel?.times[n] ?? 0, value] as const]))
    said.forEach(([time, value], n) => {
      const [before, last] = said[n - 1] ?? [0, null]
      if (value === null || last === null) return
      expect(panel?.marks.some((mark) => mark.time > before && mark.time <= time)).toBe(false)
    })
  }
})

test('the table names the source in each row', () => {
  const chair = screen([spo2('a', 0, '97'), spo2('b', 0, '94')])
  for (let at = 1; at <= 130; at++) {
    chair.hear(at, [...(at < 50 ? [spo2('a', at, '97')] : []), spo2('b', at, '94')])
  }
  const { heads, rows } = table(chair, wall(0), wall(130), 60)
  expect(heads).toEqual([{ vital: 'spo2', site: '', unit: '%', source: undefined }])
  const said = rows.map(({ cells }) => `${cells[0]?.text} ${cells[0]?.source}`)
  expect(said.at(-1)).toBe('97 a')
  expect(said[0]).toBe('94 b')
})

test('of two cuffs every measurement is drawn', () => {
  const cuff = (source: string, at: number) =>
    reading('nibp', at, { source, systolic: '120', diastolic: '80', unit: 'mm[Hg]', origin: 'cuff' })
  const chair = screen([cuff('a', 0)])
  chair.hear(20, [cuff('b', 20)])
  const [panel] = panels(chair, wall(-1), wall(30))
  expect(panel?.series.map(({ label, look }) => [label, look])).toEqual([
    ['', 'carets'],
    ['NIBP', 'carets'],
  ])
  expect(panel?.marks).toEqual([])
})

/** A generator of chance: the same seed, the same run. */
function dice(seed: number) {
  let at = seed
  return (below: number) => {
    at = (at * 48_271) % 2_147_483_647
    return at % below
  }
}

test('the trend shows at each second the source that the tile showed', () => {
  let changed = 0
  for (let seed = 1; seed <= 30; seed++) {
    const roll = dice(seed * 7919)
    const chair = screen([spo2('a', 0, '97'), spo2('b', 0, '94')])
    const tiles: [number, string | undefined][] = []
    const speaks: Record<string, number> = { a: 0, b: 0 }
    for (let at = 1; at <= 120; at++) {
      const said: Item[] = []
      for (const source of ['a', 'b']) {
        // Moods last for some seconds: speaking, silent, probe off, in doubt, link lost.
        const before = speaks[source]
        if (roll(6) === 0) speaks[source] = roll(5)
        const mood = speaks[source]
        if (mood !== before && (mood === 4 || before === 4))
          said.push(link(mood === 4 ? 'lost' : 'live', at - 0.2, source))
        const doubtful: Partial<ReadingItem> = mood === 3 ? { state: 'questionable', reason: 'motion' } : {}
        if (mood === 0 || mood === 3) said.push({ ...spo2(source, at, '97'), ...doubtful })
        if (mood === 2) said.push(off(source, at))
      }
      chair.hear(at, said)
      // A value that grows too old while nobody speaks changes the tile, and the line has no point there.
      if (said.some((item) => item.is === 'reading')) tiles.push([at, chair.tile])
    }
    const found = stretches(chair.columns, chair.sources, wall(0), wall(120))
    expect(
      tiles.map(([at]) => [at, shownAt(found, wall(at))?.source]),
      `seed ${seed}`,
    ).toEqual(tiles)
    changed += tiles.filter(([, source], n) => n > 0 && source !== tiles[n - 1]?.[1]).length
  }
  expect(changed, 'changes in all runs').toBeGreaterThan(100)
})
