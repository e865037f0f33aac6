/** Who presses on this screen: kept by the screen until somebody else is chosen. A colleague's name, never a patient's. */
import { signal } from '@preact/signals'
import { keep, kept } from '../kept'
import type { Person } from '../wire/wire'

const KEY = 'chairside.person'

export const person = signal<Person | undefined>(undefined)

export function setPerson(chosen: Person): void {
  person.value = chosen
  keep(KEY, JSON.stringify(chosen))
}

export function loadPerson(): void {
  try {
    const read: unknown = JSON.parse(kept(KEY) ?? 'null')
    if (typeof read !== 'object' || read === null) return
    const { name, role } = read as Record<string, unknown>
    if (typeof name === 'string' && typeof role === 'string') person.value = { name, role }
  } catch {
    // Not what we wrote: nobody is known.
  }
}
