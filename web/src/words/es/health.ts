/** Palabras de la página de estado; llegan con ella. */
import type { health as en } from '../en/health'

export const health: typeof en = {
  title: 'Estado',
  failed: (why) => `El servidor no dice cómo está: ${why}`,
  oddly: 'su respuesta no se entiende; vuelva a cargar la página',
  stale: (time) => `El servidor no contesta. Lo que se ve aquí es de las ${time}.`,
  states: { well: 'En orden', look: 'Conviene mirarlo', wrong: 'Mal' },

  recording: 'Registro',
  recordingYes: 'Todo lo que se ve está en el disco.',
  recordingNo: (time, why) => `No se registra desde las ${time}: ${why}`,
  waitingForLog: (count) => `${count} entradas esperan al disco.`,
  behindDatabase: (count) => `${count} apuntes están en el diario y aún no en la base de datos.`,

  disk: 'Disco',
  diskUnknown: 'El sistema no dice cuánto espacio queda.',
  diskFree: (free, log) => `${free} libres; el registro ocupa ${log}.`,
  diskYoung: 'El registro es demasiado reciente para decir cuánto durará.',
  diskYears: 'Basta para años.',
  diskDays: (days) => `Basta para unos ${days} días al ritmo actual.`,
  diskShort:
    'Haga sitio o lleve la carpeta de datos a un disco mayor. Si se llena, las pantallas siguen al día y el registro se detiene.',

  backup: 'Copia de seguridad',
  backupNone: 'No se conoce ninguna copia.',
  backupLast: (day, time, size) => `La última buena es del ${day}, ${time} (${size}).`,
  backupSecret: 'Está cifrada.',
  backupOpen: 'No está cifrada: quien tenga el archivo puede leerlo.',
  backupEvery: (hours) => `El servidor hace una cada ${hours} horas.`,
  backupByHand:
    'El servidor no hace ninguna por sí solo: ponga [backup] en la configuración o ejecute chairside backup.',
  backupTrouble: (why) => `El último intento falló: ${why}`,
  backupLate: 'Es más antigua de lo debido.',

  sources: 'Monitores',
  sourcesUp: (up, all) => `${up} de ${all} están conectados.`,
  sourcesNone: 'No hay ninguno configurado.',

  screens: 'Pantallas',
  screensCount: (count) => `${count} conectadas.`,

  clock: 'Reloj',
  clockNow: (day, time, zone) => `${day}, ${time}, zona ${zone}.`,
  clockSet: 'Lo pone en hora un servidor.',
  clockUnknown: 'Desde aquí no se sabe si un servidor lo pone en hora: lo dice timedatectl en el servidor.',
  clockWrong: 'Marca una hora en la que este programa no existía. Póngalo en hora.',

  certificate: 'Certificado',
  certificateNone: 'Las pantallas se abren sin cifrar, solo desde esta máquina.',
  certificateEnds: (day) => `Válido hasta el ${day}.`,
  certificateRenews: 'El servidor lo renueva por sí solo.',
  certificateOver: 'Los navegadores rechazan las pantallas: ponga uno nuevo en su lugar.',

  queue: 'Historia clínica',
  queueNone: 'Todo lo firmado se ha enviado.',
  queueWaiting: (count) => `Mensajes en espera: ${count}.`,
  queueRefused: (count) => `Mensajes rechazados: ${count}; están con el motivo en la carpeta ehr/refused.`,
  queueOpen: 'Qué espera y qué fue rechazado',

  copy: 'Base de datos',
  copyNever: 'No se ha alcanzado desde el inicio. Todo está registrado en este servidor y se llevará allí más tarde.',
  copyAll: 'Tiene todo lo que está registrado en este servidor.',
  copyWaits: (count, age) =>
    `Entradas que aún le faltan: ${count}; la más antigua tiene ${age}. Están registradas en este servidor y se llevarán allí más tarde.`,
  copyStuck: (count) =>
    `Sillones cuyas entradas no se pueden llevar allí: ${count}. El registro del programa dice por qué.`,

  refused: 'Rechazado desde el inicio',
  refusedNothing: 'Nada.',
  refusedRequests: (count) => `Peticiones: ${count}.`,
  refusedConnections: (count) => `Conexiones que no pidieron nada: ${count}.`,
  refusedScreens: (count) => `Pantallas sin sitio: ${count}. Cierre las que nadie mira.`,
  refusedCut: (count) => `Pantallas desconectadas porque no recibían nada: ${count}.`,
  refusedSignIns: (count) => `Inicios de sesión con nombre, contraseña o código incorrectos: ${count}.`,
  refusedGuesses: (count) =>
    `Inicios de sesión rechazados sin leerlos por ser demasiados: ${count}. Quizá alguien está adivinando.`,
  refusedUpdates: (count) => `Avisos que las pantallas lentas no recibieron: ${count}.`,

  program: 'Programa',
  programVersion: (version, day, time) => `Chairside ${version}, en marcha desde el ${day}, ${time}.`,
  programParts: (parts) => `Construido con: ${parts}.`,
  programPlain: 'Construido sin partes opcionales.',
  parts: { limits: 'avisos de límites' },
}
