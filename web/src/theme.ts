/** Dark unless somebody chose light on this screen: rooms are dim. */
import { signal } from '@preact/signals'

type Theme = 'dark' | 'light'
const KEY = 'chairside.theme'

export const theme = signal<Theme>('dark')

function show(chosen: Theme): void {
  theme.value = chosen
  document.documentElement.dataset.theme = chosen
}

export function setTheme(chosen: Theme): void {
  show(chosen)
  try {
    localStorage.setItem(KEY, chosen)
  } catch {
    // A browser that keeps nothing starts dark again.
  }
}

export function loadTheme(): void {
  let kept: string | null = null
  try {
    kept = localStorage.getItem(KEY)
  } catch {
    // As above.
  }
  show(kept === 'light' ? 'light' : 'dark')
}
