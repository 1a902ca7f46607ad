import { appendFile, cp, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepareFleet } from './prepare-fleet.ts';

const ALARMS_AND_A_GATE = `
---
apiVersion: liftlock/v1alpha1
kind: UpgradePolicy
metadata: { name: watched }
spec:
  selector: { matchLabels: { environment: nowhere } }
  target: latest
  scan: { alarms: ["{cluster}-errors", shared] }
  waves: [{ name: all, gates: [{ alarm: shared }, { alarm: "gate: errors" }] }]
`;

test('alarms that its policies name are told to be taken for granted, each once', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'liftlock-alarms-'));
  await cp('examples/fleet', folder, { recursive: true });
  const told = async () => (await prepareFleet(folder)).loaded.statements.filter((one) => one.includes('larms'));
  expect(await told()).toEqual([]);
  await appendFile(join(folder, 'policies.yaml'), ALARMS_AND_A_GATE);
  expect(await told()).toEqual([
    'Alarms that policies name are there, and OK until somebody says otherwise: {cluster}-errors, shared, gate: errors.',
  ]);
});
