/** The picture of a wall that stands for years moves by a pixel or two now and then, so that no letter burns in. */

/** Places the picture takes, in order: a ring, so that each step is one pixel. wall.css has a rule for each. */
export const SHIFTS = [
  [0, 0],
  [1, 0],
  [2, 0],
  [2, 1],
  [2, 2],
  [1, 2],
  [0, 2],
  [0, 1],
] as const

/** Between two steps: seldom enough that nobody sees one. */
export const SHIFT_EVERY_MS = 3 * 60_000

/** Which place the picture has at this time of day; always the first for those who asked for no motion. */
export function shiftAt(dateMs: number, still: boolean): number {
  return still || !(dateMs >= 0) ? 0 : Math.floor(dateMs / SHIFT_EVERY_MS) % SHIFTS.length
}
