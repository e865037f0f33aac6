import { afterEach, expect, test, vi } from 'vitest'
import { back, forgetBack, takeBack } from './openid'

afterEach(() => {
  vi.unstubAllGlobals()
  forgetBack()
})

function at(pathname: string, search: string): string[] {
  const replaced: string[] = []
  vi.stubGlobal('location', { pathname, search })
  vi.stubGlobal('history', { replaceState: (_: unknown, __: string, to: string) => replaced.push(to) })
  takeBack()
  return replaced
}

test('a code leaves the address bar as soon as it was read', () => {
  expect(at('/openid', '?code=c%2F1&state=s-1&session_state=x')).toEqual(['/openid'])
  expect(back.value).toEqual({ state: 's-1', code: 'c/1' })
})

test('what was refused there has no code, and leaves the address bar too', () => {
  expect(at('/openid', '?error=access_denied&error_description=x&state=s-1')).toEqual(['/openid'])
  expect(back.value).toEqual({ state: 's-1', code: '' })
})

test('no other address is touched', () => {
  expect(at('/sessions', '?code=1&state=2')).toEqual([])
  expect(at('/openid', '')).toEqual([])
  expect(back.value).toEqual({ state: '', code: '' })
})
