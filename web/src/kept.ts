/** What somebody chose on this screen, kept by the browser. One that keeps nothing has what stands in the code. */

/** Keeps it, where it can be kept. */
export function keep(key: string, chosen: string): void {
  try {
    localStorage.setItem(key, chosen)
  } catch {
    // It counts until the page is loaded anew.
  }
}

/** What was kept. */
export function kept(key: string): string | null {
  try {
    return localStorage.getItem(key)
  } catch {
    return null
  }
}

/** Keeps it no longer. */
export function drop(key: string): void {
  try {
    localStorage.removeItem(key)
  } catch {
    // It was not kept either.
  }
}
