import type { ReasonFamily } from './reason-facts.ts';

/** What calendars and approvals say: when something may begin, and whether people agree. */
export const CALENDAR_REASONS = {
  ApprovalExpired: {
    kind: 'lasting',
    meaning: 'Approvals of the wave have expired; it needs others (liftlock approve).',
  },
  ApprovalMissing: {
    kind: 'lasting',
    meaning: 'The wave has too few approvals of the plan that it has now (liftlock approve).',
  },
  ApprovalRejected: { kind: 'lasting', meaning: 'A person rejected the plan of the wave and has not taken that back.' },
  FindingNotApproved: {
    kind: 'lasting',
    meaning:
      'The scan before the hop found what was not known when the wave was approved (liftlock approve, then liftlock retry).',
  },
  Approved: { kind: 'told', meaning: 'A person approved the plan of the wave.' },
  AutoApproved: { kind: 'told', meaning: 'autoApproveWhen is true, so Liftlock approved the wave.' },
  CalendarInvalid: { kind: 'lasting', meaning: 'A Calendar cannot be read, so it is closed.' },
  CalendarOpen: { kind: 'told', meaning: 'All calendars are open.' },
  CalendarsTogether: { kind: 'told', meaning: 'When several calendars are open at once.' },
  CalendarTag: { kind: 'told', meaning: 'The tag calendar of the cluster adds Calendars.' },
  FourEyes: { kind: 'lasting', meaning: 'Who applied the policy or Channel, or created the rollout, may not approve.' },
  Frozen: { kind: 'timed', waitsFor: 'window', meaning: 'A freeze of a calendar goes on.' },
  NoCalendar: { kind: 'lasting', meaning: 'The wave names a Calendar that is not applied, so nothing may start.' },
  NotAnApprover: { kind: 'lasting', meaning: 'A person is not among those who may approve.' },
  NotAutoApproved: { kind: 'lasting', meaning: 'autoApproveWhen is false, so the wave waits for a person.' },
  Rejected: { kind: 'told', meaning: 'A person rejected the plan of the wave.' },
  RanPastWindow: { kind: 'told', meaning: 'What EKS worked on ended after the window had closed.' },
  ForcedUpgrade: { kind: 'told', meaning: 'A plan begins only when EKS may have moved the control plane by force.' },
  RunsPastWindow: { kind: 'told', meaning: 'A plan takes an upgrade to go on after the window has closed.' },
  WaveCalendar: { kind: 'told', meaning: 'The Calendars of the wave.' },
  WindowClosed: { kind: 'timed', waitsFor: 'window', meaning: 'No window of a calendar is open.' },
  WindowClosing: {
    kind: 'timed',
    waitsFor: 'window',
    meaning: 'The window closes in a moment, so nothing is committed.',
  },
  WindowTooShort: {
    kind: 'timed',
    waitsFor: 'window',
    meaning:
      'The hop does not fit into what is left of the window, or into the next ones; where it fits into none, a person lengthens them or writes mayOverrun.',
  },
} as const satisfies ReasonFamily;
