import { BEARER_SECRETS } from '../contracts/names.ts';
import { valuesAt } from '../model/values-at.ts';
import { checkPolicy, type ParseOptions } from './check-policy.ts';
import { checkWaiver } from './check-waiver.ts';
import { checkCalendar, checkCalendarInPart } from './checks/calendar.ts';
import { listOf, type Report, repeats, reporter } from './checks/check.ts';
import type { SelectingPolicy } from './checks/policies-overlap.ts';
import { checkUrls, URLS_OF_FLEET } from './checks/smoke-urls.ts';
import { openingTimesOf } from './checks/wave-openings.ts';
import { deepFreeze } from './deep-freeze.ts';
import { kindOf } from './document-kind.ts';
import {
  type ConfigDocument,
  type ConfigIssue,
  type DocumentPath,
  issueAt,
  maxDocuments,
  sortIssues,
  WHOLE,
} from './issue.ts';
import { type ConfigKind, configKinds } from './kinds.ts';
import { unknownRegionWords } from './known-regions.ts';
import { calendarSchemaFor } from './schema/calendar.ts';
import { fleetSchema } from './schema/fleet.ts';
import { channelSchema } from './schema/target.ts';
import { valueBySchema } from './schema-issues.ts';
import { fieldOf, soundFields } from './sound-fields.ts';
import type { Calendar, Channel, Fleet, FleetSpec, ScanWaiver, UpgradePolicy } from './types.ts';
import { checkUniqueness } from './uniqueness.ts';

/** All lists of documents are empty when there is an error, so that bad config is never applied in part. */
export interface ParsedConfig extends Omit<CheckedConfig, 'fleet' | 'issues'> {
  /** Absent when no file has one, or when there is an error. */
  readonly fleet?: Fleet;
  readonly errors: readonly ConfigIssue[];
  readonly warnings: readonly ConfigIssue[];
}

/**
 * Checks documents of one config together, and makes deeply frozen objects of them with all defaults filled in. It never throws on bad input: it
 * reports all problems at once, beside those that were `found` in reading the files of these `paths`.
 */
export function checkConfig(
  documents: readonly ConfigDocument[],
  options: ParseOptions = {},
  {
    found = [],
    paths = documents.map(({ file }) => file),
  }: { readonly found?: readonly ConfigIssue[]; readonly paths?: readonly string[] } = {},
): ParsedConfig {
  if (documents.length > maxDocuments) return tooMuch(paths, `${documents.length} documents`, maxDocuments);
  const checked = checkTogether(documents, options);
  const issues = sortIssues([...found, ...checked.issues], paths);
  const errors = issues.filter(({ severity }) => severity === 'error');
  const warnings = issues.filter(({ severity }) => severity === 'warning');
  if (errors.length > 0) return deepFreeze({ ...NOTHING, errors, warnings });
  const { fleet, policies, calendars, channels, waivers } = checked;
  const lists = { policies, calendars, channels, waivers, errors, warnings };
  return deepFreeze(fleet === undefined ? lists : { fleet, ...lists });
}

const NOTHING = { policies: [], calendars: [], channels: [], waivers: [] } as const;

/** The refusal of more files or documents than anybody writes. */
export function tooMuch([file = '']: readonly string[], what: string, limit: number): ParsedConfig {
  const message = `${what} are too many for one config; at most ${limit} are read.`;
  return deepFreeze({ ...NOTHING, errors: [issueAt({ file, ...WHOLE }, 'error', [], message)], warnings: [] });
}

interface CheckedConfig {
  readonly fleet: Fleet | undefined;
  /** These lists keep the order of the files. */
  readonly policies: readonly UpgradePolicy[];
  readonly calendars: readonly Calendar[];
  readonly channels: readonly Channel[];
  readonly waivers: readonly ScanWaiver[];
  readonly issues: readonly ConfigIssue[];
}

/** The objects count only when no issue is an error. */
function checkTogether(documents: readonly ConfigDocument[], options: ParseOptions): CheckedConfig {
  const issues: ConfigIssue[] = [];
  const kinds = documents.map((document) => {
    const { kind, issues: found } = kindOf(document, configKinds);
    issues.push(...found);
    checkSecrets(document.value, [], reporter(document, issues));
    return { document, kind };
  });
  const documentsOf = (wanted: ConfigKind) => {
    const own = kinds.filter(({ kind }) => kind === wanted).map(({ document }) => document);
    issues.push(...checkUniqueness(wanted, own));
    return own;
  };
  const fleets = documentsOf('Fleet');
  const policyDocuments = documentsOf('UpgradePolicy');
  const calendars = documentsOf('Calendar').flatMap((document) => {
    const calendar = valueBySchema(calendarSchemaFor(document.value), document, issues);
    const report = reporter(document, issues);
    if (calendar === undefined) checkCalendarInPart(document.value, report);
    else checkCalendar(calendar, options.now, report);
    return calendar ?? [];
  });
  const channels = documentsOf('Channel').flatMap((document) => valueBySchema(channelSchema, document, issues) ?? []);

  const [fleet] = fleets.map((document) => checkFleet(document, issues));
  const earlier: SelectingPolicy[] = [];
  const allowedHosts = fleets[0] === undefined ? options.allowedHosts : hostsOf(fleets[0]);
  const hookImages =
    fleets[0] === undefined ? options.hookImages : textsOf(fleets[0], 'spec', 'hooks', 'jobs', 'images');
  // Names count as written, valid or not, so that a mistake in a Calendar does not cause another issue.
  const namesOf = (wanted: ConfigKind) =>
    kinds.filter(({ kind }) => kind === wanted).map(({ document }) => fieldOf(document.value, 'metadata', 'name'));
  const names = { calendars: namesOf('Calendar'), channels: namesOf('Channel') };
  const times = options.now === undefined ? undefined : openingTimesOf(calendars, options.now);
  const surroundings = { allowedHosts, hookImages, fleet: fleet?.sound ?? {}, earlier, names, times, options };
  const policies = policyDocuments.flatMap((document) => checkPolicy(document, surroundings, issues) ?? []);
  const waivers = documentsOf('ScanWaiver').flatMap(
    (document) => checkWaiver(document, options.now, issues)?.document ?? [],
  );
  return { fleet: fleet?.value, policies, calendars, channels, waivers, issues };
}

