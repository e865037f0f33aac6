/** Keys of the chair's screen (9.4): off while somebody types, and as a whole where somebody switched them off. */
import { signal } from '@preact/signals'
import { keep, kept } from '../../kept'
import type { Bedside, Sheet } from './bedside'
import { acknowledge, firstOpen } from './limits'

const KEY = 'chairside.keys'

export const keysOn = signal(true)

export function loadKeys(): void {
  keysOn.value = kept(KEY) !== 'off'
}

export function switchKeys(on: boolean): void {
  keysOn.value = on
  keep(KEY, on ? 'on' : 'off')
}

/** What a key opens; those of entries need a session. */
const SHEETS: Readonly<Record<string, Sheet>> = {
  b: { is: 'typed', vital: 'nibp' },
  s: { is: 'entry', kind: 'sedation' },
  e: { is: 'effects' },
  n: { is: 'entry', kind: 'note' },
  d: { is: 'entry', kind: 'drug given' },
  m: { is: 'artefact' },
}

/** Does what a key means; whether it meant something. */
export function pressKey(at: Bedside, key: string): boolean {
  if (key === 'Escape') {
    if (at.sheet === undefined) return false
    at.show(undefined)
    return true
  }
  if (!keysOn.peek()) return false
  const name = key.toLowerCase()
  const sheet = SHEETS[name]
  if (sheet !== undefined && at.standing !== undefined) {
    at.show(sheet)
    return true
  }
  switch (name) {
    case 'l':
      at.show({ is: 'limits' })
      return true
    case '?':
      at.show({ is: 'help' })
      return true
    case 'p':
      print()
      return true
    case 'a': {
      const notice = firstOpen(at)
      if (notice !== undefined && at.standing !== undefined) acknowledge(at, notice)
      return notice !== undefined
    }
    default:
      return false
  }
}

/** Whether somebody types. */
export const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.closest('input, select, textarea, [contenteditable]') !== null
