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

/** Colours of the values: our own, or those of many bedside monitors. */
type Palette = 'chairside' | 'monitor'
const PALETTE_KEY = 'chairside.palette'

export const palette = signal<Palette>('chairside')

function paint(chosen: Palette): void {
  palette.value = chosen
  document.documentElement.dataset.palette = chosen
}

export function setPalette(chosen: Palette): void {
  paint(chosen)
  try {
    localStorage.setItem(PALETTE_KEY, chosen)
  } catch {
    // As above.
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
  let colours: string | null = null
  try {
    colours = localStorage.getItem(PALETTE_KEY)
  } catch {
    // As above.
  }
  paint(colours === 'monitor' ? 'monitor' : 'chairside')
}
