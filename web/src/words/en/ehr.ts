/** Words of the page of the EHR, which is loaded when somebody goes there. */
export const ehr = {
  title: 'Sent to the EHR',
  failed: (why: string) => `The server does not say what waits: ${why}`,
  oddly: 'its answer is not understood; reload the page',
  stale: (time: string) => `No answer from the server. What stands here is from ${time}.`,
  none: 'No EHR is configured: signed records stay here. Set [ehr] connect in the configuration to have them sent.',

  way: 'Where to',
  wayTls: (to: string) => `${to}, over TLS.`,
  wayOpen: (to: string) => `${to}, not encrypted.`,
  sentCount: (count: number) => `Messages taken by the EHR since the server was started: ${count}.`,
  sentLast: (kind: string, session: string, time: string) => `The last one: ${kind} of session ${session}, at ${time}.`,

  waiting: 'Waiting',
  waitingNone: 'Nothing waits.',
  waitingCount: (count: number) => `Messages that wait: ${count}. They go one after the other, and none is lost.`,
  why: (why: string) => `Why the first one waits: ${why}`,
  tries: (count: number) => `Tried in vain since the start: ${count}.`,
  next: (time: string) => `It is tried again at ${time}.`,
  now: 'It is being sent.',

  refused: 'Refused',
  refusedNone: 'Nothing was refused.',
  refusedHow: 'Each lies in the folder ehr/refused of the data folder. Moved back to ehr/waiting, it is sent again.',
  more: (count: number) => `And ${count} more.`,

  session: 'Session',
  kind: 'Message',
  since: 'Since',
  answer: 'Words of the EHR',
  file: 'File',
  kinds: {
    'ORU^R01': 'vitals',
    'MDM^T02': 'report',
    'MDM^T10': 'report with what was added',
  } as Record<string, string>,
}
