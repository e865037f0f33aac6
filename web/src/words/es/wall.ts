/** Las palabras de la pantalla mural y de las pantallas colgadas. */
import type { wall as en } from '../en/wall'

export const wall: typeof en = {
  standing: {
    loading: 'Cargando',
    empty: 'Libre',
    free: 'Sin sesión',
    cleaning: 'Limpieza',
  },
  sinceStart: (time) => `T+ ${time}`,
  scale: { sedation: 'MOAA/S', rass: 'RASS' },
  sedation: (scale, score, age) => `${scale} ${score}${age && `, hace ${age}`}`,
  noSedation: 'Sedación sin valorar',
  due: {
    cuff: (time) => `PNI en ${time}`,
    assess: (time) => `Valorar en ${time}`,
    end: (time) => `Fin en ${time}`,
    observe: (time) => `Observar ${time} más`,
  },
  overdue: {
    cuff: (time) => `PNI: ${time} de retraso`,
    assess: (time) => `Valorar: ${time} de retraso`,
  },

  limit: {
    'pre-start systolic': 'PAS antes de empezar',
    'pre-start diastolic': 'PAD antes de empezar',
    systolic: 'PAS',
    diastolic: 'PAD',
    mean: 'PAM',
    spo2: 'SpO₂',
    'heart rate': 'FC',
    'resp rate': 'FR',
    etco2: 'EtCO₂',
    sedation: 'MOAA/S',
    rass: 'RASS',
    cuff: 'PNI con retraso',
    assessment: 'Valoración con retraso',
  },
  limitSays: (kind, value, limit, since) => `${kind} ${value} (límite ${limit}) ${since}`,
  limitsFailed: (why) => `Los avisos de la clínica no funcionan: ${why}`,
  more: (n) => `+${n}`,
  withheld: (source) => `${source}: valores retenidos, compruebe de quién son`,

  feed: { ok: 'Recibiendo', quiet: 'Sin datos', silent: 'Sin datos' },
  connectingShort: 'Conectando',
  soundOff: 'Sin sonido',
  fullScreen: 'Pantalla completa',
  leaveFullScreen: 'Salir de pantalla completa',
  newVersionWaits: 'Hay una versión nueva. Se carga cuando no quede ninguna sesión abierta.',
  hiddenTitle: 'Oculta: nadie la vigila',
  loadingScreen: 'Cargando',
  loadFailed: 'No se ha podido cargar esta parte de la página.',
  reload: 'Volver a cargar',

  language: 'Idioma',
  viewing: 'Distancia de lectura de la pantalla mural',
  distance: { near: 'hasta 2 m', usual: 'de 3 a 4 m', far: '5 m o más' },
  lit: {
    held: 'El navegador mantiene encendida esta pantalla.',
    refused: 'El navegador no mantiene encendida esta pantalla: ajústelo en el equipo.',
  },
}
