/**
 * Forms that are not needed at the first paint come in a chunk of their own, and are fetched as soon as the page rests: when the
 * server is away they have to be there already.
 */
import { signal } from '@preact/signals'
import { text } from '../../format/text'
import type { Standing } from '../../model/standing'
import type { Bedside, Sheet } from './bedside'

type Sheets = typeof import('./sheets/all')

const loaded = signal<Sheets | undefined>(undefined)
let loading = false

/** A failed load is tried again after this long. */
const AGAIN_MS = 3_000

export function loadSheets(): void {
  if (loading || loaded.peek() !== undefined) return
  loading = true
  import('./sheets/all').then(
    (sheets) => {
      loaded.value = sheets
    },
    () => {
      setTimeout(() => {
        loading = false
      }, AGAIN_MS)
    },
  )
}

export type Later = Sheet | { readonly is: 'tabs'; readonly stands: Standing }

export function SheetOf({ at, sheet }: { readonly at: Bedside; readonly sheet: Later }) {
  const sheets = loaded.value
  if (sheets !== undefined) return <sheets.AnySheet at={at} sheet={sheet} />
  loadSheets()
  return <p class="hint">{text.session.loading}</p>
}
