/** What the server says of the EHR, checked before anything believes it. */
import type { EhrPage } from '../../wire/wire'

export const EHR_PATH = '/api/ehr'

type Fields = Record<string, unknown>

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isText = (value: unknown) => typeof value === 'string'
const isNumber = (value: unknown) => typeof value === 'number' && Number.isFinite(value)
const maybe = (value: unknown, is: (value: unknown) => boolean) => value === undefined || is(value)
const fields = (value: unknown, texts: readonly string[], numbers: readonly string[]) =>
  isObject(value) && texts.every((name) => isText(value[name])) && numbers.every((name) => isNumber(value[name]))
const all = (value: unknown, is: (value: unknown) => boolean) => Array.isArray(value) && value.every(is)

/** The answer; `undefined` when it is none. */
export function ehrOf(answer: unknown): EhrPage | undefined {
  const fits =
    isObject(answer) &&
    fields(answer, [], ['waitingAll', 'refusedAll', 'tries', 'sent']) &&
    fields(answer.now, [], ['monoUs', 'wallUs']) &&
    all(answer.waiting, (it) => fields(it, ['session', 'kind'], ['sinceWallUs'])) &&
    all(answer.refused, (it) => fields(it, ['session', 'kind', 'name', 'why'], ['sinceWallUs'])) &&
    maybe(answer.way, (it) => fields(it, ['to'], []) && isObject(it) && typeof it.tls === 'boolean') &&
    maybe(answer.trouble, isText) &&
    maybe(answer.nextWallUs, isNumber) &&
    maybe(answer.lastSent, (it) => fields(it, ['session', 'kind'], ['atWallUs']))
  return fits ? (answer as unknown as EhrPage) : undefined
}
