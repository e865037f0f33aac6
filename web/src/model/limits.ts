/** The numbers of a limit notice as text, `lookLow=94 urgentLow=90`: read, changed, written. Pure. */

/** Every number there is, in the order it is shown and written. */
export const NUMBERS = [
  'lookLow',
  'lookHigh',
  'urgentLow',
  'urgentHigh',
  'onceHigh',
  'overPct',
  'underPct',
  'lookHoldS',
  'urgentHoldS',
  'lateS',
] as const

export type Numbers = ReadonlyMap<string, string>

/** Pairs that are none are left out: the server writes this text, and refuses what it does not understand. */
export function readLimits(text: string): Numbers {
  const pairs = text.split(' ').flatMap((pair): [string, string][] => {
    const [name, number] = pair.split('=')
    return name !== undefined && number !== undefined && name !== '' ? [[name, number]] : []
  })
  return new Map(pairs)
}

/** An empty number is left out: there is no notice at that level. */
export function writeLimits(numbers: Numbers): string {
  const known = NUMBERS.filter((name) => numbers.has(name))
  const others = [...numbers.keys()].filter((name) => !NUMBERS.some((known) => known === name))
  return [...known, ...others]
    .filter((name) => numbers.get(name)?.trim() !== '')
    .map((name) => `${name}=${numbers.get(name)?.trim()}`)
    .join(' ')
}

/** Whether every number can stand there: a whole one, negative for RASS. */
export const limitsFit = (numbers: Numbers): boolean =>
  [...numbers.values()].every((number) => /^\s*(-?\d{1,4})?\s*$/.test(number))
