/** From how far away this screen is read: a wall behind the desk wants other digits than one across the room. */
import { signal } from '@preact/signals'

/** wall.css has a rule for each. */
export const DISTANCES = ['near', 'usual', 'far'] as const
export type Distance = (typeof DISTANCES)[number]

const KEY = 'chairside.distance'

export const distance = signal<Distance>('usual')

const isDistance = (said: string | null): said is Distance => DISTANCES.some((it) => it === said)

export function setDistance(chosen: Distance): void {
  distance.value = chosen
  try {
    localStorage.setItem(KEY, chosen)
  } catch {
    // A browser that keeps nothing starts with the usual distance again.
  }
}

export function loadDistance(): void {
  try {
    const kept = localStorage.getItem(KEY)
    if (isDistance(kept)) distance.value = kept
  } catch {
    // As above.
  }
}
