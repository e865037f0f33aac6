/** Words of the wall and of screens that hang somewhere. */
export const wall = {
  /** What a chair without an open session is. */
  standing: {
    loading: 'Loading',
    empty: 'Empty',
    free: 'No session',
    cleaning: 'Cleaning',
  } as Record<string, string>,
  sinceStart: (time: string) => `T+ ${time}`,
  scale: { sedation: 'MOAA/S', rass: 'RASS' } as Record<string, string>,
  sedation: (scale: string, score: string, age: string) => `${scale} ${score}${age && `, ${age} ago`}`,
  noSedation: 'No sedation score',
  due: {
    cuff: (time: string) => `Cuff in ${time}`,
    assess: (time: string) => `Assess in ${time}`,
    end: (time: string) => `End in ${time}`,
    observe: (time: string) => `Observe ${time} more`,
  } as Record<string, (time: string) => string>,
  overdue: {
    cuff: (time: string) => `Cuff ${time} overdue`,
    assess: (time: string) => `Assess ${time} overdue`,
  } as Record<string, (time: string) => string>,

  /** The clinic's own limit notices. */
  limit: {
    'pre-start systolic': 'Pre-start SYS',
    'pre-start diastolic': 'Pre-start DIA',
    systolic: 'SYS',
    diastolic: 'DIA',
    mean: 'MAP',
    spo2: 'SpO₂',
    'heart rate': 'HR',
    'resp rate': 'RR',
    etco2: 'EtCO₂',
    sedation: 'MOAA/S',
    rass: 'RASS',
    cuff: 'Cuff overdue',
    assessment: 'Assessment overdue',
  } as Record<string, string>,
  limitSays: (kind: string, value: string, limit: string, since: string) =>
    `${kind} ${value} (limit ${limit}) ${since}`,
  limitsFailed: (why: string) => `Clinic notices do not work: ${why}`,
  more: (n: number) => `+${n}`,
  withheld: (source: string) => `${source}: values withheld, check who it is for`,

  feed: { ok: 'Receiving', quiet: 'No frames', silent: 'No frames' } as Record<string, string>,
  connectingShort: 'Connecting',
  soundOff: 'Sound off',
  fullScreen: 'Full screen',
  leaveFullScreen: 'Leave full screen',
  newVersionWaits: 'A new version is ready. It is loaded when no session is open.',
  hiddenTitle: 'Hidden: not being watched',
  loadingScreen: 'Loading',
  loadFailed: 'This part of the page could not be loaded.',
  reload: 'Load again',

  language: 'Language',
  viewing: 'Viewing distance of the wall',
  distance: { near: 'up to 2 m', usual: '3 to 4 m', far: '5 m and more' } as Record<string, string>,
  lit: {
    held: 'The browser keeps this screen lit.',
    refused: 'The browser does not keep this screen lit: set it on the machine.',
  } as Record<string, string>,
}
