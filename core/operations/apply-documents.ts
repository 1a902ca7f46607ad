import { allowedBy, checkConfig } from '../config/check-config.ts';
import { waiverEnd } from '../config/day-or-instant.ts';
import { type ConfigDocument, type ConfigIssue, formatIssue, issueAt, WHOLE } from '../config/issue.ts';
import { fieldOf } from '../config/sound-fields.ts';
import type { ConfigObject, Fleet, ScanWaiver, UpgradePolicy } from '../config/types.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { AppliedConfig } from '../contracts/items/rollout.ts';
import { canonicalJson, revisionOf } from '../hash/canonical-json.ts';
import { forgetLooks } from '../inventory/forget-looks.ts';
import { loadAllRecords, loadLivingRecords } from '../inventory/records.ts';
import { isSame } from '../model/is-same.ts';
import { some } from '../model/words.ts';
import {
  authorOf,
  FLEET,
  fleetSpec,
  inForce,
  loadAppliedConfigs,
  loadFleetInForce,
  readPolicies,
  upgradePolicy,
} from '../policy/applied.ts';
import { labeled } from '../policy/cluster-labels.ts';
import { type PolicyMatch, policyOf, selects } from '../policy/policy-of.ts';
import type { Scope } from '../ports/eks.ts';
import type { Table, WriteOperation } from '../ports/table.ts';
import { countLabels } from '../protocol/count-labels.ts';
import { invalidInput } from '../queries/refusal.ts';
import { agreesAlike } from '../rollout/plan-hash.ts';
import { endWaiver } from '../scan/fleet/report-store.ts';
import type { AuditEntry } from '../store/audit.ts';
import { auditEntry, change, moveMark, NOTHING, writeMark } from '../store/change.ts';
import { Accounts, Clusters, Configs, Grants, Ledgers, Organizations } from '../store/entities.ts';
import { decode, load, loadAll, ofKind, replace, unchanged } from '../store/entity.ts';
import type { OperatorPorts } from './fleet-switch.ts';
import { namesOfClusters } from './names-of-clusters.ts';

/** An object that changes and its audit take two of the hundred operations of one transaction. */
const MAX_CHANGES = 48;

/**
 * Validates config documents again, whoever sent them, and applies all or none. Fails with `InvalidInput` that names everything wrong at
 * once, by document.
 */
export async function applyDocuments(
  ports: OperatorPorts,
  documents: readonly unknown[],
  by: string,
  { dryRun, spokeRole }: { readonly dryRun: boolean; readonly spokeRole?: SpokeRole | undefined },
) {
  if (documents.length === 0) throw invalidInput('There is no document to apply.');
  const { table } = ports;
  const now = ports.clock.now();
  const inForce = await loadFleetInForce(table);
  const nameOf = (index: number) => `document ${index + 1}`;
  const deep = documents.findIndex((document) => isTooDeep(document));
  if (deep >= 0)
    throw invalidInput(`Nothing was applied. ${nameOf(deep)} is nested too deeply to be read. Flatten it.`);
  const sent = documents.map((document, index) => sentDocument(nameOf(index), document));
  const options = { now, ...(inForce === undefined ? { allowedHosts: [] } : allowedBy(inForce)) };
  const parsed = checkConfig(sent, { ...options, references: 'ignore' });
  refuse(parsed.errors);
  const { fleet, policies, calendars, channels, waivers } = parsed;
  const objects = [...(fleet === undefined ? [] : [fleet]), ...policies, ...calendars, ...channels, ...waivers];
  const own = new Set(sent.map(({ file }) => file));
  let warnings = new Set<string>();
  const refuseMisfits = async () => {
    const { all, kept } = await documentsInForce(table, objects);
    const together = checkConfig([...kept, ...sent], { ...options, references: 'require' });
    refuse(newErrors(together.errors, checkConfig(all, { ...options, references: 'require' }).errors));
    warnings = new Set(together.warnings.filter(({ file }) => own.has(file)).map(formatIssue));
  };
  await refuseMisfits();
  // Once, and not with each attempt of the transaction: it reads every cluster, and only warns.
  const ambiguous = await madeAmbiguous(table, objects);
  // What is refused for its size is refused before anything is written: looks that are forgotten, waivers that end.
  const foreseen = await preview(table, objects);
  const items = dryRun ? foreseen : await applyConfig(ports, objects, by, refuseMisfits);
  return {
    items,
    warnings: [...warnings, ...ambiguous, ...otherRole(fleet, spokeRole)],
    dryRun,
  };
}

