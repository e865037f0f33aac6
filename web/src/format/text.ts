/** The words of the language of this screen. */
import type { Messages } from '../words/en'
import { chosen, LANGUAGES } from '../words/languages'

/** The language of this screen: its key in [`LANGUAGES`]. */
export const language = chosen()

/** BCP 47 tag of it, for dates and numbers. */
export const languageTag = LANGUAGES[language]?.tag ?? 'en-GB'

/** English where the words of the language cannot be loaded: a screen without words is worse than one in another language. */
export const text: Messages = await (LANGUAGES[language]?.load() ?? english()).catch(english)

async function english(): Promise<Messages> {
  return (await import('../words/en')).en
}

/** The word of a table, or the key itself: what a newer server says is shown rather than hidden. */
export function word(table: Readonly<Record<string, string>>, key: string): string {
  return Object.hasOwn(table, key) ? (table[key] ?? key) : key
}
