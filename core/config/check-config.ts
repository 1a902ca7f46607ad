import type { z } from 'zod';
import { checkWaiver } from './check-waiver.ts';
import type { Report } from './checks/check.ts';
import { fieldOf, listOf } from './checks/check.ts';
import { checkFleetCaps } from './checks/fleet-caps.ts';
import { checkFleetScope } from './checks/fleet-scope.ts';
import { overlappingPolicy } from './checks/policies-overlap.ts';
import { checkSmokeUrls } from './checks/smoke-urls.ts';
import { checkTargetSupport } from './checks/target-support.ts';
import { checkUnreachableWaves } from './checks/unreachable-waves.ts';
import { checkWaves } from './checks/waves.ts';
import { kindOf } from './document-kind.ts';
import type { ConfigIssue } from './issue.ts';
import { type ConfigKind, configKinds } from './kinds.ts';
import type { ParseOptions } from './parse-options.ts';
import { calendarSchema } from './schema/calendar.ts';
import { channelSchema } from './schema/channel.ts';
import { fleetSchema } from './schema/fleet.ts';
import { upgradePolicySchema } from './schema/upgrade-policy.ts';
import { parseBySchema } from './schema-issues.ts';
import type { Calendar, Channel, Fleet, ScanWaiver, UpgradePolicy } from './types.ts';
import { checkUniqueness } from './uniqueness.ts';
import type { YamlDocument } from './yaml-document.ts';

interface CheckedConfig {
  readonly fleet: Fleet | undefined;
  readonly policies: readonly UpgradePolicy[];
  readonly calendars: readonly Calendar[];
  readonly channels: readonly Channel[];
  readonly waivers: readonly ScanWaiver[];
  readonly issues: readonly ConfigIssue[];
}

/** Judges all documents of a config together. What it returns beside issues counts only when none of them is an error. */
export function checkConfig(documents: readonly YamlDocument[], options: ParseOptions): CheckedConfig {
  const issues: ConfigIssue[] = [];
  const kinds = documents.map((document) => {
    const { kind, issues: found } = kindOf(document, configKinds);
    issues.push(...found);
    return { document, kind };
  });
  const documentsOf = (wanted: ConfigKind) => {
    const own = kinds.filter(({ kind }) => kind === wanted).map(({ document }) => document);
    issues.push(...checkUniqueness(wanted, own));
    return own;
  };
  const fleets = documentsOf('Fleet');
  const policyDocuments = documentsOf('UpgradePolicy');
  const calendars = documentsOf('Calendar').flatMap((document) => bySchema(calendarSchema, document, issues));
  const channels = documentsOf('Channel').flatMap((document) => bySchema(channelSchema, document, issues));

  const parsedFleets = fleets.map((document) => checkFleet(document, issues));
  const allowedHosts = fleets[0] === undefined ? (options.allowedHosts ?? []) : hostsOf(fleets[0]);
  const policies: UpgradePolicy[] = [];
  for (const document of policyDocuments) {
    const policy = checkPolicy(document, allowedHosts, options, issues);
    if (policy === undefined) continue;
    const other = overlappingPolicy(policy, policies);
    if (other !== undefined) {
      const message = `the policy "${other.metadata.name}" selects the same clusters or more of them, or this one does; a cluster with two policies is left alone. Narrow one of the two.`;
      reporter(document, issues)('warning', ['spec', 'selector'], message, 'key');
    }
    policies.push(policy);
  }
  const waivers = documentsOf('ScanWaiver').flatMap(
    (document) => checkWaiver(document, options.now, issues)?.document ?? [],
  );
  return { fleet: parsedFleets[0], policies, calendars, channels, waivers, issues };
}

/** The typed object in a list, or nothing and what is wrong with it among the issues. */
function bySchema<Schema extends z.ZodType>(
  schema: Schema,
  document: YamlDocument,
  issues: ConfigIssue[],
): z.output<Schema>[] {
  const { value, issues: found } = parseBySchema(schema, document);
  issues.push(...found);
  return value === undefined ? [] : [value];
}

function checkFleet(document: YamlDocument, issues: ConfigIssue[]): Fleet | undefined {
  const report = reporter(document, issues);
  checkFleetScope(document.value, report);
  const { value, issues: found } = parseBySchema(fleetSchema, document);
  issues.push(...found);
  if (value !== undefined) checkFleetCaps(value, report);
  return value;
}

function checkPolicy(
  document: YamlDocument,
  allowedHosts: readonly string[],
  options: ParseOptions,
  issues: ConfigIssue[],
): UpgradePolicy | undefined {
  const report = reporter(document, issues);
  checkWaves(document.value, report);
  checkSmokeUrls(document.value, allowedHosts, report);
  const { value, issues: found } = parseBySchema(upgradePolicySchema, document);
  issues.push(...found);
  if (value === undefined) return undefined;
  checkUnreachableWaves(value, report);
  if (options.calendar !== undefined) checkTargetSupport(value, options.calendar, options.now, report);
  return value;
}

/** Read before the Fleet is known to be valid, so that one mistake in it does not make others appear. */
function hostsOf(fleet: YamlDocument): string[] {
  return listOf(fieldOf(fleet.value, 'spec', 'allowedHosts')).filter((host) => typeof host === 'string');
}

function reporter(document: YamlDocument, issues: ConfigIssue[]): Report {
  return (severity, path, message, anchor) => issues.push(document.issue(severity, path, message, anchor));
}
