/** Words of the health page, which is loaded when somebody goes there. */
export const health = {
  title: 'Health',
  failed: (why: string) => `The server does not say how it is: ${why}`,
  oddly: 'its answer is not understood; reload the page',
  stale: (time: string) => `No answer from the server. What stands here is from ${time}.`,
  states: { well: 'In order', look: 'Look at this', wrong: 'Wrong' },

  recording: 'Recording',
  recordingYes: 'Everything that is shown is on disk.',
  recordingNo: (time: string, why: string) => `Not recording since ${time}: ${why}`,
  waitingForLog: (count: number) => `${count} entries wait for the disk.`,
  behindDatabase: (count: number) => `${count} records are in the journal and not in the database yet.`,

  disk: 'Disk',
  diskUnknown: 'The system does not say how much room is left.',
  diskFree: (free: string, log: string) => `${free} free; the log has ${log}.`,
  diskYoung: 'The log is too young to say how long that lasts.',
  diskYears: 'That lasts for years.',
  diskDays: (days: number) => `That lasts about ${days} days at the pace so far.`,
  diskShort:
    'Make room, or move the data folder to a larger disk. When it is full, screens stay live and the record stops.',

  backup: 'Backup',
  backupNone: 'No backup is known.',
  backupLast: (day: string, time: string, size: string) => `The last good one is of ${day}, ${time} (${size}).`,
  backupSecret: 'It is encrypted.',
  backupOpen: 'It is not encrypted: whoever has the file can read it.',
  backupEvery: (hours: number) => `The server makes one every ${hours} hours.`,
  backupByHand: 'The server makes none by itself: set [backup] in the configuration, or run chairside backup.',
  backupTrouble: (why: string) => `The last attempt failed: ${why}`,
  backupLate: 'It is older than it should be.',

  sources: 'Monitors',
  sourcesUp: (up: number, all: number) => `${up} of ${all} are connected.`,
  sourcesNone: 'None is configured.',

  screens: 'Screens',
  screensCount: (count: number) => `${count} connected.`,

  clock: 'Clock',
  clockNow: (day: string, time: string, zone: string) => `${day}, ${time} (${zone}).`,
  clockSet: 'A time server sets it.',
  clockUnknown: 'Whether a time server sets it cannot be told from here: timedatectl on the server says it.',
  clockWrong: 'It shows a time at which this program did not exist. Set it.',

  certificate: 'Certificate',
  certificateNone: 'Screens are opened without encryption, from this machine only.',
  certificateEnds: (day: string) => `Valid until ${day}.`,
  certificateRenews: 'The server renews it by itself.',
  certificateOver: 'Browsers refuse the screens: put a new one in its place.',

  queue: 'EHR',
  queueNone: 'Everything that was signed has been sent.',
  queueWaiting: (count: number) => `Messages that wait: ${count}.`,
  queueRefused: (count: number) => `Messages refused: ${count}; they lie in the folder ehr/refused with the reason.`,
  queueOpen: 'What waits, what was refused',

  copy: 'Database',
  copyNever: 'It was not reached since the start. Everything is recorded on this server and taken there later.',
  copyAll: 'It has everything that is recorded on this server.',
  copyWaits: (count: number, age: string) =>
    `Entries it does not have yet: ${count}; the oldest is ${age} old. They are recorded on this server and taken there later.`,
  copyStuck: (count: number) => `Chairs whose entries cannot be taken there: ${count}. The program's log says why.`,

  refused: 'Refused since the start',
  refusedNothing: 'Nothing.',
  refusedRequests: (count: number) => `Requests: ${count}.`,
  refusedConnections: (count: number) => `Connections that asked nothing: ${count}.`,
  refusedScreens: (count: number) => `Screens without a place: ${count}. Close those nobody looks at.`,
  refusedCut: (count: number) => `Screens cut off because they took nothing: ${count}.`,
  refusedSignIns: (count: number) => `Sign-ins with a wrong name, password or code: ${count}.`,
  refusedGuesses: (count: number) => `Sign-ins sent away unread, too many at once: ${count}. Somebody may be guessing.`,
  refusedUpdates: (count: number) => `Updates that slow screens did not take: ${count}.`,

  program: 'Program',
  programVersion: (version: string, day: string, time: string) =>
    `Chairside ${version}, running since ${day}, ${time}.`,
  programParts: (parts: string) => `Built with: ${parts}.`,
  programPlain: 'Built without optional parts.',
  parts: { limits: 'limit notices' } as Record<string, string>,
}