/** The role that the functions of this installation assume in every account, as they were deployed. */
export type SpokeRole = Fleet['spec']['spokeRole'];

/** A Fleet cannot change what the roles of functions may assume: only a deployment can. */
function otherRole(fleet: Fleet | undefined, deployed: SpokeRole | undefined): string[] {
  const said = fleet?.spec.spokeRole;
  if (said === undefined || deployed === undefined || isSame(said, deployed)) return [];
  const told = `The Fleet says spokeRole ${textOfRole(said)}, and changes nothing by it: functions assume ${textOfRole(deployed)}, as deployed. Write that into the Fleet, or deploy with other settings (spokeRoleName, externalId).`;
  return [told];
}

const textOfRole = ({ name, externalId }: SpokeRole): string => `${name} with the external id ${externalId}`;

function refuse(errors: readonly ConfigIssue[]): void {
  if (errors.length === 0) return;
  const problems = errors.map(({ file, message }) => `${file}: ${message}`);
  throw invalidInput(`Nothing was applied. ${problems.join(' ')}`, { problems });
}

/**
 * Also errors in what stays as it is: windows that become too short for a policy in force would stop it without a word. What was wrong
 * before must not keep people from correcting something else.
 */
function newErrors(now: readonly ConfigIssue[], before: readonly ConfigIssue[]): ConfigIssue[] {
  const known = new Set(before.map(({ file, message }) => `${file}: ${message}`));
  return now.filter(({ file, message }) => !known.has(`${file}: ${message}`));
}

const CHECKED_TOGETHER = ['Fleet', 'UpgradePolicy', 'Calendar', 'Channel'] as const;

/** What is in force, as documents: all of it, and what of it is `kept`, since none of these objects replaces it. */
async function documentsInForce(table: Table, objects: readonly ConfigObject[]) {
  const isReplaced = ({ kind, name }: AppliedConfig) =>
    objects.some((object) => object.kind === kind && (kind === 'Fleet' || object.metadata.name === name));
  const found = await Promise.all(CHECKED_TOGETHER.map((kind) => table.queryPartition('CONFIG', `${kind}#`)));
  const configs = found
    .flat()
    .map((item) => decode(Configs, item).data)
    .filter(inForce);
  const documentOf = ({ kind, name, document }: AppliedConfig) =>
    sentDocument(
      `${kind === 'Fleet' ? 'the Fleet' : `the ${kind === 'UpgradePolicy' ? 'policy' : kind} ${name}`} in force`,
      document,
    );
  const read = configs.map((config) => ({ document: documentOf(config), isKept: !isReplaced(config) }));
  return {
    all: read.map(({ document }) => document),
    kept: read.flatMap(({ document, isKept }) => (isKept ? document : [])),
  };
}

async function preview(table: Table, objects: readonly ConfigObject[]): Promise<Applied[]> {
  const items = (await Promise.all(objects.map((object) => changeBy(table, object)))).map(({ result }) => result);
  refuseTooMany(items);
  return items;
}

/** What is applied under the name of the object, and what applying the object makes of it. */
async function changeBy(table: Table, object: ConfigObject) {
  const { kind } = object;
  const { name } = object.metadata;
  const stored = kind === 'Fleet' ? FLEET : name;
  const read = await load(table, Configs, kind, stored);
  const applied = inForce(read?.data);
  const revision = revisionOf(object);
  const document = JSON.parse(JSON.stringify(object)) as Record<string, unknown>;
  const result: Applied =
    applied === undefined
      ? { kind, name, change: 'created' }
      : applied.revision === revision
        ? { kind, name, change: 'unchanged' }
        : { kind, name, change: 'changed', fields: changedFields(applied.document, document) };
  return { stored, read, applied, revision, document, result };
}

