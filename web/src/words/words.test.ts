import { describe, expect, test } from 'vitest'
import rust from '../../../crates/export/src/summary.rs?raw'
import { de as german } from './de'
import { access as germanAccess } from './de/access'
import { ehr as germanEhr } from './de/ehr'
import { forms as germanForms } from './de/forms'
import { health as germanHealth } from './de/health'
import { record as germanRecord } from './de/record'
import { en as english } from './en'
import { access as englishAccess } from './en/access'
import { ehr as englishEhr } from './en/ehr'
import { forms as englishForms } from './en/forms'
import { health as englishHealth } from './en/health'
import { record as englishRecord } from './en/record'
import { es as spanish } from './es'
import { access as spanishAccess } from './es/access'
import { ehr as spanishEhr } from './es/ehr'
import { forms as spanishForms } from './es/forms'
import { health as spanishHealth } from './es/health'
import { record as spanishRecord } from './es/record'
import { LANGUAGES } from './languages'

/** With the words of the forms and of recorded sessions and of accounts, which are loaded with them. */
const en = {
  ...english,
  forms: englishForms,
  record: englishRecord,
  health: englishHealth,
  ehr: englishEhr,
  access: englishAccess,
}
const es = {
  ...spanish,
  forms: spanishForms,
  record: spanishRecord,
  health: spanishHealth,
  ehr: spanishEhr,
  access: spanishAccess,
}
const de = {
  ...german,
  forms: germanForms,
  record: germanRecord,
  health: germanHealth,
  ehr: germanEhr,
  access: germanAccess,
}
const OTHERS: Record<string, typeof en> = { es, de }

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

/** What is said alike in all languages: names, units, signs and abbreviations. */
const SAME_IN_ALL = [
  'EDF+',
  'FHIR R4',
  'HL7 v2',
  'VitalDB',
  'A4',
  'Alias',
  'CSV',
  'PDF',
  'Aldrete',
  'Chairside',
  'DEMO',
  'Esc',
  'Hex',
  'OK',
  'PIN',
  'Temp',
  'MOAA/S',
  'RASS',
  'mmHg',
  'kPa',
]
/** What this language says like English. */
const SAME: Record<string, readonly string[]> = {
  es: ['ECG', 'bytes', 'Aldrete', 'cable'],
  de: [
    'Patient',
    'Person',
    'Phase',
    'Monitor',
    'Name',
    'Text',
    'PI',
    'ART',
    'SYS',
    'DIA',
    'Infusion, min',
    'Pause',
    'Aldrete',
    'in <0>',
    'TEST',
  ],
}
/** Formulas, units and words of two languages: no text is left when they are taken out. */
const NEUTRAL = /<\d>|SpO₂|EtCO₂|CO₂|T\+|°[CF]|\bmin\b|Monitor:|[^\p{L}]/gu

describe.each(Object.entries(OTHERS))('%s', (name, words) => {
  test('has every word of English and no other', () => {
    expect(said(words).map(([path]) => path)).toEqual(said(en).map(([path]) => path))
  })

  test('leaves nothing in English by accident', () => {
    const english = new Map(said(en))
    const allowed = new Set([...SAME_IN_ALL, ...(SAME[name] ?? [])].map((text) => text.replace(NEUTRAL, '')))
    const left = said(words).filter(([path, text]) => {
      const rest = text.replace(NEUTRAL, '')
      return english.get(path) === text && rest !== '' && !allowed.has(rest)
    })
    expect(left).toEqual([])
  })

  test('says everything it is given', () => {
    const english = new Map(said(en))
    const given = (text: string) => [...new Set(text.match(/<\d>/g))].sort().join()
    const lost = said(words).filter(([path, text]) => given(text) !== given(english.get(path) ?? ''))
    expect(lost).toEqual([])
  })

  test('is in the list of languages, and loads', async () => {
    const { forms: _, record: __, health: ___, access: ____, ehr: _____, ...loaded } = words
    expect(await LANGUAGES[name]?.load()).toEqual(loaded)
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
  // An area stands under its own name, or its words do.
  const own = (name: string, words: object) =>
    (en as Record<string, unknown>)[name] === words ? [name] : Object.keys(words)
  const keys = Object.values(areas).flatMap((area) => Object.entries(area).flatMap(([name, words]) => own(name, words)))
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
  ['session/words.rs', 'Phase', en.session.phase],
] as const)('every word of the server has words here: %s %s', (file, enumeration, table) => {
  const words = wordsOf(file, enumeration)
  expect(words.length).toBeGreaterThan(3)
  expect(words.filter((word) => !Object.hasOwn(table, word))).toEqual([])
})

test('every definition of a summary is translated', () => {
  const table = rust.slice(
    rust.indexOf('pub const DEFINITIONS'),
    rust.indexOf('];', rust.indexOf('pub const DEFINITIONS')),
  )
  const means = [...table.matchAll(/\(\s*"[^"]*",\s*"((?:[^"\\]|\\.)*)",?\s*\)/g)].map((it) =>
    (it[1] ?? '').replaceAll('\\"', '"'),
  )
  expect(means.length).toBe(16)
  for (const { record } of [en, es, de]) expect(Object.keys(record.definition)).toEqual(means)
})
