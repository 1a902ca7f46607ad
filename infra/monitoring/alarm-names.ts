/** Every alarm is `liftlock/<path>/<short>`; docs/runbook.md has a heading for each. */
export const ALARM_PREFIX = 'liftlock';
