import { parseConfig } from '../../../core/config/parse-config.ts';
import { type Inventory, parseInventory } from '../../../core/inventory/document/parse-inventory.ts';
import { type PlanRules, planRules } from '../../../core/plan/offline-snapshot.ts';

export const NOW = new Date('2026-11-20T08:00:00Z');

/** What a test says of a plan; specs are as in config files. */
export interface SmallPlan {
  readonly policy?: object;
  /** Instead of the one policy: several by name. */
  readonly policies?: Readonly<Record<string, object>>;
  readonly calendars?: Readonly<Record<string, object>>;
  readonly caps?: object;
  readonly clusters?: readonly SmallCluster[];
  readonly learned?: object;
}

export interface SmallCluster {
  readonly name: string;
  readonly version?: string;
  readonly account?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly tags?: Readonly<Record<string, string>>;
  readonly createdAt?: string;
  readonly supportType?: string;
  readonly nodegroups?: readonly { readonly name: string; readonly version: string; readonly amiType?: string }[];
  readonly scans?: readonly object[];
  readonly addons?: readonly object[];
  readonly held?: object;
  readonly unreachable?: string;
}

const apiVersion = 'liftlock/v1alpha1';

/** Rules and inventory through the parsers, as people would write them; fails the test when they are not valid. */
export function smallPlan(given: SmallPlan): { readonly rules: PlanRules; readonly inventory: Inventory } {
  const policies = given.policies ?? { standard: given.policy ?? {} };
  const documents = [
    {
      kind: 'Fleet',
      metadata: { name: 'test' },
      spec: {
        mode: 'act',
        accounts: ['111111111111', ...(given.clusters ?? []).flatMap(({ account }) => account ?? [])],
        regions: ['eu-central-1'],
        spokeRole: { externalId: 'test' },
        caps: given.caps ?? {},
      },
    },
    ...Object.entries(policies).map(([name, spec]) => ({
      kind: 'UpgradePolicy',
      metadata: { name },
      spec: { selector: {}, target: '1.36', waves: [{ name: 'all', maxConcurrency: 10 }], ...spec },
    })),
    ...Object.entries(given.calendars ?? {}).map(([name, spec]) => ({ kind: 'Calendar', metadata: { name }, spec })),
  ].map((document) => JSON.stringify({ apiVersion, ...document }));
  const config = parseConfig([{ path: 'test.yaml', text: documents.join('\n---\n') }], { references: 'ignore' });
  if (config.errors.length > 0) throw new Error(JSON.stringify(config.errors));
  const clusters = (given.clusters ?? fleetOf(3)).map(({ name, version, account, labels, ...more }) => ({
    name,
    accountId: account ?? '111111111111',
    region: 'eu-central-1',
    kubernetesVersion: version ?? '1.35',
    labels: labels ?? {},
    ...more,
  }));
  const document = { apiVersion, kind: 'Inventory', clusters, ...(given.learned && { learned: given.learned }) };
  const { inventory, errors } = parseInventory({ path: 'inventory.json', text: JSON.stringify(document) });
  if (inventory === undefined) throw new Error(JSON.stringify(errors));
  return { rules: planRules(config), inventory };
}

/** So many clusters that differ in nothing but their name. */
export const fleetOf = (count: number, more: Partial<SmallCluster> = {}): SmallCluster[] =>
  Array.from({ length: count }, (_, index) => ({ name: `c${String(index).padStart(3, '0')}`, ...more }));
