/** Which chairs a screen follows, and how much history of each it asks for. Pure. */
import type { Chair } from './wire/wire'

/** History of a tile of the wall: what its small trend shows. */
export const WALL_WINDOW_S = 30 * 60

/**
 * Seconds of history by chair: all of them for the wall, of the open one what its screen wants. The server reads one chair
 * after the other, and what is new goes before what is old.
 */
export function follows(chairs: readonly Chair[], open: string | undefined, openS: number): Map<string, number> {
  return new Map(chairs.map(({ id }) => [id, id === open ? openS : WALL_WINDOW_S]))
}
