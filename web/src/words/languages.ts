/**
 * The languages there are: one folder each, one line here. The one of the screen is loaded before the first paint, and no
 * other: nobody waits for words nobody reads.
 */
import { keep, kept } from '../kept'
import type { Messages } from './en'

export interface Language {
  /** As its readers write it. */
  readonly name: string
  /** BCP 47 tag for numbers and dates. */
  readonly tag: string
  readonly load: () => Promise<Messages>
}

export const LANGUAGES: Readonly<Record<string, Language>> = {
  en: { name: 'English', tag: 'en-GB', load: async () => (await import('./en')).en },
  es: { name: 'Español', tag: 'es-ES', load: async () => (await import('./es')).es },
  de: { name: 'Deutsch', tag: 'de-DE', load: async () => (await import('./de')).de },
}

const KEY = 'chairside.language'

/** The language chosen on this screen, or else the first of the browser's that exists, or else English. */
export function chosen(): string {
  const wanted = typeof navigator === 'undefined' ? [] : (navigator.languages ?? [])
  const tags = [kept(KEY) ?? '', ...wanted].map((tag) => tag.slice(0, 2).toLowerCase())
  return tags.find((tag) => Object.hasOwn(LANGUAGES, tag)) ?? 'en'
}

/** Keeps the choice; words are loaded once, so the page has to start again. */
export function choose(language: string): void {
  keep(KEY, language)
}
