/** What ends a reason. Decisions ask this about a code. */
export const REASON_KINDS = {
  passing: 'It ends when something else ends, or when a person lifts an order. Nobody has to correct anything.',
  timed: 'It ends at an instant that a calendar, a policy or Liftlock has set.',
  lasting: 'It ends only when a person corrects, decides or applies something.',
  closing: 'It ends what it is said about: a cluster leaves its rollout, or an execution has no right to go on.',
  told: 'It tells what is or was, and stands in the way of nothing.',
} as const;
export type ReasonKind = keyof typeof REASON_KINDS;

/** Things for which several clusters wait together. */
const WAITED_FOR = {
  cap: 'Room under a cap, whatever the wave.',
  place: 'A place in its own wave.',
  window: 'An opening of its calendars.',
  turn: 'The end of the wave before its own.',
} as const;
export type WaitedFor = keyof typeof WAITED_FOR;

/** `meaning` says when the reason is given, and what ends it where its kind does not say so. */
const of =
  <Kind extends ReasonKind>(kind: Kind) =>
  (meaning: string, waitsFor?: WaitedFor) => ({ kind, meaning, waitsFor });
export const passing = of('passing');
export const timed = of('timed');
export const lasting = of('lasting');
export const closing = of('closing');
export const told = of('told');
