/** La página de la historia clínica. */
import type { ehr as en } from '../en/ehr'

export const ehr: typeof en = {
  title: 'Envío a la historia clínica',
  failed: (why) => `El servidor no dice qué espera: ${why}`,
  oddly: 'su respuesta no se entiende; vuelva a cargar la página',
  stale: (time) => `El servidor no responde. Lo que se ve aquí es de las ${time}.`,
  none: 'No hay historia clínica configurada: lo firmado se queda aquí. Con [ehr] connect en la configuración se envía.',

  way: 'Destino',
  wayTls: (to) => `${to}, por TLS.`,
  wayOpen: (to) => `${to}, sin cifrar.`,
  sentCount: (count) => `Mensajes aceptados desde el inicio del servidor: ${count}.`,
  sentLast: (kind, session, time) => `El último: ${kind} de la sesión ${session}, a las ${time}.`,

  waiting: 'En espera',
  waitingNone: 'Nada espera.',
  waitingCount: (count) => `Mensajes en espera: ${count}. Van uno tras otro y ninguno se pierde.`,
  why: (why) => `Por qué espera el primero: ${why}`,
  tries: (count) => `Intentos en vano desde el inicio: ${count}.`,
  next: (time) => `Se intenta de nuevo a las ${time}.`,
  now: 'Se está enviando.',

  refused: 'Rechazados',
  refusedNone: 'Nada fue rechazado.',
  refusedHow: 'Están en la carpeta ehr/refused de los datos. Devueltos a ehr/waiting, se envían de nuevo.',
  more: (count) => `Y ${count} más.`,

  session: 'Sesión',
  kind: 'Mensaje',
  since: 'Desde',
  answer: 'Palabras de la historia clínica',
  file: 'Archivo',
  kinds: {
    'ORU^R01': 'constantes',
    'MDM^T02': 'informe',
    'MDM^T10': 'informe con lo añadido',
  },
}
