import { AnchorBucket } from '../../adapters/aws/anchors/anchor-bucket.ts';
import type { AnchorStore } from '../../core/ports/anchors.ts';
import type { PortFactory } from './aws-ports.ts';

/** In a file of its own: one function carries the client of S3. */
export const anchors: PortFactory<AnchorStore> = {
  environment: ['anchorBucket'],
  create: ({ environment }) => new AnchorBucket(environment.anchorBucket),
};
