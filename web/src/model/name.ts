/** What a public screen calls a patient: the clinic's policy, never more than it allows. */
import type { Clinic, Session } from '../wire/wire'

export type NamePolicy = 'alias' | 'initials' | 'full'

/** The clinic's policy; `alias` until it is known, and for a word of a newer server: no name is public by default. */
export function policyOf(clinic: Clinic | undefined): NamePolicy {
  const said = clinic?.names
  return said === 'initials' || said === 'full' ? said : 'alias'
}

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
