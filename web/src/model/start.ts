/** The form that opens a session: what is filled in from an earlier one, what is missing, and the act it becomes. Pure. */
import type { Act, Clinic, KnownPatient, Patient, Plan, Template } from '../wire/wire'
import { initials } from './typed'

/** What stands in the form, as text. */
export interface Start {
  readonly id: string
  readonly name: string
  readonly born: string
  readonly alias: string
  readonly template: string
  readonly number: string
  readonly of: string
  readonly infusionMin: string
  readonly cuffInfusingMin: string
  readonly cuffObservingMin: string
  readonly observeMin: string
  readonly assessFirstMin: string
  readonly assessLaterMin: string
  readonly indication: string
  readonly allergies: string
  readonly escort: string
  readonly planned: boolean
  /** `10:05`: she was connected before now; empty for now. */
  readonly connectedAt: string
}

/** What the number of a test patient begins with; the server holds it. */
export const TEST_PREFIX = 'TEST:'

/** Texts that are entered with the session, by the kind of their entry. */
export const FACTS = ['indication', 'allergies', 'escort'] as const

/** A form before anything is known. How long an infusion takes is never taken for granted: without a template it is typed. */
export function emptyStart(clinic: Clinic | undefined): Start {
  const bare: Start = {
    id: '',
    name: '',
    born: '',
    alias: '',
    template: '',
    number: '1',
    of: '',
    infusionMin: '',
    cuffInfusingMin: '10',
    cuffObservingMin: '15',
    observeMin: '60',
    assessFirstMin: '15',
    assessLaterMin: '30',
    indication: '',
    allergies: '',
    escort: '',
    planned: false,
    connectedAt: '',
  }
  const only = clinic?.templates.length === 1 ? clinic.templates[0] : undefined
  return only === undefined ? bare : withTemplate(bare, only)
}

const text = (number: number | undefined) => (number === undefined ? '' : String(number))

/** The times of a template, each of which may be changed for this session. */
export function withTemplate(start: Start, plan: Template | (Plan & { readonly name?: never })): Start {
  return {
    ...start,
    template: plan.name ?? (plan as Plan).template,
    of: text(plan.of),
    infusionMin: text(plan.infusionMin),
    cuffInfusingMin: text(plan.cuffInfusingMin),
    cuffObservingMin: text(plan.cuffObservingMin),
    observeMin: text(plan.observeMin),
    assessFirstMin: text(plan.assessFirstMin),
    assessLaterMin: text(plan.assessLaterMin),
  }
}

/** An earlier patient: her plan with the next number, and the texts of last time. Never a vital, never a dose. */
export function withPatient(start: Start, known: KnownPatient): Start {
  const fact = (kind: string) => known.facts.find(({ entry }) => entry === kind)?.text ?? ''
  return {
    ...withTemplate(start, known.plan),
    ...known.patient,
    number: String(known.plan.number + 1),
    indication: fact('indication'),
    allergies: fact('allergies'),
    escort: fact('escort'),
  }
}

const WHOLE = /^\d{1,5}$/
const BORN = /^\d{4}-\d{2}-\d{2}$/
const MINUTES: readonly (keyof Plan & keyof Start)[] = [
  'infusionMin',
  'cuffInfusingMin',
  'cuffObservingMin',
  'observeMin',
  'assessFirstMin',
  'assessLaterMin',
]

/** Names of the fields that are missing or do not fit. */
export function wrongIn(start: Start): (keyof Start)[] {
  const wrong: (keyof Start)[] = (['id', 'name', 'template'] as const).filter((name) => start[name].trim() === '')
  if (!BORN.test(start.born)) wrong.push('born')
  const number = (name: keyof Start, least: number) => {
    const typed = String(start[name]).trim()
    if (!WHOLE.test(typed) || Number(typed) < least) wrong.push(name)
  }
  number('number', 1)
  if (start.of.trim() !== '') number('of', Number(start.number) || 1)
  for (const name of MINUTES) number(name, name === 'observeMin' ? 0 : 1)
  return wrong
}

/** The act, once nothing is wrong. Without an alias public screens show the initials. */
export function openedOf(start: Start): Act & { is: 'opened' } {
  const trimmed = (name: keyof Start) => String(start[name]).trim()
  const patient: Patient = {
    id: trimmed('id'),
    name: trimmed('name'),
    born: trimmed('born'),
    alias: trimmed('alias') || initials(start.name) || trimmed('id'),
  }
  const minutes = Object.fromEntries(MINUTES.map((name) => [name, Number(trimmed(name))]))
  const plan = {
    template: trimmed('template'),
    number: Number(trimmed('number')),
    ...(trimmed('of') === '' ? {} : { of: Number(trimmed('of')) }),
    ...minutes,
  } as Plan
  return { is: 'opened', patient, plan, ...(start.planned ? { planned: true } : {}) }
}