function refuseTooMany(items: readonly Applied[]): void {
  const changes = items.filter(({ change }) => change !== 'unchanged').length;
  if (changes <= MAX_CHANGES) return;
  throw invalidInput(
    `Nothing was applied. ${changes} of these documents are new or changed, and at most ${MAX_CHANGES} can be applied all or none. Apply them in parts: the Fleet, Calendars and Channels first, then what names them.`,
  );
}

/** The one whose accounts discovery has listed last: a Fleet that names it goes by that from the first instant. */
async function listedOrganization(table: Table): Promise<Pick<AppliedConfig, 'listedOrganization'>> {
  const listed = (await load(table, Organizations))?.data.organizationId;
  return listed === undefined || listed === '' ? {} : { listedOrganization: listed };
}

interface Applied {
  readonly kind: AppliedConfig['kind'];
  readonly name: string;
  readonly change: 'created' | 'changed' | 'unchanged';
  /** The fields that are others than in force, defaults included. */
  readonly fields?: readonly string[];
}

/**
 * Applies objects that were validated, all in one transaction or none. An object that is as applied is not written again. `refuseMisfits` refuses what
 * does not fit to what is in force, and is asked again when somebody else has applied something meanwhile.
 */
export async function applyConfig(
  ports: OperatorPorts,
  objects: readonly ConfigObject[],
  by: string,
  refuseMisfits?: () => Promise<void>,
): Promise<Applied[]> {
  const fleet = objects.find((object) => object.kind === 'Fleet');
  if (fleet !== undefined) await forgetNewScopes(ports.table, fleet.spec);
  const applied = await change(ports, async (now) => {
    // Whatever somebody else applies moves the mark, which is read before: so do tags that change while they are counted.
    const mark = await moveMark(ports.table, now);
    await refuseMisfits?.();
    const results: Applied[] = [];
    const operations: WriteOperation[] = [];
    const entries: AuditEntry[] = [];
    for (const object of objects) {
      const { stored, read, applied, revision, document, result } = await changeBy(ports.table, object);
      const { kind, name } = result;
      results.push(result);
      if (result.change === 'unchanged') continue;
      // Before the transaction: whoever applies it again after a function that died in between does this again.
      if (object.kind === 'ScanWaiver' && applied !== undefined)
        await endWaiver(ports.table, name, countsUntil(object, applied, by, now));
      const authoredBy = object.kind === 'UpgradePolicy' ? authorStays(object, applied) : undefined;
      const author = authoredBy === undefined ? {} : { authoredBy };
      const listed = kind === 'Fleet' ? await listedOrganization(ports.table) : {};
      const who = { appliedBy: by, appliedAt: now.toISOString(), ...author };
      const next = { kind, name: stored, document, revision, ...who, ...listed };
      operations.push(replace(Configs, read, next));
      const before = applied?.revision;
      entries.push(auditEntry('fleet', 'ConfigApplied', by, { kind, name, revision, before }));
    }
    refuseTooMany(results);
    if (operations.length === 0) return { result: results };
    if (fleet !== undefined) operations.push(await countAhead(ports, fleet.spec));
    return { result: results, writes: [...operations, mark], record: entries };
  });
  if (fleet !== undefined) await relabel(ports, fleet.spec);
  return applied;
}

/**
 * Until when a look counts that rested on the waiver as it was. Nobody knows which findings another match covers, and a policy may not let another
 * person waive them, before the next look. With the same match and person only the end is another one.
 */
function countsUntil({ spec }: ScanWaiver, before: AppliedConfig, by: string, now: Date): Date {
  const isAlike = by === before.appliedBy && isSame(Object(before.document.spec).match, spec.match);
  return (isAlike ? waiverEnd(spec.expires) : undefined) ?? now;
}

/**
 * The author of what a policy plans, where this change leaves that alone: approvals do not agree to caps, concurrency and estimates. Undefined:
 * the person who applies it is the author.
 */
