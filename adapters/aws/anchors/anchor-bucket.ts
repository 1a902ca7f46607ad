import {
  GetObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandInput,
  type ListObjectVersionsCommandOutput,
  NoSuchKey,
  type ObjectVersion,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { ANCHOR_FOLDER, anchorName, anchorNumber } from '../../../core/anchors/anchor.ts';
import { namedError } from '../../../core/contracts/errors.ts';
import { batchesOf } from '../../../core/model/batches.ts';
import type { AnchorFile, AnchorStore } from '../../../core/ports/anchors.ts';
import { lightenClient, readLimits } from '../request-limits.ts';

/** Anchors have at most some megabytes: asking S3 first whether it wants them costs more than sending them. */
const WITHOUT_ASKING = { expectContinueHeader: false };
/** This many objects are read side by side. */
const AT_ONCE = 16;

/**
 * Anchors in an S3 bucket, one object each. Every put is conditional on absence, so a name that is taken keeps its object. The bucket's lock keeps
 * the version, and its policy refuses puts without that condition.
 */
export class AnchorBucket implements AnchorStore {
  readonly #client: S3Client;
  readonly #bucket: string;

  constructor(bucket: string, config: S3ClientConfig = {}) {
    this.#bucket = bucket;
    this.#client = lightenClient(new S3Client({ ...readLimits, ...WITHOUT_ASKING, ...config }));
  }

  async newest(): Promise<number> {
    const input = { Bucket: this.#bucket, Prefix: ANCHOR_FOLDER, MaxKeys: 1 };
    const { Contents: [first] = [] } = await this.#client.send(new ListObjectsV2Command(input));
    if (first === undefined) return 0;
    const number = anchorNumber(first.Key ?? '');
    if (number !== undefined) return number;
    throw namedError('AnchorRefused', `${first.Key} is no anchor, and comes before all of them.`);
  }

  async read(number: number): Promise<string | undefined> {
    try {
      return await this.#textOf({ Key: anchorName(number) });
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    }
  }

  async put(number: number, text: string): Promise<boolean> {
    const input = {
      Bucket: this.#bucket,
      Key: anchorName(number),
      Body: text,
      ContentType: 'application/jsonl',
      IfNoneMatch: '*',
    };
    try {
      await this.#client.send(new PutObjectCommand(input));
      return true;
    } catch (error) {
      if (isTaken(error)) return false;
      throw error;
    }
  }

  /** Every anchor as it was first put. Later versions and delete markers do not change what is locked, and are reported. */
  async all(): Promise<AnchorFile[]> {
    const versions = new Map<string, ObjectVersion[]>();
    const removed = new Set<string>();
    let after: { KeyMarker?: string; VersionIdMarker?: string } | undefined = {};
    while (after !== undefined) {
      const input: ListObjectVersionsCommandInput = { Bucket: this.#bucket, Prefix: ANCHOR_FOLDER, ...after };
      const page: ListObjectVersionsCommandOutput = await this.#client.send(new ListObjectVersionsCommand(input));
      for (const version of page.Versions ?? []) {
        const { Key = '' } = version;
        versions.set(Key, [...(versions.get(Key) ?? []), version]);
      }
      for (const { Key = '' } of page.DeleteMarkers ?? []) removed.add(Key);
      const { IsTruncated, NextKeyMarker = '', NextVersionIdMarker = '' } = page;
      after = IsTruncated === true ? { KeyMarker: NextKeyMarker, VersionIdMarker: NextVersionIdMarker } : undefined;
    }
    const files: AnchorFile[] = [];
    for (const batch of batchesOf([...versions], AT_ONCE)) {
      const part = batch.map(async ([name, all]): Promise<AnchorFile> => {
        // S3 lists the newest version first, so the last one is the first that was put.
        const { VersionId } = all.at(-1) ?? {};
        const text = await this.#textOf({ Key: name, ...(VersionId === undefined ? {} : { VersionId }) });
        const problem = removed.has(name)
          ? 'it was deleted; read is the version that the lock kept.'
          : 'it was put again; read is its first version.';
        return { name, text, ...(all.length > 1 || removed.has(name) ? { problem } : {}) };
      });
      files.push(...(await Promise.all(part)));
    }
    return files;
  }

  close(): void {
    this.#client.destroy();
  }

  async #textOf(which: { readonly Key: string; readonly VersionId?: string }): Promise<string> {
    const { Body } = await this.#client.send(new GetObjectCommand({ Bucket: this.#bucket, ...which }));
    return (await Body?.transformToString('utf-8')) ?? '';
  }
}

/**
 * Whether the name is taken: 412 where the object is there, 409 where another put of the same name is under way. Source: conditional writes in the S3
 * user guide.
 */
function isTaken(error: unknown): boolean {
  const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
  return status === 412 || (status === 409 && (error as Error).name === 'ConditionalRequestConflict');
}
