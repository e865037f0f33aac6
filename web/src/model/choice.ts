/**
 * Which of several readings of one vital a tile shows, when a chair has several devices. The same rules stand in
 * `crates/observation/src/choice.rs`; `fixtures/choice.json` holds the two together.
 */
import type { Freshness } from './freshness'

/**
 * A source that was away is taken again only after it gave values without a break for this long, while another one has
 * them: a probe that comes on and off would else swap the numbers on the tile every second.
 */
export const RETURN_AFTER_US = 3_000_000

/** The signal closest to the quantity first; an unknown origin comes last. */
const ORIGINS = ['ecg', 'co2', 'impedance', 'pleth', 'line', 'ventilator', 'airway', 'hr_or_pulse', 'cuff']

/** The order of the sources for one vital of one chair. */
export interface Order {
  /** First choice first; a source that is not named comes after all that are, by its name. */
  readonly sources: readonly string[]
  /** Somebody declared it for this very vital. */
  readonly declared: boolean
}

/** The newest reading of one source, origin and site. */
export interface Candidate {
  readonly source: string
  readonly origin?: string | undefined
  readonly site?: string | undefined
  readonly said: 'valid' | 'questionable' | 'absent'
  /** State by its age; of a cuff reading current is `live` and old is `delayed`. */
  readonly age: Freshness
  /** The port or connection it came over is gone. */
  readonly linkLost: boolean
  /** How long it has given values without a break; after one the first value has to be valid. */
  readonly runUs: number
  /** When it was measured, on a clock common to all candidates. */
  readonly atUs: number
}

/** Why the first choice is not the one that is shown. */
export type Cause = 'unheard' | 'linkLost' | 'lost' | 'absent' | 'returning'

/** The first choice that is not shown. */
export interface Missed {
  readonly why: 'fallback'
  readonly source: string
  readonly origin?: string | undefined
  readonly because: Cause
}

export type Why = { readonly why: 'first' } | { readonly why: 'newest' } | Missed

export interface Choice<C> {
  readonly shown: C
  readonly why: Why
}

/** Sorts texts as Rust does: by their code units here, which is the same for ids. */
const compare = (a: string | number, b: string | number) => (a < b ? -1 : a > b ? 1 : 0)

/** Where a candidate stands in the order: nothing in it depends on what was said or when. */
function place(order: Order, a: Candidate, b: Candidate): number {
  const rank = (list: readonly string[], name: string | undefined) => {
    const at = name === undefined ? -1 : list.indexOf(name)
    return at < 0 ? list.length : at
  }
  return (
    compare(rank(order.sources, a.source), rank(order.sources, b.source)) ||
    compare(a.source, b.source) ||
    compare(rank(ORIGINS, a.origin), rank(ORIGINS, b.origin)) ||
    // A missing site comes before any.
    compare(a.site ?? '', b.site ?? '')
  )
}

function best<C extends Candidate>(candidates: readonly C[], before: (a: C, b: C) => number): C | undefined {
  return candidates.reduce<C | undefined>(
    (least, c) => (least === undefined || before(c, least) < 0 ? c : least),
    undefined,
  )
}

/** Chooses among readings of a vital that is measured all the time. */
export function choose<C extends Candidate>(order: Order, candidates: readonly C[]): Choice<C> | undefined {
  const rank = (c: Candidate) => {
    if (c.age === 'lost') return 4
    if (c.said === 'absent') return 3
    if (c.linkLost) return 2
    return c.runUs < RETURN_AFTER_US ? 1 : 0
  }
  const shown = best(candidates, (a, b) => {
    const [ra, rb] = [rank(a), rank(b)]
    return ra - rb || (ra === 4 ? compare(b.atUs, a.atUs) : 0) || place(order, a, b)
  })
  return shown && { shown, why: missed(order, candidates, shown) ?? { why: 'first' } }
}

/** Chooses among cuff readings: a current one of the declared first choice, else the newest measurement. */
export function chooseCuff<C extends Candidate>(order: Order, candidates: readonly C[]): Choice<C> | undefined {
  const held = (c: Candidate) => order.declared && order.sources[0] === c.source && c.age === 'live'
  const rank = (c: Candidate) => {
    if (c.age === 'lost') return 3
    if (c.said === 'absent') return 2
    return held(c) ? 0 : 1
  }
  const shown = best(candidates, (a, b) => rank(a) - rank(b) || compare(b.atUs, a.atUs) || place(order, a, b))
  if (shown === undefined) return undefined
  const first = missed(order, candidates, shown)
  if (first === undefined) return { shown, why: { why: 'first' } }
  // A first choice that measured earlier has nothing the matter with it.
  const earlier = first.because === 'lost' || first.because === 'returning'
  return { shown, why: earlier ? { why: 'newest' } : first }
}

/** What is the matter with the first choice, when another one is shown. */
function missed(order: Order, candidates: readonly Candidate[], shown: Candidate): Missed | undefined {
  const declared = order.declared ? order.sources[0] : undefined
  if (declared !== undefined && !candidates.some((c) => c.source === declared))
    return { why: 'fallback', source: declared, because: 'unheard' }
  const first = best(candidates, (a, b) => place(order, a, b))
  if (first === undefined || first === shown) return undefined
  const { source, origin, linkLost, age, said } = first
  const because = linkLost ? 'linkLost' : age === 'lost' ? 'lost' : said === 'absent' ? 'absent' : 'returning'
  return { why: 'fallback', source, ...(origin === undefined ? {} : { origin }), because }
}
