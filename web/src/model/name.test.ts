import { expect, test } from 'vitest'
import type { Clinic } from '../wire/wire'
import { policyOf, publicName } from './name'

const patient = (name: string, alias = 'Heron') => ({ patient: { id: '1', name, born: '1980-01-01', alias } })

test.each([
  ['alias', 'Doe, Jane', 'Heron'],
  ['full', 'Doe, Jane', 'Doe, Jane'],
  ['initials', 'Doe, Jane', 'J. D.'],
  ['initials', 'Doe, Jane Ann', 'J. A. D.'],
  ['initials', 'Jane Ann Doe', 'J. A. D.'],
  ['initials', 'Müller-Lüdenscheidt, Öykü', 'Ö. M. L.'],
  ['initials', '𠮷田', '𠮷.'],
  ['initials', '', ''],
] as const)('a public screen says by %s of %s: %s', (policy, name, said) => {
  expect(publicName(patient(name), policy)).toBe(said)
})

test('no policy shows more than it allows: without an alias there is no name', () => {
  expect(publicName(patient('Doe, Jane', ''), 'alias')).toBe('')
})

test('the alias, until the clinic is heard and for a policy this page does not know', () => {
  const clinic = (names: string) => ({ names }) as Clinic
  expect([undefined, clinic('alias'), clinic('initials'), clinic('full'), clinic('photograph')].map(policyOf)).toEqual([
    'alias',
    'alias',
    'initials',
    'full',
    'alias',
  ])
})
