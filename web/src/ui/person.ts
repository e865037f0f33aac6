/** Who presses on this screen: kept by the screen until somebody else is chosen. A colleague's name, never a patient's. */
import { signal } from '@preact/signals'
import type { Person } from '../wire/wire'

const KEY = 'chairside.person'

export const person = signal<Person | undefined>(undefined)

export function setPerson(chosen: Person): void {
  person.value = chosen
  try {
    localStorage.setItem(KEY, JSON.stringify(chosen))
  } catch {
    // A browser that keeps nothing asks again.
  }
}

export function loadPerson(): void {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? 'null')
    if (typeof kept !== 'object' || kept === null) return
    const { name, role } = kept as Record<string, unknown>
    if (typeof name === 'string' && typeof role === 'string') person.value = { name, role }
  } catch {
    // As above.
  }
}
