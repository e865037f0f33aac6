/** The words of the health page, in the language of this screen; they come with it. */
import { language } from '../../format/text'
import type { health as en } from '../../words/en/health'

const HEALTH: Readonly<Record<string, () => Promise<{ readonly health: typeof en }>>> = {
  en: () => import('../../words/en/health'),
  es: () => import('../../words/es/health'),
  de: () => import('../../words/de/health'),
}

const load = Object.hasOwn(HEALTH, language) ? HEALTH[language] : undefined
export const h = (await (load ?? (() => import('../../words/en/health')))()).health