function authorStays(policy: UpgradePolicy, before: AppliedConfig | undefined): string | undefined {
  const was = upgradePolicy(before);
  return was !== undefined && agreesAlike(was, policy) ? authorOf(before) : undefined;
}

/**
 * What comes into the Fleet is looked at anew before anything is planned there. Written first: nobody looks there until then. Any account may be
 * one of the Fleet's organization, and one that is listed now may not have been.
 */
async function forgetNewScopes(table: Table, fleet: Fleet['spec']): Promise<void> {
  const before = await loadFleetInForce(table);
  const { organizationId: named } = fleet;
  const isListed = (spec: Fleet['spec'], { account }: Scope) => spec.accounts.includes(account);
  const isIn = (scope: Scope) =>
    fleet.regions.includes(scope.region) && (named !== undefined || isListed(fleet, scope));
  const stays = (of: Fleet['spec'], scope: Scope) =>
    of.regions.includes(scope.region) &&
    (isListed(of, scope) || (named !== undefined && of.organizationId === named && !isListed(fleet, scope)));
  const comesIn = (scope: Scope) => isIn(scope) && (before === undefined || !stays(before, scope));
  const looks = await table.queryPartition('ACCOUNTS');
  if (looks.some((item) => comesIn(decode(Accounts, item).data))) await forgetLooks(table, comesIn);
}

/**
 * Counts every grant by the labels that a Fleet gives before it is in force, or the next grant would find room that there is not.
 * @returns the check that nobody has been granted anything since
 */
async function countAhead(ports: OperatorPorts, fleet: Fleet['spec']): Promise<WriteOperation> {
  const { table } = ports;
  const ledger = await load(table, Ledgers);
  let added = 0;
  // By key: the index of what is held may not have a grant of a moment ago yet.
  const known = [...(await loadAllRecords(table)), ...ofKind(await table.queryActive(), Grants)];
  const keys = [...new Set(known.map(({ clusterKey }) => clusterKey))].map(Grants.key);
  for (const { clusterKey, status } of await loadAll(table, Grants, keys)) {
    const cluster = status === 'free' ? undefined : await load(table, Clusters, clusterKey);
    if (cluster === undefined) continue;
    added += await change(ports, async () => {
      const { writes, record } = await countLabels(table, labeled(cluster.data, fleet), fleet);
      return { result: record.length, ...(record.length === 0 ? {} : { writes, record }) };
    });
  }
  return added === 0 ? unchanged(Ledgers, ledger) : countAhead(ports, fleet);
}

/** API Gateway waits for half a minute, and the Fleet is in force by now: what this does not suffice for follows at the next discovery. */
const RELABELING_MILLISECONDS = 10_000;

/** What lists show of labels follows a new rule at once, where the fleet is not too large for that. Decisions go by the rule itself. */
async function relabel(ports: OperatorPorts, fleet: Fleet['spec']): Promise<void> {
  const until = ports.clock.now().getTime() + RELABELING_MILLISECONDS;
  for (const record of await loadAllRecords(ports.table)) {
    if (labeled(record, fleet) === record) continue;
    if (ports.clock.now().getTime() > until) return;
    await change(ports, async (now) => {
      const applied = await load(ports.table, Configs, 'Fleet', FLEET);
      const read = await load(ports.table, Clusters, record.clusterKey);
      // Somebody else may have applied another rule since, and gives its labels.
      if (read === undefined || !isSame(fleetSpec(applied?.data)?.labels, fleet.labels)) return NOTHING;
      const next = labeled(read.data, fleet);
      const counted = await countLabels(ports.table, next, fleet);
      const checked = [unchanged(Configs, applied, 'Fleet', FLEET), await writeMark(ports.table, now)];
      const writes = [replace(Clusters, read, next), ...checked, ...counted.writes];
      return { ...NOTHING, writes, record: counted.record };
    });
  }
}

/**
 * The clusters that several policies select once these objects are applied, and did not before: their rollouts leave them alone then, which nobody
 * would notice. What selectors alone tell of an overlap says of no cluster whether it is in it.
 */
