/** From how far away this screen is read: a wall behind the desk wants other digits than one across the room. */
import { signal } from '@preact/signals'
import { keep, kept } from './kept'

/** wall.css has a rule for each. */
export const DISTANCES = ['near', 'usual', 'far'] as const
export type Distance = (typeof DISTANCES)[number]

const KEY = 'chairside.distance'

export const distance = signal<Distance>('usual')

const isDistance = (said: string | null): said is Distance => DISTANCES.some((it) => it === said)

export function setDistance(chosen: Distance): void {
  distance.value = chosen
  keep(KEY, chosen)
}

export function loadDistance(): void {
  const chosen = kept(KEY)
  if (isDistance(chosen)) distance.value = chosen
}
