/** Palabras de los ajustes de la clínica. */
import type { clinic as en } from '../en/clinic'

export const clinic: typeof en = {
  parts: {
    room: 'Puestos y monitores',
    templates: 'Plantillas de tratamiento',
    staff: 'Personal',
    leaving: 'Lista de alta',
    limits: 'Avisos de límite',
    test: 'Modo de prueba',
    screen: 'Esta pantalla',
    accounts: 'Cuentas',
    displays: 'Pantallas de pared',
    me: 'Mi cuenta',
  },
  testDo:
    'Un puesto en modo de prueba aparece rayado en todas las pantallas y solo admite pacientes de prueba, cuyo número empieza por "TEST:". Allí se admiten datos simulados. El cambio y su autor quedan registrados; el puesto se libera con él y tiene que estar libre.',
  beginTest: 'Empezar el modo de prueba',
  endTest: 'Terminar el modo de prueba',
  testBegan: (name: string) => `${name} en modo de prueba`,
  testEnded: (name: string) => `${name} de nuevo para pacientes`,
  none: 'El servidor aún no ha enviado los ajustes de la clínica.',
  by: 'Cambiado por',
  byDo: 'Diga primero quién es: cada cambio se registra con un nombre.',
  name: 'Nombre',
  role: 'Función',
  roles: { nurse: 'Enfermería', clinician: 'Médico', reviewer: 'Revisor', lead: 'Responsable', auditor: 'Auditoría' },
  addStaff: 'Añadir una persona',
  staffDo: 'Quien figura aquí puede elegirse en una pantalla. Los nombres constan en cada anotación del registro.',
  noStaff: 'Nadie todavía: los nombres se escriben en las pantallas.',
  remove: 'Quitar',
  removed: (name) => `${name} ya no se ofrece`,
  save: 'Guardar',
  saved: (what) => `${what}: guardado`,

  names: 'Nombres en pantallas públicas',
  namesDo: 'Lo que la pantalla general muestra de un paciente. Nunca la indicación ni una dosis.',
  namesOf: { alias: 'Alias', initials: 'Iniciales', full: 'Nombre completo' },

  templatesDo:
    'Con qué empieza una sesión de un tratamiento. Todos los tiempos pueden cambiarse en una sesión. Aquí no se conoce ninguna dosis.',
  newTemplate: 'Plantilla nueva',
  template: {
    name: 'Nombre',
    of: 'Sesiones del tratamiento (vacío: abierto)',
    infusionMin: 'Infusión, min',
    cuffInfusingMin: 'Manguito en infusión, min',
    cuffObservingMin: 'Manguito en observación, min',
    observeMin: 'Observación mínima, min',
    assessFirstMin: 'Valoración, primera hora, min',
    assessLaterMin: 'Valoración, después, min',
  },
  numberBetween: (low, high) => `Un número entero de ${low} a ${high}`,

  leavingDo:
    'Una línea por punto, en el orden en que se preguntan. El alta queda bloqueada hasta completarlos todos o hasta que un médico dé un motivo.',
  line: (n) => `Línea ${n}`,
  addLine: 'Añadir una línea',
  up: 'Subir',

  limitsDo:
    'Avisos propios de la clínica sobre valores registrados. Desactivados hasta que un responsable active cada uno. No sustituyen nada: el monitor de cabecera sigue siendo la fuente principal. Activados, pueden convertir este programa en un producto sanitario regulado donde se use.',
  noLimits: 'Este programa se compiló sin avisos de límite.',
  on: 'Activado',
  off: 'Desactivado',
  kind: {
    'pre-start systolic': 'Sistólica antes del inicio',
    'pre-start diastolic': 'Diastólica antes del inicio',
    systolic: 'Sistólica',
    diastolic: 'Diastólica',
    mean: 'Presión media',
    spo2: 'SpO₂',
    'heart rate': 'Frecuencia cardíaca',
    'resp rate': 'Frecuencia respiratoria',
    etco2: 'EtCO₂',
    sedation: 'Sedación, MOAA/S',
    rass: 'Sedación, RASS',
    cuff: 'Manguito atrasado',
    assessment: 'Valoración atrasada',
  },
  number: {
    lookLow: 'Atención, bajo',
    lookHigh: 'Atención, alto',
    urgentLow: 'Urgente, bajo',
    urgentHigh: 'Urgente, alto',
    onceHigh: 'Urgente de inmediato, alto',
    overPct: 'Sobre el basal, %',
    underPct: 'Bajo el basal, %',
    lookHoldS: 'Atención, mantenido s',
    urgentHoldS: 'Urgente, mantenido s',
    lateS: 'Retraso, s',
  },

  heardNothing: 'Ningún valor todavía. Compare los números con la pantalla del monitor antes de asignarlo a un puesto.',

  palette: 'Colores de los valores',
  palettes: { chairside: 'Chairside', monitor: 'Como muchos monitores (ECG verde, RESP amarillo)' },
}
