/** The words of the forms, in the language of this screen. */

import type { forms as en } from '../words/en/forms'
import { language } from './text'

const FORMS: Readonly<Record<string, () => Promise<{ readonly forms: typeof en }>>> = {
  en: () => import('../words/en/forms'),
  es: () => import('../words/es/forms'),
  de: () => import('../words/de/forms'),
}

const load = Object.hasOwn(FORMS, language) ? FORMS[language] : undefined
export const f = (await (load ?? (() => import('../words/en/forms')))()).forms
