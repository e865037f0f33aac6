/** The words of signing in and of accounts, in the language of this screen; they come with these screens. */
import { language } from '../../format/text'
import type { access as en } from '../../words/en/access'

const ACCESS: Readonly<Record<string, () => Promise<{ readonly access: typeof en }>>> = {
  en: () => import('../../words/en/access'),
  es: () => import('../../words/es/access'),
  de: () => import('../../words/de/access'),
}

const load = Object.hasOwn(ACCESS, language) ? ACCESS[language] : undefined
export const a = (await (load ?? (() => import('../../words/en/access')))()).access
