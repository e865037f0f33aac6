import { expect, test } from 'vitest'
import type { Session, ToScreen } from '../wire/wire'
import { type State, step } from './state'
import { hello, instant, message, shown, tick } from './testing'
import { renewal, SETTLED_MS } from './version'

const open = { kind: 'session', chair: '1', session: { next: ['paused'], acts: [] } as unknown as Session } as ToScreen
const later = (state: State, s: number) => step(state, tick(100 + s))
const settled = SETTLED_MS / 1000

test('a page is loaded anew when the server is a newer one, everything is known and nobody is treated', () => {
  const state = shown(100, [])
  const old = { version: 'older', helloAt: instant(100) }
  const same = { version: '0', helloAt: instant(100) }
  expect(renewal(state, undefined)).toBe('none')
  expect(renewal(later(state, settled), same)).toBe('none')
  expect(renewal(later(state, settled - 1), old), 'not before the server has told its sessions').toBe('wait')
  expect(renewal(later(state, settled), old)).toBe('now')
  const treated = step(state, message(100, open))
  expect(renewal(later(treated, 3600), old)).toBe('wait')
  // Another boot: nothing is known of its chairs before their snapshots.
  const rebooted = step(treated, message(101, hello(1, 'r2', 'b2')))
  expect(renewal(later(rebooted, settled + 10), { ...old, helloAt: instant(101) })).toBe('wait')
})
