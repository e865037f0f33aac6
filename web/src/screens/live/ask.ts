/** What is asked of the server once, with an answer at once: earlier patients, a cleared chair. Names stand in bodies, never in addresses. */
import { text } from '../../format/text'
import type { ClearChair, FindPatients, FoundPatients, KnownPatient, Person } from '../../wire/wire'

type Fields = Record<string, unknown>
const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null

/** Why it was not done, or nothing. */
const messageOf = (body: unknown, status: number): string =>
  isObject(body) && typeof body.message === 'string' ? body.message : text.refusedOddly(status)

async function post(
  path: string,
  body: FindPatients | ClearChair,
): Promise<{ ok: boolean; body: unknown; message: string }> {
  try {
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(path, { method: 'POST', headers, body: JSON.stringify(body), cache: 'no-store' })
    const answer: unknown = await response.json().catch(() => undefined)
    return { ok: response.ok, body: answer, message: messageOf(answer, response.status) }
  } catch {
    return { ok: false, body: undefined, message: text.session.noAnswer }
  }
}

const TEXTS = ['id', 'name', 'born', 'alias']
const NUMBERS = [
  'number',
  'infusionMin',
  'cuffInfusingMin',
  'cuffObservingMin',
  'observeMin',
  'assessFirstMin',
  'assessLaterMin',
]

/** An earlier patient whole enough to fill in a form; another one is left out. */
export function isKnown(value: unknown): value is KnownPatient {
  if (!isObject(value) || !isObject(value.patient) || !isObject(value.plan) || !Array.isArray(value.facts)) return false
  const { patient, plan } = value
  return (
    TEXTS.every((name) => typeof patient[name] === 'string') &&
    typeof plan.template === 'string' &&
    NUMBERS.every((name) => typeof plan[name] === 'number') &&
    typeof value.lastWallUs === 'number' &&
    value.facts.every((fact) => isObject(fact) && typeof fact.entry === 'string' && typeof fact.text === 'string')
  )
}

/** Earlier patients, or the sentence why there are none to see. */
export async function findPatients(typed: string): Promise<{ found: KnownPatient[]; message?: string }> {
  const { ok, body, message } = await post('/api/patients/find', { text: typed })
  if (!ok) return { found: [], message }
  const found = isObject(body) ? (body as unknown as FoundPatients).found : []
  return { found: Array.isArray(found) ? found.filter(isKnown) : [] }
}

/** The chair is clean and nobody's; the answer is the sentence why not. */
export async function clearChair(chair: string, by: Person): Promise<string | undefined> {
  const { ok, message } = await post(`/api/chairs/${encodeURIComponent(chair)}/clear`, { by })
  return ok ? undefined : message
}
