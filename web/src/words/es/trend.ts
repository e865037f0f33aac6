/** Palabras de la tendencia, de sus ejes de tiempo, de sus marcas y de su tabla. */
import type { chart as en } from '../en/trend'

export const chart: typeof en = {
  session: 'Sesión',
  views: 'Tiempo mostrado',
  earlier: 'Antes',
  later: 'Después',
  closer: 'Acercar',
  wider: 'Alejar',
  /** On the button that leads back to the present. */
  past: (from, to) => `${from} a ${to} → Ahora`,
  tPlus: 'T+',
  clock: 'Hora',
  says: (what, from, to) =>
    `Gráfico de ${what} de ${from} a ${to}. Las flechas lo mueven, más y menos acercan y alejan, Inicio muestra todo, Fin vuelve a ahora, V cambia la vista, T abre la tabla con los mismos números.`,
  phasesSay: (phases) => `Fases: ${phases}`,
  phaseFrom: (phase, time) => `${phase} desde ${time}`,
  baselineAt: (vital, digits) => `${vital} basal ${digits}`,
  entries: 'Anotaciones',
  late: 'anotación tardía',
  several: (n, says) => `${n} anotaciones: ${says}`,
  sinceStart: (time) => `T+ ${time}`,
  doubt: 'dudoso',
  artefact: 'artefacto',
  typed: 'a mano',
  hatched: 'antes de la sesión',
  every: (minutes) => `${minutes} min`,
  rows: 'Filas',
  caption: (minutes, from, to) =>
    `Último valor en cada ${minutes === 1 ? 'minuto' : `${minutes} minutos`}, de ${from} a ${to}, lo más nuevo primero`,
  nothing: 'sin datos',
}
