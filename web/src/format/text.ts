/** The words of the language of this screen. */
import { en, type Messages } from './en'

/** Languages that exist; the first is used where none fits. */
const LANGUAGES: Record<string, Messages> = { en }

function choose(): Messages {
  const wanted = typeof navigator === 'undefined' ? [] : navigator.languages
  for (const tag of wanted) {
    const found = LANGUAGES[tag.slice(0, 2).toLowerCase()]
    if (found !== undefined) return found
  }
  return en
}

export const text: Messages = choose()

/** The word of a table, or the key itself: what a newer server says is shown rather than hidden. */
export function word(table: Readonly<Record<string, string>>, key: string): string {
  return Object.hasOwn(table, key) ? (table[key] ?? key) : key
}
