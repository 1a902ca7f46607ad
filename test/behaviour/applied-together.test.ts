import { applyDocuments } from '../../core/operations/apply-documents.ts';
import type { World } from '../../simulator/process/world.ts';
import { at, onceBefore, spec } from './changed-policy.ts';
import { PERSON, smallFleet } from './small-fleet.ts';
import { staged } from './staged-fleet.ts';

describe('two people who apply at once what does not fit together', () => {
  const document = (kind: string, name: string, one: object) => ({
    apiVersion: 'liftlock/v1alpha1',
    kind,
    metadata: { name },
    spec: one,
  });
  const windows = (duration: string) => ({ windows: [{ name: 'n', schedule: '0 2 * * *', duration }] });
  const policy = (upgrade: string) => ({ ...spec(at('dev', { calendar: 'nights' })), estimates: { upgrade } });
  const asked = (it: World, ...documents: object[]) => applyDocuments(it.ports, documents, PERSON, { dryRun: false });
  test.each(['one after the other (control)', 'at once'])('one of them is refused: %s', async (when) => {
    const it = await smallFleet({
      clusters: staged('dev', ['d']),
      calendars: { nights: windows('6h') },
      policy: policy('1h'),
    });
    const longer = () => asked(it, document('UpgradePolicy', 'policy-0', policy('5h')));
    const happened = onceBefore(it, ['"ConfigApplied"', '"kind":"Calendar"'], longer);
    if (when !== 'at once') await longer();
    const shorter = asked(it, document('Calendar', 'nights', windows('3h')));
    await expect(shorter).rejects.toThrow('never open for longer');
    expect(happened()).toBe(when === 'at once');
  });
});
