/** What was found in a session, as a shape and a word: late entries, typed values, gaps. No judgement. */
import { word } from '../../format/text'
import { r } from './words'

/** Every finding, in the order it is offered. */
export const FINDINGS = [
  'stopped early',
  'notice',
  'limit',
  'gap',
  'artefact',
  'typed',
  'late',
  'corrected',
  'addendum',
  'demo',
] as const

const PATHS: Readonly<Record<string, string>> = {
  'stopped early': 'M3 3h10v10H3Z',
  notice: 'M8 2 14.5 13.5H1.5ZM8 6v4M8 11.4v.8',
  limit: 'M1.5 5h13M8 14V7M5 10l3-3 3 3',
  gap: 'M1 8h4M11 8h4',
  artefact: 'M8 4a4 4 0 1 0 .01 0Z',
  typed: 'M3 3h10v10H3ZM7 7h2v2H7Z',
  late: 'M8 2a6 6 0 1 0 .01 0ZM8 5v3.5l2.5 1.5',
  corrected: 'M2 5h12M2 9h8M1 12 15 2',
  addendum: 'M8 2v12M2 8h12',
  demo: 'M1 10l9-9M3 14 14 3M8 15l7-7',
}

export function Shape({ of }: { readonly of: string }) {
  return (
    <svg class="shape" viewBox="0 0 16 16" aria-hidden="true">
      <path d={PATHS[of] ?? 'M6 6h4v4H6Z'} />
    </svg>
  )
}

export function Findings({ has }: { readonly has: readonly string[] }) {
  return (
    <ul class="findings">
      {has.map((it) => (
        <li key={it} data-finding={it}>
          <Shape of={it} />
          {word(r.finding, it)}
        </li>
      ))}
    </ul>
  )
}
