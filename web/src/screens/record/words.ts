/** The words of recorded sessions, in the language of this screen; they come with these pages. */
import { language } from '../../format/text'
import type { record as en } from '../../words/en/record'

const RECORD: Readonly<Record<string, () => Promise<{ readonly record: typeof en }>>> = {
  en: () => import('../../words/en/record'),
  es: () => import('../../words/es/record'),
  de: () => import('../../words/de/record'),
}

const load = Object.hasOwn(RECORD, language) ? RECORD[language] : undefined
export const r = (await (load ?? (() => import('../../words/en/record')))()).record
