/** The words of the page of the EHR, in the language of this screen; they come with it. */
import { language } from '../../format/text'
import type { ehr as en } from '../../words/en/ehr'

const EHR: Readonly<Record<string, () => Promise<{ readonly ehr: typeof en }>>> = {
  en: () => import('../../words/en/ehr'),
  es: () => import('../../words/es/ehr'),
  de: () => import('../../words/de/ehr'),
}

const load = Object.hasOwn(EHR, language) ? EHR[language] : undefined
export const e = (await (load ?? (() => import('../../words/en/ehr')))()).ehr
