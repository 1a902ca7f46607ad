import { formatIssue } from '../config/issue.ts';
import { parseConfig } from '../config/parse-config.ts';
import type { ConfigObject } from '../config/types.ts';
import { revisionOf } from '../hash/revision.ts';
import { FLEET, fleetInForce } from '../policy/applied.ts';
import type { Table } from '../ports/table.ts';
import { Refusal } from '../queries/refusal.ts';
import { Configs } from '../store/entities.ts';
import { decode, load } from '../store/entity.ts';
import { type Applied, applyConfig } from './apply-config.ts';
import type { OperatorPorts } from './fleet-switch.ts';

export interface AppliedDocuments {
  readonly items: readonly Applied[];
  readonly warnings: readonly string[];
  readonly dryRun: boolean;
}

/** An object and its audit take two of the hundred operations of one transaction. */
const MAX_DOCUMENTS = 48;

/**
 * Validates config documents again, whoever sent them, and applies all or none. Fails with `InvalidInput` that names everything wrong at
 * once, by document.
 */
export async function applyDocuments(
  ports: OperatorPorts,
  documents: readonly unknown[],
  by: string,
  options: { readonly dryRun: boolean },
): Promise<AppliedDocuments> {
  if (documents.length === 0) throw new Refusal('InvalidInput', 'There is no document to apply.');
  if (documents.length > MAX_DOCUMENTS) {
    throw new Refusal(
      'InvalidInput',
      `${documents.length} documents are too many to apply all or none; at most ${MAX_DOCUMENTS}. Apply them in parts.`,
    );
  }
  const { table } = ports;
  const now = ports.clock.now();
  const inForce = await fleetInForce(table);
  // JSON is YAML, so one parser judges files and requests alike.
  const files = documents.map((document, index) => ({ path: nameOf(index), text: JSON.stringify(document) ?? 'null' }));
  const parseOptions = { now, ...(inForce === undefined ? {} : { allowedHosts: inForce.allowedHosts }) };
  const parsed = parseConfig(files, parseOptions);
  if (parsed.errors.length > 0) {
    const problems = parsed.errors.map(({ file, message }) => `${file}: ${message}`);
    throw new Refusal('InvalidInput', `Nothing was applied. ${problems.join(' ')}`, { problems });
  }
  const { fleet, policies, calendars, channels, waivers } = parsed;
  const objects = [...(fleet === undefined ? [] : [fleet]), ...policies, ...calendars, ...channels, ...waivers];
  const others = await otherPolicies(table, objects);
  const together = parseConfig([...others, ...files], parseOptions);
  const own = new Set(files.map(({ path }) => path));
  const warnings = new Set(
    [...parsed.warnings, ...together.warnings].filter(({ file }) => own.has(file)).map(formatIssue),
  );
  const items = options.dryRun ? await preview(table, objects) : await applyConfig(ports, objects, by);
  return { items, warnings: [...warnings], dryRun: options.dryRun };
}

const nameOf = (index: number): string => `document ${index + 1}`;

/** Policies that stay as they are: a new one may select the same clusters, which leaves those alone. */
async function otherPolicies(table: Table, objects: readonly ConfigObject[]) {
  const replaced = new Set(objects.map((object) => (object.kind === 'UpgradePolicy' ? object.metadata.name : '')));
  return (await table.queryPartition('CONFIG', 'UpgradePolicy#'))
    .map((item) => decode(Configs, item).data)
    .filter(({ name }) => !replaced.has(name))
    .map(({ name, document }) => ({ path: `the policy ${name} in force`, text: JSON.stringify(document) }));
}

async function preview(table: Table, objects: readonly ConfigObject[]): Promise<Applied[]> {
  return Promise.all(
    objects.map(async (object): Promise<Applied> => {
      const { kind } = object;
      const { name } = object.metadata;
      const read = await load(table, Configs, kind, kind === 'Fleet' ? FLEET : name);
      if (read === undefined) return { kind, name, change: 'created' };
      return { kind, name, change: read.data.revision === revisionOf(object) ? 'unchanged' : 'changed' };
    }),
  );
}
