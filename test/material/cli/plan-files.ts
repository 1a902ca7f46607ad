import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Three waves under one calendar with nights and a freeze, and a deadline. */
export const POLICY = `apiVersion: liftlock/v1alpha1
kind: UpgradePolicy
metadata: { name: standard }
spec:
  selector: { matchExpressions: [{ key: env, operator: Exists }] }
  target: "1.36"
  deadline: 2026-12-02
  waves:
    - { name: canary, selector: { matchLabels: { env: dev } }, soak: 24h }
    - { name: prod, maxConcurrency: 10, calendar: nights }
`;
export const CALENDAR = `apiVersion: liftlock/v1alpha1
kind: Calendar
metadata: { name: nights }
spec:
  timeZone: Europe/Berlin
  windows: [{ name: nights, schedule: "0 22 * * *", duration: 6h }]
  freezes: [{ name: black-friday, from: 2026-11-24T00:00, to: 2026-12-01T00:00 }]
`;
export const FLEET = `apiVersion: liftlock/v1alpha1
kind: Fleet
metadata: { name: test }
spec: { mode: observe, accounts: ["111111111111"], regions: [eu-central-1], spokeRole: { externalId: test }, caps: { perAccount: 1 } }
`;

export const cluster = (name: string, version: string, env: string, more: object = {}) => ({
  name,
  accountId: '111111111111',
  region: 'eu-central-1',
  kubernetesVersion: version,
  labels: env === '' ? {} : { env },
  ...more,
});

export const INVENTORY = {
  apiVersion: 'liftlock/v1alpha1',
  kind: 'Inventory',
  clusters: [
    cluster('web-dev', '1.35', 'dev'),
    cluster('web', '1.34', 'prod'),
    cluster('pay', '1.34', 'prod'),
    cluster('done', '1.36', 'prod'),
    cluster('ahead', '1.37', 'prod'),
    cluster('paused', '1.35', 'prod', { tags: { 'liftlock/paused': 'true' } }),
    cluster('stray', '1.35', ''),
  ],
};

/** Writes files into a folder of their own and gives the path of each. */
export function written(files: Readonly<Record<string, string>>): (name: string) => string {
  const folder = mkdtempSync(join(tmpdir(), 'liftlock-plan-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return (name) => join(folder, name);
}

export const FILES = {
  'policy.yaml': `${POLICY}---\n${CALENDAR}`,
  'fleet.yaml': FLEET,
  'inventory.json': JSON.stringify(INVENTORY),
};
