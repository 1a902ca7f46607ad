import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type AnchorChain, anchoredSubjects, readChain } from '../../core/anchors/read-chain.ts';
import type { AuditRecord } from '../../core/evidence/covered-records.ts';
import { arnOf, parseClusterArn, shortId, shortKeyOf } from '../../core/model/cluster-key.ts';
import { given } from '../../core/model/given.ts';
import { shellWord } from '../../core/model/shell-word.ts';
import type { AnchorFile } from '../../core/ports/anchors.ts';
import { EXIT, Failure, invalid } from '../command/failure.ts';
import type { OutputOption, Session } from '../command/session.ts';
import { recordsOf, trailOf } from './show.ts';

export interface AuditOptions extends OutputOption {
  /** `s3://<bucket>` or a folder; LIFTLOCK_ANCHORS when absent. */
  readonly anchors?: string;
  /** A folder that `audit export` wrote; nothing is requested from AWS then. */
  readonly from?: string;
}

/** The records to prove, and the anchors that prove them. */
export interface Evidence {
  readonly records: readonly AuditRecord[];
  readonly files: readonly AnchorFile[];
  readonly chain: AnchorChain;
  /** Of an export of one subject: that subject, and the records that the anchors name beside it. */
  readonly alone?: { readonly subject: string; readonly others: readonly string[] };
  /** The place of the anchors; absent when none was named. */
  readonly place?: string;
}

/** The records in an export's folder: each one is JSON text on one line. */
export const RECORDS_FILE = 'records.jsonl';
/**
 * The problems of anchors that the export found, by name, because the texts alone would pass as intact. Absent where `aws s3 sync` made the folder.
 */
export const PROBLEMS_FILE = 'problems.json';
/** The subject that an export was made of; null where it holds all records. */
export const EXPORTED_FILE = 'exported.json';

/** The record of one subject or, without a subject, of the fleet and of every subject that an anchor names. */
export async function gather(session: Session, subject: string | undefined, options: AuditOptions): Promise<Evidence> {
  const place = options.anchors ?? options.from ?? placeOfAnchors(session);
  if (subject === undefined && place === undefined)
    throw invalid(
      'liftlock: which record? Write fleet, rollout/<id> or cluster/<name>; or say where the anchors are, which name them all: --anchors s3://<bucket>, or LIFTLOCK_ANCHORS.',
    );
  const files = (await anchorFiles(session, place)) ?? [];
  const chain = readChain(files);
  const read =
    options.from === undefined
      ? { records: await asked(session, subject, chain) }
      : chosen(await exported(options.from), subject, chain, options.from, await exportedOf(options.from));
  return { ...read, files, chain, ...(place === undefined ? {} : { place }) };
}

async function asked(session: Session, subject: string | undefined, chain: AnchorChain): Promise<AuditRecord[]> {
  const anchored = anchoredSubjects(chain);
  const records = subject === undefined ? [] : [await named(session, subject)];
  // The API knows the present cluster of the name; the anchors name earlier clusters of the same name.
  const others = subject === undefined ? ['fleet', ...anchored] : anchored.filter((each) => isOfCluster(each, subject));
  const left = [...new Set(others)].filter((each) => each !== records[0]?.subject).sort();
  for await (const record of recordsOf(session, left)) records.push(record);
  return records;
}

