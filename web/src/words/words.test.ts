import { describe, expect, test } from 'vitest'
import { de } from './de'
import { en, type Messages } from './en'
import { es } from './es'
import { LANGUAGES } from './languages'

const OTHERS: Record<string, Messages> = { es, de }

/** The words as a list of path and text; a function is called with the names of what it is given. */
function said(words: object, path = ''): [string, string][] {
  return Object.entries(words).flatMap(([key, value]): [string, string][] => {
    const at = `${path}${key}`
    if (typeof value === 'string') return [[at, value]]
    if (typeof value === 'function') {
      const given = Array.from({ length: Math.max(value.length, 1) }, (_, n) => `<${n}>`)
      return [[at, value(...given)]]
    }
    return said(value, `${at}.`)
  })
}

/** What people say in the same way: names, units, signs. Both lists are exact. */
const SAME_IN_ALL = [
  'backKey',
  'demo',
  'minutes',
  'monitorSays',
  'source',
  'underMinute',
  'version',
  'sinceStart',
  'more',
  'form.hex',
  ...['spo2', 'etco2', 'temperature'].map((key) => `label.${key}`),
  ...['/min', '%', 'mm[Hg]', 'kPa', 'Cel', '[degF]'].map((key) => `unit.${key}`),
  'origin.co2',
  'scale.sedation',
  'scale.rass',
  ...['spo2', 'etco2', 'sedation', 'rass'].map((key) => `limit.${key}`),
]
const SAME: Record<string, readonly string[]> = {
  es: ['origin.ecg', 'skipped'],
  de: ['chairName', 'form.text', 'label.perfusion_index', 'label.art', 'limit.systolic', 'limit.diastolic'],
}

describe.each(Object.entries(OTHERS))('%s', (name, words) => {
  test('has every word of English and no other', () => {
    expect(said(words).map(([path]) => path)).toEqual(said(en).map(([path]) => path))
  })

  test('leaves nothing in English by accident', () => {
    const english = new Map(said(en))
    const same = said(words).flatMap(([path, text]) => (text !== '' && english.get(path) === text ? [path] : []))
    expect(same.sort()).toEqual([...SAME_IN_ALL, ...(SAME[name] ?? [])].sort())
  })

  test('says everything it is given', () => {
    const english = new Map(said(en))
    const given = (text: string) => [...new Set(text.match(/<\d>/g))].sort().join()
    const lost = said(words).filter(([path, text]) => given(text) !== given(english.get(path) ?? ''))
    expect(lost).toEqual([])
  })

  test('is in the list of languages, and loads', async () => {
    expect(await LANGUAGES[name]?.load()).toBe(words)
  })
})

test('h12 our own notices are never called alarms, in no language; the sentence of every screen is there', () => {
  for (const words of [en, es, de]) {
    expect(words.footer).toMatch(/alarm/i)
    const called = said(words).filter(([path, text]) => path !== 'footer' && /alarm/i.test(text))
    expect(called).toEqual([])
  }
})

test('no two areas use the same key: one of them would be lost', () => {
  const areas = import.meta.glob<Record<string, object>>(['./en/*.ts', '!./en/index.ts'], { eager: true })
  const keys = Object.values(areas).flatMap((area) => Object.values(area).flatMap((words) => Object.keys(words)))
  expect(keys.filter((key, n) => keys.indexOf(key) !== n)).toEqual([])
  expect(new Set(keys)).toEqual(new Set(Object.keys(en)))
})

test('tags are ones the browser knows', () => {
  for (const { tag } of Object.values(LANGUAGES)) expect(Intl.DateTimeFormat.supportedLocalesOf(tag)).toEqual([tag])
})

const RUST = import.meta.glob<string>('../../../crates/observation/src/**/*.rs', {
  query: '?raw',
  import: 'default',
  eager: true,
})

/** The words of an enumeration of the server, out of its own text. */
function wordsOf(file: string, enumeration: string): string[] {
  const rust = RUST[`../../../crates/observation/src/${file}`] ?? ''
  const body = new RegExp(`\\n    ${enumeration} \\{\\n([\\s\\S]*?)\\n    \\}`).exec(rust)?.[1] ?? ''
  return [...body.matchAll(/ = "([^"]+)"/g)].map(([, word]) => word ?? '')
}

test.each([
  ['reading.rs', 'Absence', en.reason],
  ['reading.rs', 'Doubt', en.reason],
  ['entry.rs', 'LinkState', en.link],
  ['session/words.rs', 'Phase', en.standing],
] as const)('every word of the server has words here: %s %s', (file, enumeration, table) => {
  const words = wordsOf(file, enumeration)
  expect(words.length).toBeGreaterThan(3)
  expect(words.filter((word) => !Object.hasOwn(table, word))).toEqual([])
})
