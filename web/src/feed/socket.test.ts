import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { reloadOnce } from './socket'

const reload = vi.fn()
const kept = new Map<string, string>()

beforeEach(() => {
  kept.clear()
  vi.stubGlobal('sessionStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, to: string) => kept.set(key, to),
  })
  vi.stubGlobal('location', { pathname: '/chair/1', reload })
})
afterEach(() => {
  vi.unstubAllGlobals()
  reload.mockClear()
})

const answering = (answer: () => Promise<{ ok: boolean }>) => vi.stubGlobal('fetch', vi.fn(answer))

test('h04: a page is loaded anew while the server answers, once a minute', async () => {
  answering(async () => ({ ok: true }))
  await reloadOnce()
  await reloadOnce()
  expect(reload).toHaveBeenCalledTimes(1)
})

test('without a server the page stays, and is loaded anew once it is back', async () => {
  answering(() => Promise.reject(new TypeError('no network')))
  await reloadOnce()
  answering(async () => ({ ok: false }))
  await reloadOnce()
  expect(reload).not.toHaveBeenCalled()
  answering(async () => ({ ok: true }))
  await reloadOnce()
  expect(reload).toHaveBeenCalledTimes(1)
})

test('one question at a time', async () => {
  let answer = (_: { ok: boolean }): void => undefined
  answering(
    () =>
      new Promise((done) => {
        answer = done
      }),
  )
  const first = reloadOnce()
  await reloadOnce()
  answer({ ok: true })
  await first
  expect(reload).toHaveBeenCalledTimes(1)
  expect(fetch).toHaveBeenCalledTimes(1)
})
