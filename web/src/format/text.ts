/** The words of the language of this screen. */
import type { Messages } from '../words/en'
import { chosen, LANGUAGES } from '../words/languages'

/** BCP 47 tag of the language of this screen. */
export const language = chosen()

export const text: Messages = (await (LANGUAGES[language] ?? LANGUAGES.en)?.load()) as Messages

/** The word of a table, or the key itself: what a newer server says is shown rather than hidden. */
export function word(table: Readonly<Record<string, string>>, key: string): string {
  return Object.hasOwn(table, key) ? (table[key] ?? key) : key
}
