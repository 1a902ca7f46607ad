import { rollbackSchema } from './upgrade-policy.ts';

test.each<[string, boolean]>([
  ['2h', true],
  ['20h', true],
  ['119m', false],
  ['21h', false],
])('EKS lets Auto Mode have %s: %s', (autoModeTimeout, isTaken) => {
  expect(rollbackSchema.safeParse({ autoModeTimeout }).success).toBe(isTaken);
});
