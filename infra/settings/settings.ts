import { namedError } from '../../core/contracts/errors.ts';
import { TOPIC_ARN } from '../../core/contracts/names.ts';
import { DEFAULT_SPOKE_ROLE } from '../names.ts';

/** The settings of one installation: the context `liftlock` of cdk.json, or `-c liftlock='{…}'`. */
export interface Settings {
  /** Accounts whose Regions may send events to the hub and whose roles it may assume. The hub's own account is always included. */
  readonly accounts: readonly string[];
  /** Instead of a list: every account of this organization belongs to the fleet. */
  readonly organizationId?: string;
  /** Absent = `liftlock-<hub account>`. */
  readonly externalId?: string;
  readonly spokeRoleName: string;
  /** Absent = the account into which the stacks are deployed. */
  readonly hubAccount?: string;
  readonly hubRegion?: string;
  /** A restored table, which the hub uses instead of the one that LiftlockState made. */
  readonly itemsTable?: string;
  /** Receives the alarms and the notifications. */
  readonly alarmEmail?: string;
  /** ARNs of the topics on which owners of clusters may be notified, as `owners` of the Fleet names them. No other topic of an owner is used. */
  readonly ownerTopics: readonly string[];
  /**
   * Reserved concurrency of each function that mutates: how many upgrades may be acted upon at the same moment. 0 = nothing is reserved, because an
   * account with the limit of ten that new accounts have cannot reserve any.
   */
  readonly mutatorConcurrency: number;
  /** Where the functions that look into clusters run, so that they reach private endpoints; absent = they run in no VPC. */
  readonly vpc?: VpcSettings;
  /** For so many days nobody can delete an anchor of the audit; with `governance`, nobody without the right to bypass it. */
  readonly anchorDays: number;
  /** `compliance` only if somebody has written out what it means. */
  readonly anchorMode: 'governance' | 'compliance';
}

/** The text that selects the mode of S3 Object Lock which not even AWS can undo. */
export const COMPLIANCE_WORDS = 'compliance, which nobody can shorten or undo';

/** Subnets with a route to the API servers and to AWS's own APIs, and the security groups of these functions. */
export interface VpcSettings {
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
  /** Whether the functions that call webhooks of gates, owners and hooks run there too, so that they reach private hosts. */
  readonly gates: boolean;
}

const ACCOUNT = /^\d{12}$/;
/** The policies of functions and of the bus hold this many accounts beside everything else. */
const MOST_ACCOUNTS = 100;

/** The policy of `refresh-readiness` holds so many characters of topics beside everything else: roles have 10,240. */
const MOST_OF_TOPICS = 7_000;

/** Fails with `InvalidSettings`, which lists every problem at once, each with the name of its setting. */
export function parseSettings(context: unknown): Settings {
  const reader = new SettingsReader(context);
  const settings: Settings = {
    accounts: reader.texts('accounts', ACCOUNT, 'an AWS account id of 12 digits'),
    ...reader.text('organizationId', /^o-[a-z0-9]{10,32}$/, 'the id of an AWS organization, such as o-a1b2c3d4e5'),
    ...reader.text('externalId', /^[\w+=,.@:/-]{2,512}$/, '2 to 512 letters, digits and _+=,.@:/-'),
    spokeRoleName: DEFAULT_SPOKE_ROLE,
    ...reader.text('spokeRoleName', /^[\w+=,.@-]{1,56}$/, 'the name of an IAM role, without path'),
    ...reader.text('hubAccount', ACCOUNT, 'an AWS account id of 12 digits'),
    ...reader.text('hubRegion', /^[a-z]{2,4}(-[a-z]+){1,2}-\d{1,2}$/, 'an AWS Region, such as eu-central-1'),
    ...reader.text('itemsTable', /^[\w.-]{3,255}$/, 'the name of a DynamoDB table'),
    ...reader.text('alarmEmail', /^[^\s@]+@[^\s@]+$/, 'an e-mail address'),
    ownerTopics: reader.texts('ownerTopics', TOPIC_ARN, 'the ARN of a topic of SNS'),
    mutatorConcurrency: reader.integer('mutatorConcurrency', { least: 0, most: 100, absent: 10 }),
    ...reader.inside('vpc', vpcSettings),
    // The maximum is a hundred years: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html
    anchorDays: reader.integer('anchorDays', { least: 1, most: 36_500, absent: 400 }),
    anchorMode: anchorModeIn(reader),
  };
  if (settings.accounts.length > MOST_ACCOUNTS) {
    reader.problem(
      `accounts: ${settings.accounts.length} do not fit into an IAM policy; more than ${MOST_ACCOUNTS} need organizationId`,
    );
  }
  if (JSON.stringify(settings.ownerTopics).length > MOST_OF_TOPICS) {
    reader.problem(
      `ownerTopics: ${settings.ownerTopics.length} do not fit into an IAM policy, since together they are longer than ${MOST_OF_TOPICS} characters; have owners share topics, or tell some by webhook`,
    );
  }
  if (settings.hubRegion !== undefined && settings.hubAccount === undefined) {
    reader.problem('hubRegion: is only known together with hubAccount');
  }
  const problems = reader.problems();
  if (problems.length > 0)
    throw namedError('InvalidSettings', `The context "liftlock" is not usable: ${problems.join('; ')}.`);
  return settings;
}

