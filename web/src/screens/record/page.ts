/** What the parts of a record's page share: what is looked at, and the ways to it. */
import type { Picked } from '../../charts/pick'
import type { Span } from '../../charts/span'
import type { State } from '../../model/state'
import type { Act, SessionRecord } from '../../wire/wire'
import type { Drawing } from './load'

export interface Page {
  readonly state: State
  readonly record: SessionRecord
  readonly drawing: Drawing
  readonly span: Span
  /** The moment somebody looks at, UTC seconds. */
  readonly looked: number | undefined
  readonly picked: Picked | undefined
  /** An entry of the timeline whose origin is shown. */
  readonly seq: number | undefined
  setSpan(span: Span): void
  /** Brings a moment into the middle of the chart. */
  look(atUs: number): void
  /** Shows where a number came from. */
  pick(it: Picked | undefined): void
  /** The same by its entry, wherever it stands. */
  trace(seq: number | undefined): void
  /** Adds to the record; the answer is what the server says, empty when it is done. */
  add(act: Act, wallUs?: number, secret?: string): Promise<string>
  again(): Promise<string>
}