/** The record of the subject that a user named. Only for a cluster does the API return the audit's own name. */
async function named(session: Session, subject: string): Promise<AuditRecord> {
  const { subject: key, items } = await trailOf(session, subject);
  if (!/^clusters?\//.test(subject)) return { subject: recordNamed(subject), items };
  if (isOfCluster(key, subject)) return { subject: key, items };
  throw new Failure(`liftlock: the API answers the record of ${key} for that of ${subject}: do not rely on it.`);
}

export const recordNamed = (subject: string): string => subject.replace(/^rollouts\//, 'rollout/');

/** The subject that the folder was exported for; undefined where it holds all records, or another release has written it. */
async function exportedOf(folder: string): Promise<string | undefined> {
  if (!(await readdir(folder)).includes(EXPORTED_FILE)) return undefined;
  const { subject } = JSON.parse(await readFile(join(folder, EXPORTED_FILE), 'utf8')) as { subject?: unknown };
  return typeof subject === 'string' ? subject : undefined;
}

async function exported(folder: string): Promise<AuditRecord[]> {
  const path = join(folder, RECORDS_FILE);
  try {
    const lines = (await readFile(path, 'utf8')).split('\n').filter((line) => line !== '');
    return lines.map((line) => JSON.parse(line) as AuditRecord);
  } catch (error) {
    throw invalid(
      `liftlock: ${path} cannot be read: ${(error as Error).message}. Write it with liftlock audit export --to ${shellWord(folder)}`,
    );
  }
}

/**
 * A subject that is in the anchors and not in the export has lost all its items, unless the export was made of another one alone (`only`). A name may
 * belong to several clusters, and all of them are meant.
 */
function chosen(
  records: AuditRecord[],
  subject: string | undefined,
  chain: AnchorChain,
  folder: string,
  only: string | undefined,
): Pick<Evidence, 'records' | 'alone'> {
  const found = new Map(records.map((record) => [record.subject, record]));
  const twice = records.find((record) => found.get(record.subject) !== record);
  if (twice !== undefined)
    throw new Failure(`liftlock: ${folder} has more than one record of ${twice.subject}: no export of Liftlock does.`);
  const names = [...new Set([...found.keys(), ...anchoredSubjects(chain)])].sort();
  const all = names.map((name) => found.get(name) ?? { subject: name, items: [] });
  const isOf = (wanted: string) => (each: AuditRecord) => each.subject === wanted || isOfCluster(each.subject, wanted);
  const held = only === undefined ? all : all.filter((each) => found.has(each.subject) || isOf(only)(each));
  if (subject === undefined) {
    const others = all.filter((each) => !held.includes(each)).map((each) => each.subject);
    return { records: held, ...(only === undefined ? {} : { alone: { subject: only, others } }) };
  }
  const named = held.filter(isOf(subject));
  if (named.length === 0 && all.some(isOf(subject)))
    throw invalid(`liftlock: ${folder} was exported for ${only} alone, and has no record of ${subject}.`);
  if (named.length === 0) throw invalid(`liftlock: neither ${folder} nor an anchor has a record of ${subject}.`);
  return { records: named };
}

/** Users call `arn:…:cluster/shop@2026-…` `cluster/shop`; the ARN, the key and `account.region.shop`, also with `@` and the time, are accepted too. */
function isOfCluster(key: string, subject: string): boolean {
  const id = /^clusters?\/(.+)$/.exec(subject)?.[1];
  const arn = parseClusterArn(arnOf(key));
  return id !== undefined && arn !== undefined && [key, shortKeyOf(key), arn.arn, arn.name, shortId(arn)].includes(id);
}

/** Where the environment says that the anchors are; empty is nowhere. */
export const placeOfAnchors = (session: Session): string | undefined => session.io.env.LIFTLOCK_ANCHORS || undefined;

/**
 * The anchors at a place: `s3://<bucket>`, or a folder that `aws s3 sync` or an export filled; undefined without a place. Fails with exit code 4 when
 * they cannot be read.
 */
export async function anchorFiles(
  session: Session,
  place = placeOfAnchors(session),
): Promise<AnchorFile[] | undefined> {
  if (place === undefined) return undefined;
  const bucket = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\/?$/.exec(place)?.[1];
  if (place.startsWith('s3:') && bucket === undefined)
    throw invalid(
      `liftlock: "${place}" is no bucket. Write s3:// and the output AnchorBucket of the stack LiftlockState.`,
    );
  try {
    return bucket === undefined ? await inFolder(place) : await inBucket(session, bucket);
  } catch (error) {
    const why = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    throw new Failure(
      `liftlock: the anchors in ${place} cannot be read: ${why.replace(/[.\s]*$/, '.')} It takes s3:ListBucketVersions and s3:GetObjectVersion on the bucket, or a folder that holds audit/*.jsonl.`,
      EXIT.incomplete,
    );
  }
}

async function inFolder(folder: string): Promise<AnchorFile[]> {
  const read = (name: string) => readFile(join(folder, name), 'utf8');
  const names = (await readdir(join(folder, 'audit'))).sort().map((name) => `audit/${name}`);
  const isExport = (await readdir(folder)).includes(PROBLEMS_FILE);
  const problems: Record<string, string> = isExport ? JSON.parse(await read(PROBLEMS_FILE)) : {};
  return Promise.all(
    names.map(async (name) => ({ name, text: await read(name), ...given({ problem: problems[name] }) })),
  );
}

/** It uses the caller's own permissions, because the API's statement about its own record is what must be proved. */
async function inBucket({ global }: Session, bucket: string): Promise<AnchorFile[]> {
  const { AnchorBucket } = await import('../../adapters/aws/anchors/anchor-bucket.ts');
  const { fromNodeProviderChain } = await import('@aws-sdk/credential-providers');
  const credentials = fromNodeProviderChain(global.profile === undefined ? {} : { profile: global.profile });
  const store = new AnchorBucket(bucket, {
    credentials,
    ...(global.apiRegion === undefined ? {} : { region: global.apiRegion }),
  });
  try {
    return await store.all();
  } finally {
    store.close();
  }
}
