import { createHash } from 'node:crypto';

/** One version of an object. */
export interface StoredObject {
  readonly versionId: string;
  readonly at: number;
  readonly contentType: string;
  /** Base64. */
  readonly body: string;
  readonly size: number;
  readonly etag: string;
}

export interface BucketOptions {
  readonly name: string;
  readonly arn: string;
  readonly account: string;
  readonly region: string;
  /** New objects are locked, so every put needs a checksum. */
  readonly locks: boolean;
}

/** S3's buckets, all versioned: objects by key, each with its versions, the newest first. */
export class Buckets {
  readonly #buckets = new Map<string, BucketOptions>();
  readonly #objects = new Map<string, Map<string, StoredObject[]>>();
  /** Called after every put. */
  onPut: (bucket: string, key: string, versions: readonly StoredObject[]) => void = () => {};

  add(options: BucketOptions): void {
    this.#buckets.set(options.name, options);
    if (!this.#objects.has(options.name)) this.#objects.set(options.name, new Map());
  }

  find(name: string): BucketOptions | undefined {
    return this.#buckets.get(name);
  }

  /** Newest first; none for a key that was never put. */
  versionsOf(bucket: string, key: string): readonly StoredObject[] {
    return this.#objects.get(bucket)?.get(key) ?? [];
  }

  /** Sorted by bytes. */
  keys(bucket: string, prefix: string): string[] {
    const keys = [...(this.#objects.get(bucket)?.keys() ?? [])].filter((key) => key.startsWith(prefix));
    return keys.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  }

  put(bucket: string, key: string, object: { body: Buffer; contentType: string; at: number }): StoredObject {
    const before = this.versionsOf(bucket, key);
    const { body, contentType, at } = object;
    const stored = {
      versionId: createHash('sha256').update(`${bucket}/${key}/${before.length}`).digest('hex').slice(0, 32),
      at,
      contentType,
      body: body.toString('base64'),
      size: body.length,
      etag: `"${createHash('md5').update(body).digest('hex')}"`,
    };
    this.restore(bucket, key, [stored, ...before]);
    this.onPut(bucket, key, this.versionsOf(bucket, key));
    return stored;
  }

  /** Restores an object of an earlier run. */
  restore(bucket: string, key: string, versions: readonly StoredObject[]): void {
    const objects = this.#objects.get(bucket) ?? new Map<string, StoredObject[]>();
    objects.set(key, [...versions]);
    this.#objects.set(bucket, objects);
  }
}
