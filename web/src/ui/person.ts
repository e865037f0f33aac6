/**
 * Who presses on this screen. On a server with accounts: whoever is signed in, and nobody while it is locked. Without: who was
 * chosen, kept by the screen until somebody else is. A colleague's name, never a patient's.
 */
import { computed, signal } from '@preact/signals'
import { gate } from '../access'
import { drop, keep, kept } from '../kept'
import { isTyped } from '../model/access'
import type { Person } from '../wire/wire'

const KEY = 'chairside.person'

const typed = signal<Person | undefined>(undefined)

/** Whether people say who they are by a name, and nothing proves it. */
export const namesAreTyped = computed(() => isTyped(gate.standing))

export const person = computed<Person | undefined>(() => (namesAreTyped.value ? typed.value : gate.person))

/** Takes a name where names are typed. */
export function setPerson(chosen: Person): void {
  if (!namesAreTyped.peek()) return
  typed.value = chosen
  keep(KEY, JSON.stringify(chosen))
}

/** A name from before there were accounts proves nothing. */
export function forgetTyped(): void {
  typed.value = undefined
  drop(KEY)
}

export function loadPerson(): void {
  try {
    const read: unknown = JSON.parse(kept(KEY) ?? 'null')
    if (typeof read !== 'object' || read === null) return
    const { name, role } = read as Record<string, unknown>
    if (typeof name === 'string' && typeof role === 'string') typed.value = { name, role }
  } catch {
    // Not what we wrote: nobody is known.
  }
}
