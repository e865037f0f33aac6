/** Keeps the screen lit while it is looked at (needs HTTPS or localhost; elsewhere the machine's own setting counts). */
export function stayLit(): void {
  if (document.visibilityState !== 'visible' || !('wakeLock' in navigator)) return
  // Refused on battery saving, and released by the browser with every hiding: asked again with every showing.
  navigator.wakeLock.request('screen').catch(() => {})
}
