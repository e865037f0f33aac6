/** Names that could be taken for each other (H30): a mark for people, which decides nothing. */

/** Lower case, without accents and signs, each word apart. */
function words(name: string): string[] {
  const plain = name.normalize('NFD').replace(/\p{Diacritic}/gu, '')
  return plain
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
}

/** Least number of letters to change, add or leave out; `most` is where counting stops. */
export function distance(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return most + 1
  let row = Array.from({ length: b.length + 1 }, (_, n) => n)
  for (let i = 1; i <= a.length; i++) {
    const above = row
    row = [i]
    for (let j = 1; j <= b.length; j++) {
      const changed = (above[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      row.push(Math.min(changed, (above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1))
    }
  }
  return Math.min(row[b.length] ?? 0, most + 1)
}

/** Families of letters that are one slip apart count as alike. */
const SLIPS = 1
/** A shorter word is too short to be told by one letter. */
const SHORT = 4

const near = (a: string, b: string) =>
  a === b || (Math.min(a.length, b.length) >= SHORT && distance(a, b, SLIPS) <= SLIPS)

/** Whether two names have a word in common, or nearly: family names that sound alike sit in one room more often than not. */
export function alike(one: string, other: string): boolean {
  const [a, b] = [words(one), words(other)]
  return a.some((word) => word.length > 1 && b.some((it) => near(word, it)))
}
