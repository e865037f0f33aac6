/** Words of the clinic's own settings. */
export const clinic = {
  parts: {
    room: 'Chairs and monitors',
    templates: 'Course templates',
    staff: 'Staff',
    leaving: 'List for leaving',
    limits: 'Limit notices',
    test: 'Test mode',
    screen: 'This screen',
  },
  testDo:
    'A chair in test mode is striped on every screen and takes test patients only, whose number begins with "TEST:". Simulated data is let in there. Both the change and its author are recorded; the chair is cleared with it, and it has to be free.',
  beginTest: 'Begin test mode',
  endTest: 'End test mode',
  testBegan: (name: string) => `${name} in test mode`,
  testEnded: (name: string) => `${name} for patients again`,
  none: 'The server has not sent the settings of the clinic yet.',
  by: 'Changed by',
  byDo: 'Say who you are first: every change is recorded with a name.',
  name: 'Name',
  role: 'Role',
  roles: {
    nurse: 'Nurse',
    clinician: 'Clinician',
    reviewer: 'Reviewer',
    lead: 'Lead',
  } as Record<string, string>,
  addStaff: 'Add a person',
  staffDo: 'Whoever stands here can be chosen on a screen. Names stand on every entry of the record.',
  noStaff: 'Nobody yet: names are typed on the screens.',
  remove: 'Remove',
  removed: (name: string) => `${name} is no longer offered`,
  save: 'Save',
  saved: (what: string) => `${what} saved`,

  names: 'Names on public screens',
  namesDo: 'What the wall shows of a patient. Never the indication or a dose.',
  namesOf: { alias: 'Alias', initials: 'Initials', full: 'Full name' } as Record<string, string>,

  templatesDo:
    'What a session of a course starts from. All times can be changed for one session. No dose is known here.',
  newTemplate: 'New template',
  template: {
    name: 'Name',
    of: 'Sessions of the course (empty: open)',
    infusionMin: 'Infusion, min',
    cuffInfusingMin: 'Cuff while infusing, min',
    cuffObservingMin: 'Cuff while observing, min',
    observeMin: 'Observation at least, min',
    assessFirstMin: 'Assessment, first hour, min',
    assessLaterMin: 'Assessment, later, min',
  },
  numberBetween: (low: number, high: number) => `A whole number from ${low} to ${high}`,

  leavingDo:
    'One line each, in the order they are asked. Leaving stays locked until all are done, or a clinician gives a reason.',
  line: (n: number) => `Line ${n}`,
  addLine: 'Add a line',
  up: 'Move up',

  limitsDo:
    "The clinic's own notices on recorded values. Off until a lead switches each one on. They replace nothing: the bedside monitor stays the primary source. Switched on, they may make this software a regulated device where it is used.",
  noLimits: 'This program was built without limit notices.',
  on: 'On',
  off: 'Off',
  kind: {
    'pre-start systolic': 'Systolic before the start',
    'pre-start diastolic': 'Diastolic before the start',
    systolic: 'Systolic',
    diastolic: 'Diastolic',
    mean: 'Mean pressure',
    spo2: 'SpO₂',
    'heart rate': 'Heart rate',
    'resp rate': 'Respiration rate',
    etco2: 'EtCO₂',
    sedation: 'Sedation, MOAA/S',
    rass: 'Sedation, RASS',
    cuff: 'Cuff overdue',
    assessment: 'Assessment overdue',
  } as Record<string, string>,
  number: {
    lookLow: 'Look, low',
    lookHigh: 'Look, high',
    urgentLow: 'Urgent, low',
    urgentHigh: 'Urgent, high',
    onceHigh: 'Urgent at once, high',
    overPct: 'Over baseline, %',
    underPct: 'Under baseline, %',
    lookHoldS: 'Look held for, s',
    urgentHoldS: 'Urgent held for, s',
    lateS: 'Late by, s',
  } as Record<string, string>,

  heardNothing: 'No value yet. Compare the numbers here with the display of the monitor before you give it a chair.',

  palette: 'Colours of the values',
  palettes: { chairside: 'Chairside', monitor: 'Like many bedside monitors (ECG green, RESP yellow)' } as Record<
    string,
    string
  >,
}
