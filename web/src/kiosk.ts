/** What a screen on a wall needs of its browser: to stay lit, to fill the panel, and to know when nobody can see it. */
import { signal } from '@preact/signals'
import { text } from './format/text'

/** Whether the browser keeps the screen lit: asked for at each showing, lost at each hiding. */
export const lit = signal<'unknown' | 'held' | 'refused'>('unknown')

/** Asks for it (needs HTTPS or localhost; elsewhere, and on battery saving, the machine's own setting counts). */
async function stayLit(): Promise<void> {
  if (document.visibilityState !== 'visible') return
  try {
    if (!('wakeLock' in navigator)) throw new Error('no wake lock')
    const lock = await navigator.wakeLock.request('screen')
    lit.value = 'held'
    lock.addEventListener('release', () => {
      lit.value = 'unknown'
    })
  } catch {
    lit.value = 'refused'
  }
}

export const fullScreen = signal(false)

export const hasFullScreen = (): boolean => document.fullscreenEnabled

export function toggleFullScreen(): void {
  // Refused by some kiosk shells; the button then just does nothing more.
  const done =
    document.fullscreenElement === null ? document.documentElement.requestFullscreen() : document.exitFullscreen()
  done.catch(() => {})
}

export const reducedMotion = signal(false)

/** A page nobody sees runs its timers as rarely as once a minute: its name in the tab says that it is not watched. */
function sayHidden(): void {
  document.title = document.visibilityState === 'visible' ? 'Chairside' : text.hiddenTitle
}

/** Follows the browser from now on. */
export function watchKiosk(): void {
  document.addEventListener('visibilitychange', () => {
    sayHidden()
    void stayLit()
  })
  document.addEventListener('fullscreenchange', () => {
    fullScreen.value = document.fullscreenElement !== null
  })
  const motion = matchMedia('(prefers-reduced-motion: reduce)')
  reducedMotion.value = motion.matches
  motion.addEventListener('change', ({ matches }) => {
    reducedMotion.value = matches
  })
  sayHidden()
  void stayLit()
}
