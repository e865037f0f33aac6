/** What a public screen calls a patient: the clinic's policy, never more than it allows. */
import type { Session } from '../wire/wire'

/** `alias` unless the clinic says otherwise: a name is not shown to the public by default. */
export type NamePolicy = 'alias' | 'initials' | 'full'

export const DEFAULT_POLICY: NamePolicy = 'alias'

/** The name for a wall; empty where the policy leaves nothing to show. */
export function publicName({ patient }: Pick<Session, 'patient'>, policy: NamePolicy): string {
  if (policy === 'full') return patient.name
  return policy === 'initials' ? initials(patient.name) : patient.alias
}

/** `Doe, Jane Ann` and `Jane Ann Doe` are both `J. A. D.`. */
function initials(name: string): string {
  const [family = '', given] = name.split(',')
  const parts = given === undefined ? family : `${given} ${family}`
  return parts
    .split(/[\s-]+/)
    .filter((part) => part !== '')
    .map((part) => `${[...part][0]?.toLocaleUpperCase() ?? ''}.`)
    .join(' ')
}
