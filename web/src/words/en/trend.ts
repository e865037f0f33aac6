/** Words of a trend, its time axes, the marks in it, and its table. */
export const chart = {
  session: 'Session',
  views: 'Time shown',
  earlier: 'Earlier',
  later: 'Later',
  closer: 'Zoom in',
  wider: 'Zoom out',
  /** On the button that leads back to the present. */
  past: (from: string, to: string) => `${from} to ${to} → Now`,
  /** Stands before the ticks of the axis that counts from the start of the infusion; of the one below. */
  tPlus: 'T+',
  clock: 'Clock',
  says: (what: string, from: string, to: string) =>
    `Chart of ${what} from ${from} to ${to}. Arrow keys move it, plus and minus zoom, Home shows all, End goes to now, V changes the view, T opens the table with the same numbers.`,
  phasesSay: (phases: string) => `Phases: ${phases}`,
  phaseFrom: (phase: string, time: string) => `${phase} from ${time}`,
  baselineAt: (vital: string, digits: string) => `${vital} baseline ${digits}`,
  entries: 'Entries',
  late: 'late entry',
  /** A button that stands for several. */
  several: (n: number, says: string) => `${n} entries: ${says}`,
  sinceStart: (time: string) => `T+ ${time}`,
  doubt: 'questionable',
  artefact: 'artefact',
  typed: 'typed',
  hatched: 'before this session',
  every: (minutes: number) => `${minutes} min`,
  rows: 'Rows',
  caption: (minutes: number, from: string, to: string) =>
    `Last value in each ${minutes === 1 ? 'minute' : `${minutes} minutes`}, ${from} to ${to}, newest first`,
  /** A window in which nothing came. */
  nothing: 'no data',
}
