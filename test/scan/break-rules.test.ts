import type { BreakRule } from '../../core/scan/data/break-rule.ts';
import { breakRules } from '../../core/scan/data/break-rules.ts';
import { isFrom, minorOf, newest } from './minors.ts';
import { objectsFor } from './objects-for-rules.ts';
import { scanFor } from './scan-for.ts';

function expected({ id, deprecatedIn, breaksIn, severity, reason }: BreakRule, minor: number) {
  const always = deprecatedIn === null && breaksIn === null;
  if (always || isFrom(minor, breaksIn)) return { rule: id, severity, reason, removedIn: breaksIn };
  if (!isFrom(minor, deprecatedIn)) return undefined;
  return {
    rule: id,
    severity: severity === 'error' ? 'warning' : severity,
    reason: reason === 'removed' ? 'deprecated' : reason,
    removedIn: breaksIn,
  };
}

/** From the minor before anything is known to the one after it breaks, and the newest. */
function minorsOf({ deprecatedIn, breaksIn }: BreakRule): number[] {
  const known = [deprecatedIn, breaksIn].filter((minor) => minor !== null).map(minorOf);
  return [...new Set([...known.flatMap((minor) => [minor - 1, minor, minor + 1]), newest])].sort((a, b) => a - b);
}

describe.each(breakRules.map((rule) => [rule.id, rule] as const))('%s', (id, rule) => {
  const objects = objectsFor[rule.detector](rule);

  test.each(minorsOf(rule))('in manifests for 1.%i', (minor) => {
    for (const object of objects) {
      const found = scanFor(`1.${minor}`, JSON.stringify(object)).findings.filter((finding) => finding.rule === id);
      const wanted = expected(rule, minor);
      expect(found).toEqual(wanted === undefined ? [] : [expect.objectContaining(wanted)]);
      for (const { source, message, fix, location } of found) {
        expect([source, location?.file]).toEqual(['manifest', 'file.yaml']);
        expect(message).toContain(rule.message);
        expect(fix).toBe(rule.fix);
      }
    }
  });
});

test('every rule but one can be told from an object alone', () => {
  const alone = breakRules.filter((rule) => objectsFor[rule.detector](rule).length > 0);
  expect(breakRules.filter((rule) => !alone.includes(rule)).map(({ id }) => id)).toEqual(['no-default-storage-class']);
});
