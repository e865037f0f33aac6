/** How this screen looks: dark unless somebody chose light, because rooms are dim; our own colours of the values unless those of many monitors. */
import { signal } from '@preact/signals'
import { keep, kept } from './kept'

/** A choice that stands on the page as `data-<name>`, for the style sheets. */
function choice<T extends string>(name: string, all: readonly [T, ...T[]]) {
  const key = `chairside.${name}`
  const now = signal<T>(all[0])
  const show = (chosen: T) => {
    now.value = chosen
    document.documentElement.dataset[name] = chosen
  }
  return {
    now,
    choose: (chosen: T) => {
      show(chosen)
      keep(key, chosen)
    },
    load: () => show(all.find((it) => it === kept(key)) ?? all[0]),
  }
}

const themes = choice('theme', ['dark', 'light'])
const palettes = choice('palette', ['chairside', 'monitor'])

export const [theme, setTheme] = [themes.now, themes.choose]
export const [palette, setPalette] = [palettes.now, palettes.choose]

export function loadTheme(): void {
  themes.load()
  palettes.load()
}