async function madeAmbiguous(table: Table, objects: readonly ConfigObject[]): Promise<string[]> {
  const fleet = objects.find((object) => object.kind === 'Fleet')?.spec;
  const applied = objects.filter((object) => object.kind === 'UpgradePolicy');
  if (fleet === undefined && applied.length === 0) return [];
  const inForce = await loadFleetInForce(table);
  const { policies, unreadable } = readPolicies(await loadAppliedConfigs(table, 'UpgradePolicy'));
  const isReplaced = (name: string) => applied.some(({ metadata }) => metadata.name === name);
  const kept = policies.filter(({ metadata }) => !isReplaced(metadata.name));
  const unread = unreadable.filter(({ name }) => !isReplaced(name));
  const found = new Map<string, ClusterRecord[]>();
  for (const cluster of await loadLivingRecords(table)) {
    const now = labeled(cluster, fleet ?? inForce);
    // Where labels stay as they are, a policy that is not applied makes no cluster ambiguous: the others are thousands of clusters by hundreds of policies.
    if (fleet === undefined && !applied.some(({ spec }) => selects(spec.selector, now).matches)) continue;
    const names = namesIn(policyOf(now, [...kept, ...applied], unread));
    if (names.length === 0) continue;
    const before = namesIn(policyOf(labeled(cluster, inForce), policies, unreadable));
    if (names.every((name) => before.includes(name))) continue;
    const key = names.length > 5 ? some(names, 5) : names.join(' and ');
    found.set(key, [...(found.get(key) ?? []), cluster]);
  }
  const more = found.size > MOST ? [`${found.size - MOST} more groups of policies select the same clusters.`] : [];
  const told = [...found]
    .slice(0, MOST)
    .map(
      ([names, clusters]) =>
        `By this ${names} select ${namesOfClusters(clusters)}: no upgrade begins there while several policies select a cluster (AmbiguousPolicy). Narrow the selectors until one alone selects it.`,
    );
  return [...told, ...more];
}

/** An answer names this many combinations of policies. */
const MOST = 20;

const namesIn = (match: PolicyMatch): readonly string[] => (match.type === 'ambiguous' ? match.names : []);

/** Which fields of a JSON document are others in the next one, as paths: `spec.target`, `spec.waves[prod].soak`. Items of lists go by their names. */
export function changedFields(before: unknown, after: unknown, path = ''): string[] {
  if (before === undefined || after === undefined) return before === after ? [] : [path];
  if (canonicalJson(before) === canonicalJson(after)) return [];
  const [old, next] = [itemsOf(before), itemsOf(after)];
  if (old === undefined || next === undefined || Array.isArray(before) !== Array.isArray(after)) return [path];
  const names = [...new Set([...old.keys(), ...next.keys()])];
  const at = (name: string) => (Array.isArray(before) ? `${path}[${name}]` : path === '' ? name : `${path}.${name}`);
  const found = names.flatMap((name) => changedFields(old.get(name), next.get(name), at(name)));
  return found.length === 0 && Array.isArray(before) ? [path] : found;
}

/** The members of an object, and the items of a list where each has a name of its own. */
function itemsOf(value: unknown): ReadonlyMap<string, unknown> | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (!Array.isArray(value)) return new Map(Object.entries(value));
  const items = new Map(value.map((one: unknown) => [String(Object(one).name), one]));
  return items.size === value.length && !items.has('undefined') ? items : undefined;
}

/** A document that was sent as JSON, under a name that people know it by: its issues tell paths, and no lines. */
export function sentDocument(name: string, sent: unknown): ConfigDocument {
  const value: unknown = JSON.parse(JSON.stringify(sent) ?? 'null');
  return {
    file: name,
    value,
    issue: (severity, path, message) => issueAt({ file: name, ...WHOLE }, severity, path, message),
    sourceOf(path) {
      const found = fieldOf(value, ...path);
      return typeof found === 'object' || found === undefined ? undefined : String(found);
    },
  };
}

/** Whether checks that go down into a document might exhaust their stack. A hundred levels are far above any real config. */
export const isTooDeep = (value: unknown, levels = 100): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (levels === 0 || Object.values(value).some((member) => isTooDeep(member, levels - 1)));