function anchorModeIn(reader: SettingsReader): Settings['anchorMode'] {
  const what = `"governance" or, for good, ${JSON.stringify(COMPLIANCE_WORDS)}`;
  const { anchorMode } = reader.text('anchorMode', new RegExp(`^(?:governance|${COMPLIANCE_WORDS})$`), what);
  return anchorMode === COMPLIANCE_WORDS ? 'compliance' : 'governance';
}

function vpcSettings(reader: SettingsReader): VpcSettings {
  const subnetIds = reader.texts('subnetIds', /^subnet-[0-9a-f]{8,17}$/, 'the id of a subnet, such as subnet-0a1b2c3d');
  const securityGroupIds = reader.texts(
    'securityGroupIds',
    /^sg-[0-9a-f]{8,17}$/,
    'the id of a security group, such as sg-0a1b2c3d',
  );
  if (subnetIds.length === 0) reader.problem('subnetIds: at least one is needed, better two in different zones');
  if (securityGroupIds.length === 0) reader.problem('securityGroupIds: at least one is needed');
  return { subnetIds, securityGroupIds, gates: reader.flag('gates') };
}

/** Reads named members of the CDK context, and collects their problems until all members were read. */
class SettingsReader {
  readonly #members: Readonly<Record<string, unknown>>;
  readonly #read = new Set<string>();
  readonly #problems: string[] = [];

  constructor(context: unknown) {
    this.#members = this.#membersOf(context);
  }

  /** The member under its own name, to be spread into an object; an empty object where it is absent. */
  text<Name extends string>(name: Name, pattern: RegExp, what: string): { readonly [Key in Name]?: string } {
    const value = this.#take(name);
    if (value === undefined) return {};
    if (typeof value === 'string' && pattern.test(value)) return { [name]: value } as { [Key in Name]?: string };
    this.problem(`${name}: ${JSON.stringify(value)} is not ${what}`);
    return {};
  }

  texts(name: string, pattern: RegExp, what: string): readonly string[] {
    const value = this.#take(name) ?? [];
    if (!Array.isArray(value)) {
      this.problem(`${name}: ${JSON.stringify(value)} is not a list`);
      return [];
    }
    for (const one of value) {
      if (typeof one !== 'string' || !pattern.test(one)) {
        this.problem(`${name}: ${JSON.stringify(one)} is not ${what}; ids need quotes`);
      }
    }
    return [...new Set(value.map(String))].sort();
  }

  integer(name: string, { least, most, absent }: { least: number; most: number; absent: number }): number {
    const value = this.#take(name) ?? absent;
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
    this.problem(`${name}: ${JSON.stringify(value)} is not a whole number from ${least} to ${most}`);
    return absent;
  }

  /** Absent = false. */
  flag(name: string): boolean {
    const value = this.#take(name) ?? false;
    if (typeof value === 'boolean') return value;
    this.problem(`${name}: ${JSON.stringify(value)} is neither true nor false`);
    return false;
  }

  /** A setting that is itself an object, in the form that `text` returns. Its problems are reported with the others. */
  inside<Name extends string, Inner>(name: Name, read: (reader: SettingsReader) => Inner): { [Key in Name]?: Inner } {
    const value = this.#take(name);
    if (value === undefined) return {};
    const reader = new SettingsReader(value);
    const inner = read(reader);
    for (const text of reader.problems()) this.problem(`${name}.${text}`);
    return { [name]: inner } as { [Key in Name]?: Inner };
  }

  problem(text: string): void {
    this.#problems.push(text);
  }

  /** Also reports members that nobody read, since a misspelled setting must not look as if it were set. */
  problems(): readonly string[] {
    for (const name of Object.keys(this.#members)) {
      if (!this.#read.has(name))
        this.problem(`${name}: there is no such setting; there are ${[...this.#read].join(', ')}`);
    }
    return this.#problems;
  }

  #take(name: string): unknown {
    this.#read.add(name);
    return this.#members[name] ?? undefined;
  }

  /** The CDK CLI passes `-c liftlock=…` as text, while cdk.json gives an object. */
  #membersOf(context: unknown): Readonly<Record<string, unknown>> {
    if (context === undefined || context === null) return {};
    if (typeof context === 'object' && !Array.isArray(context)) return context as Record<string, unknown>;
    if (typeof context === 'string') {
      try {
        return this.#membersOf(JSON.parse(context));
      } catch {
        this.problem(`${context} is not JSON`);
        return {};
      }
    }
    this.problem(`${JSON.stringify(context)} is not an object`);
    return {};
  }
}
