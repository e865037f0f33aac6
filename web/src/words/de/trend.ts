/** Wörter des Verlaufs, seiner Zeitachsen, der Zeichen darin und seiner Tabelle. */
import type { chart as en } from '../en/trend'

export const chart: typeof en = {
  session: 'Sitzung',
  views: 'Gezeigte Zeit',
  earlier: 'Früher',
  later: 'Später',
  closer: 'Vergrößern',
  wider: 'Verkleinern',
  /** On the button that leads back to the present. */
  past: (from, to) => `${from} bis ${to} → Jetzt`,
  tPlus: 'T+',
  clock: 'Uhr',
  says: (what, from, to) =>
    `Verlauf von ${what} von ${from} bis ${to}. Pfeiltasten verschieben ihn, Plus und Minus vergrößern und verkleinern, Pos1 zeigt alles, Ende geht zum Jetzt, V wechselt die Ansicht, T öffnet die Tabelle mit denselben Zahlen.`,
  phasesSay: (phases) => `Phasen: ${phases}`,
  phaseFrom: (phase, time) => `${phase} ab ${time}`,
  baselineAt: (vital, digits) => `${vital} Ausgangswert ${digits}`,
  entries: 'Einträge',
  late: 'nachgetragen',
  several: (n, says) => `${n} Einträge: ${says}`,
  sinceStart: (time) => `T+ ${time}`,
  doubt: 'fraglich',
  artefact: 'Artefakt',
  typed: 'von Hand',
  hatched: 'vor dieser Sitzung',
  every: (minutes) => `${minutes} min`,
  rows: 'Zeilen',
  caption: (minutes, from, to) =>
    `Letzter Wert in je ${minutes === 1 ? 'einer Minute' : `${minutes} Minuten`}, ${from} bis ${to}, neueste zuerst`,
  nothing: 'keine Daten',
}
