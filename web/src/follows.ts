/** Which chairs a screen follows, and how much history of each it asks for. Pure. */
import type { Chair } from './wire/wire'

/** History of a tile of the wall: what its small trend shows. */
export const WALL_WINDOW_S = 30 * 60

/**
 * Seconds of history by chair: all of them for the wall, `openS` for the open one (feed/window.ts). The server reads one
 * chair after the other.
 */
export function follows(chairs: readonly Chair[], open: string | undefined, openS: number): Map<string, number> {
  return new Map(chairs.map(({ id }) => [id, id === open ? openS : WALL_WINDOW_S]))
}
