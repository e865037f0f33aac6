import { afterEach, expect, test, vi } from 'vitest'
import { read, write } from './route'
import { takeCode, welcomeCode } from './welcome'

afterEach(() => {
  vi.unstubAllGlobals()
  welcomeCode.value = ''
})

/** Opens an address; the answer is what stands in the address bar after it. */
function opened(pathname: string, hash: string): string {
  const bar = { shown: pathname + hash }
  vi.stubGlobal('location', { pathname, hash })
  vi.stubGlobal('history', { replaceState: (_: unknown, __: string, to: string) => Object.assign(bar, { shown: to }) })
  takeCode()
  return bar.shown
}

test('s01 the code of a link leaves the address bar at once, also one that is none', () => {
  expect(opened('/welcome', '#7F3KQ9ZT2MWXB4DH')).toBe('/welcome')
  expect(welcomeCode.value).toBe('7F3KQ9ZT2MWXB4DH')
  expect(opened('/welcome', '#<script>')).toBe('/welcome')
  expect(welcomeCode.value).toBe('')
})

test('only the page of links takes a fragment', () => {
  expect(opened('/chair/1', '#7F3KQ9ZT2MWXB4DH')).toBe('/chair/1#7F3KQ9ZT2MWXB4DH')
  expect(welcomeCode.value).toBe('')
})

test('the pages of accounts have addresses', () => {
  for (const route of [{ at: 'welcome' }, { at: 'audit' }, { at: 'settings', part: 'me' }] as const)
    expect(read(write(route))).toEqual(route)
})
