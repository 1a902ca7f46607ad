import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AnchorFile } from '../../core/ports/anchors.ts';
import { EXIT } from '../exit-codes.ts';
import { Failure, invalid } from '../failure.ts';
import type { Session } from '../session.ts';

/** Where anchors are: `s3://<bucket>`, or a folder with what `aws s3 sync` or an export put there. Fails with exit code 4 when they cannot be read. */
export async function anchorFiles(session: Session, place: string): Promise<AnchorFile[]> {
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
  const names = await readdir(join(folder, 'audit'));
  return Promise.all(
    names
      .sort()
      .map(async (name) => ({ name: `audit/${name}`, text: await readFile(join(folder, 'audit', name), 'utf8') })),
  );
}

/** With the caller's own rights: what the API says of its own record is what is to be proved. */
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