/** Returns the Fleet if it is valid, and the valid fields of its spec in any case. */
function checkFleet(
  document: ConfigDocument,
  issues: ConfigIssue[],
): { readonly value: Fleet | undefined; readonly sound: Partial<FleetSpec> } {
  const report = reporter(document, issues);
  checkFleetScope(document.value, report);
  checkUrls(document.value, URLS_OF_FLEET, hostsOf(document), report);
  const value = valueBySchema(fleetSchema, document, issues);
  const sound = value?.spec ?? soundFields(fleetSchema.shape.spec, fieldOf(document.value, 'spec'));
  const { caps, labels } = sound;
  if (caps !== undefined && labels !== undefined) checkFleetCaps({ caps, labels }, report);
  return { value, sound };
}

/** What the Fleet in force lets policies name. */
export const allowedBy = ({ allowedHosts, hooks }: Pick<FleetSpec, 'allowedHosts' | 'hooks'>) => ({
  allowedHosts,
  hookImages: hooks?.jobs?.images ?? [],
});

/** It reads the Fleet as written, so that a mistake elsewhere in it does not cause another issue. */
const hostsOf = (fleet: ConfigDocument): string[] => textsOf(fleet, 'spec', 'allowedHosts');

const textsOf = ({ value }: ConfigDocument, ...path: string[]): string[] =>
  listOf(fieldOf(value, ...path)).filter((text) => typeof text === 'string');

/** A cap for a label that no cluster has would cap the whole fleet, because clusters without the label count as one value. */
function checkFleetCaps({ caps, labels: { fromTags } }: Pick<FleetSpec, 'caps' | 'labels'>, report: Report): void {
  const labels = Object.keys(fromTags);
  for (const label of Object.keys(caps.perLabel ?? {})) {
    if (labels.includes(label)) continue;
    const message = `no tag gives clusters the label "${label}" (spec.labels.fromTags), so all of them count as one value and this caps the whole fleet. Add it there, or use total.`;
    report('warning', ['spec', 'caps', 'perLabel', label], message, 'key');
  }
}

/** Reports a fleet without accounts, which would have no clusters, and a Region or account that is repeated or unknown. */
function checkFleetScope(document: unknown, report: Report): void {
  const accounts = fieldOf(document, 'spec', 'accounts');
  const spec = fieldOf(document, 'spec');
  if (
    spec !== undefined &&
    fieldOf(spec, 'organizationId') === undefined &&
    (accounts === undefined || (listOf(accounts).length === 0 && Array.isArray(accounts)))
  ) {
    const message =
      'neither accounts nor organizationId is given, so there is no fleet. List the accounts, or name the organization.';
    report('error', ['spec', 'accounts'], message, 'key');
  }
  for (const field of ['accounts', 'regions'] as const)
    for (const [index, item] of repeats(listOf(fieldOf(document, 'spec', field))))
      report('warning', ['spec', field, index], `${item} is listed twice. Remove one.`);
  for (const { path, value: region } of valuesAt(document, 'spec.regions[]')) {
    const message = typeof region === 'string' ? unknownRegionWords(region) : undefined;
    if (message !== undefined) report('warning', path, message);
  }
}

/** Checks the secrets of a whole document: the functions may read no others (`webhookSecrets` of infra/names.ts), and queries send no others. */
function checkSecrets(value: unknown, path: DocumentPath, report: Report): void {
  if (typeof value === 'object' && value !== null)
    for (const [key, inner] of Object.entries(value))
      checkSecrets(inner, [...path, Array.isArray(value) ? Number(key) : key], report);
  const [, arn, name] =
    (path.at(-1) === 'secret' && String(value).match(/^(arn:[^:]+:secretsmanager:.*:secret:)(.+)$/)) || [];
  // An entry of a list of queries: an owner of the Fleet may have that name, too.
  const isSent = path.at(-3) === 'queries' && typeof path.at(-2) === 'number';
  const prefix = isSent ? BEARER_SECRETS : 'liftlock/';
  if (name === undefined || name.startsWith(prefix)) return;
  const may = isSent ? 'sends no secret' : 'may read no secret';
  report(
    'error',
    path,
    `Liftlock ${may} of another name than ${prefix}…. Make one, and write its ARN: ${arn}${prefix}….`,
  );
}
