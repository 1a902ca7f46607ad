import { lost, type Recording } from '../recording.ts';

const SCHEDULE = /^Schedule /;

/** What a run did otherwise than the recording says. Of one that ended before its time most is missing, whatever the reason. */
export function differences(expected: Recording, found: Recording, ended: boolean): string[] {
  if (ended) return [...lost(expected, found), ...lost(found, expected).map((text) => `not in the recording: ${text}`)];
  // All schedules begin together: one that is missing where others ran did not wait for its time.
  const began = found.edges.some((edge) => SCHEDULE.test(edge));
  const schedules = expected.edges.filter((edge) => SCHEDULE.test(edge));
  return began ? lost({ edges: schedules, permissions: [] }, found) : [];
}
