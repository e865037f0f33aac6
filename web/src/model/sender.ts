/** Whose presses a browser may send. */
import type { Person } from '../wire/wire'

/** Whose presses the server takes from this browser now. */
export type Sender =
  /** Names are typed. */
  | { readonly is: 'anybody' }
  /** Locked or signed out. */
  | { readonly is: 'nobody' }
  | { readonly is: 'one'; readonly id: string; readonly by: Person }

export const ANYBODY: Sender = { is: 'anybody' }
